import { afterEach, describe, expect, test } from "vitest";
import { ConfigError } from "../../shared/io/config.ts";
import { disconnect } from "../../shared/io/connect.ts";
import type { FunctionContext } from "../../shared/io/function.ts";
import { connectRetag } from "../../shared/io/run/connect.ts";

afterEach(disconnect);

type Settings = { readonly [name: string]: string };

const REGION = { HUAWEICLOUD_REGION: "eu-west-101" };
const ELSEWHERE = { HUAWEICLOUD_KMS_ENDPOINT: "https://kms.example.com" };
const LOCAL = { HUAWEICLOUD_KMS_ENDPOINT: "http://127.0.0.1:8080" };
const FUNCTION = "functiongraph:urn:fss:eu-west-101:0a:function:default:retag";

function problemsOf(settings: Settings): readonly string[] {
  const context: FunctionContext = {
    getRequestID: () => "request-1",
    getRemainingTimeInMilliSeconds: () => 1_000,
    getUserData: (name) => settings[name],
    getProjectID: () => "0123456789abcdef0123456789abcdef",
    getSecurityAccessKey: () => "AK",
    getSecuritySecretKey: () => "SK",
    getSecurityToken: () => "T",
  };
  try {
    connectRetag(context, { signal: new AbortController().signal, budgetMs: 1_000 });
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

/** Settings that hold fail at the policy only, which lies beside a bundle and not beside this test. */
const NOTHING = [expect.stringContaining("policy.json")];

describe("settings of the function are refused", () => {
  test.each<[string, Settings, RegExp]>([
    ["a region that is none", { HUAWEICLOUD_REGION: "x" }, /HUAWEICLOUD_REGION/],
    ["no place at all", {}, /HUAWEICLOUD_REGION or HUAWEICLOUD_KMS_ENDPOINT/],
    ["a rate", { ...REGION, TAGWARDEN_RPS: "0" }, /TAGWARDEN_RPS/],
    ["OBS unencrypted", { ...REGION, HUAWEICLOUD_OBS_ENDPOINT: "http://obs.example.com" }, /OBS_E/],
    [
      "SMN with a path",
      { ...REGION, HUAWEICLOUD_SMN_ENDPOINT: "https://x.example.com/y" },
      /SMN_E/,
    ],
    ["FunctionGraph", { ...REGION, HUAWEICLOUD_FGS_ENDPOINT: "nowhere" }, /FGS_E/],
    ["a store that is none", { ...REGION, TAGWARDEN_STORE: "s3://bucket" }, /TAGWARDEN_STORE/],
    [
      "a folder beside the real cloud",
      { ...REGION, TAGWARDEN_STORE: "file:///tmp/x" },
      /TAGWARDEN_STORE/,
    ],
    [
      "a bucket and no place of OBS",
      { ...ELSEWHERE, TAGWARDEN_STORE: "obs://bucket" },
      /OBS_ENDPOINT/,
    ],
    ["a queue that is none", { ...REGION, TAGWARDEN_QUEUE: "amqp://host" }, /TAGWARDEN_QUEUE/],
    [
      "a queue in memory beside the real cloud",
      { ...REGION, TAGWARDEN_QUEUE: "memory:q" },
      /memory/,
    ],
    ["a function and no place of it", { ...ELSEWHERE, TAGWARDEN_QUEUE: FUNCTION }, /FGS_ENDPOINT/],
    [
      "a topic and no place of it",
      { ...ELSEWHERE, TAGWARDEN_QUEUE: "smn:urn:smn:r-1:0a:t" },
      /SMN_E/,
    ],
    ["a user without a password", { ...REGION, TAGWARDEN_QUEUE_USER: "u" }, /together/],
    [
      "no login where one is asked for",
      { ...REGION, TAGWARDEN_QUEUE: "kafka://h:1/t?tls=1&sasl=plain" },
      /sasl/,
    ],
  ])("%s, in one problem that names it", (_name, settings, expected) => {
    const problems = problemsOf(settings);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(expected);
  });

  test("all at once, and without a value", () => {
    const settings = {
      HUAWEICLOUD_REGION: "hunter2!",
      TAGWARDEN_RPS: "hunter2",
      TAGWARDEN_STORE: "hunter2",
      TAGWARDEN_QUEUE: "hunter2",
      HUAWEICLOUD_OBS_ENDPOINT: "hunter2",
      TAGWARDEN_QUEUE_PASSWORD: "hunter2",
    };
    const problems = problemsOf(settings);
    for (const name of Object.keys(settings)) expect(problems.join("\n")).toContain(name);
    expect(problems.join("\n")).not.toContain("hunter2");
  });
});

test.each<[string, Settings]>([
  ["a region alone", REGION],
  [
    "a bucket and a function",
    { ...REGION, TAGWARDEN_STORE: "obs://bucket/x", TAGWARDEN_QUEUE: FUNCTION },
  ],
  [
    "a folder and a queue of the local cloud",
    { ...LOCAL, TAGWARDEN_STORE: "file:///tmp/x", TAGWARDEN_QUEUE: "memory:q" },
  ],
  [
    "a bucket and a function of the local cloud",
    { ...LOCAL, TAGWARDEN_STORE: "obs://bucket", TAGWARDEN_QUEUE: FUNCTION },
  ],
])("settings hold: %s", (_name, settings) => {
  expect(problemsOf(settings)).toEqual(NOTHING);
});
