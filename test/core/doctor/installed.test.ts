import { describe, expect, test } from "vitest";
import { ok, problem } from "../../../shared/core/doctor/diagnosis.ts";
import type { FunctionConfig } from "../../../shared/core/doctor/function-answer.ts";
import { type Expected, INSTALLED, judgeFunction } from "../../../shared/core/doctor/installed.ts";
import { FUNCTION_NAMES, type FunctionName } from "../../../shared/core/permission/demand.ts";
import { functionConfig } from "./configs.ts";

const STORE = "obs://bucket/prefix";
const EXPECTED: Expected = {
  region: "eu-west-101",
  graceMs: 30_000,
  store: STORE,
  settingProblems: [],
  rps: 18,
  ownGraceMs: null,
};
const SETTINGS = {
  HUAWEICLOUD_REGION: "eu-west-101",
  TAGWARDEN_STORE: STORE,
  TAGWARDEN_QUEUE: "kafka://a.example/topic",
};
const settings = (named: { readonly [name: string]: string }) => ({
  userData: new Map(Object.entries({ ...SETTINGS, ...named })),
});
const SOUND: Partial<FunctionConfig> = {
  runtime: "Node.js20.15",
  handler: "index.handler",
  timeoutSeconds: 60,
  memoryMb: 256,
  instancesMax: 1,
  ...settings({}),
};
const judge = (
  name: FunctionName,
  config: Partial<FunctionConfig> = {},
  expected: Partial<Expected> = {},
) => judgeFunction(name, functionConfig({ ...SOUND, ...config }), { ...EXPECTED, ...expected });
const FINE = ok("Node.js20.15, 256 MB, 60 s");

test("each function has what invokes it, and what it needs", () => {
  const creation = {
    memoryMinMb: 128,
    timeoutMinSeconds: 3,
    waits: true,
    settings: [],
    sharesRate: false,
  };
  const long = { memoryMinMb: 256, timeoutMinSeconds: 60, waits: false };
  expect(INSTALLED).toEqual({
    "secret-created": { ...creation, invokedBy: "secret" },
    "key-created": { ...creation, invokedBy: "key" },
    retag: {
      ...long,
      settings: ["TAGWARDEN_STORE", "TAGWARDEN_QUEUE"],
      invokedBy: "queue",
      sharesRate: true,
    },
    audit: { ...long, settings: ["TAGWARDEN_STORE"], invokedBy: "timer", sharesRate: false },
  });
});

describe("a function is set up well", () => {
  test.each(FUNCTION_NAMES)("%s, as the README says", (name) => {
    expect(judge(name)).toEqual(FINE);
  });

  test("as far as the service tells", () => {
    const silent = { runtime: null, handler: null, timeoutSeconds: null, memoryMb: null };
    expect(judge("audit", silent)).toEqual(ok("deployed, null MB, null s"));
  });
});

describe("a function cannot work", () => {
  test.each([
    [
      "in another runtime",
      { runtime: "Node.js18.15" },
      "runtime Node.js18.15",
      "deploy for Node.js20.15",
    ],
    ["by another handler", { handler: "a.b" }, "handler a.b", "set index.handler"],
    ["in too little memory", { memoryMb: 255 }, "255 MB", "give it 256 MB or more"],
    ["in too little time", { timeoutSeconds: 59 }, "timeout 59 s", "set a timeout of 60 s or more"],
    [
      "without credentials",
      { hasAgency: false },
      "no agency",
      "give it an agency: without one it has no credentials",
    ],
  ])("%s", (_, config, found, advice) => {
    expect(judge("audit", config)).toEqual(problem(found, advice));
  });

  test("for several reasons at once", () => {
    expect(judge("secret-created", { runtime: "x", memoryMb: 127, hasAgency: false })).toEqual(
      problem(
        "runtime x; 127 MB; no agency",
        "deploy for Node.js20.15; give it 128 MB or more; give it an agency: without one it has no credentials",
      ),
    );
  });
});

describe("a function that waits out a grace", () => {
  const inTime = (timeoutSeconds: number, grace: Partial<Expected>) =>
    judge("key-created", { timeoutSeconds }, grace);

  test("needs a second more than it", () => {
    expect(inTime(31, {})).toMatchObject({ verdict: "ok" });
    expect(inTime(30, {})).toEqual(
      problem("timeout 30 s, grace 30 s", "set a timeout of 31 s or more"),
    );
    expect(inTime(2, { graceMs: 1_500 })).toEqual(
      problem("timeout 2 s, grace 1.5 s", "set a timeout of 3 s or more"),
    );
  });

  test("follows its own setting before the policy", () => {
    expect(inTime(10, { ownGraceMs: 9_000 })).toMatchObject({ verdict: "ok" });
    expect(inTime(2, { ownGraceMs: 0 })).toEqual(
      problem("timeout 2 s", "set a timeout of 3 s or more"),
    );
  });

  test("needs three seconds where no grace is known", () => {
    expect(inTime(3, { graceMs: null })).toMatchObject({ verdict: "ok" });
    expect(inTime(2, { graceMs: null })).toEqual(
      problem("timeout 2 s", "set a timeout of 3 s or more"),
    );
  });

  test("is not one that works on many resources", () => {
    expect(judge("retag", { timeoutSeconds: 60 }, { graceMs: 90_000 })).toEqual(FINE);
  });
});

describe("a setting", () => {
  test("is missing where a function needs it", () => {
    expect(judge("retag", { userData: new Map() })).toEqual(
      problem(
        "TAGWARDEN_STORE is not set; TAGWARDEN_QUEUE is not set",
        "set TAGWARDEN_STORE in its user data; set TAGWARDEN_QUEUE in its user data",
      ),
    );
    expect(judge("audit", { userData: new Map() })).toEqual(
      problem("TAGWARDEN_STORE is not set", "set TAGWARDEN_STORE in its user data"),
    );
    expect(judge("key-created", { userData: new Map() })).toEqual(FINE);
  });

  test("is wrong in the words of the function itself", () => {
    const settingProblems = ["TAGWARDEN_RPS must be a number", "TAGWARDEN_GRACE must be a time"];
    expect(judge("audit", {}, { settingProblems })).toEqual(
      problem(settingProblems.join("; "), "correct its user data"),
    );
  });

  test("is neither missing nor wrong where not all can be read", () => {
    const hidden = { allReadable: false, userData: new Map() };
    expect(judge("retag", hidden, { settingProblems: ["a"] })).toEqual(FINE);
  });

  test.each([
    ["HUAWEICLOUD_REGION", "ap-southeast-3"],
    ["TAGWARDEN_STORE", "obs://other"],
  ])("is another than here: %s, and its value is not told", (name, value) => {
    expect(judge("audit", settings({ [name]: value }))).toEqual(
      problem(`${name} is another than here`, `make ${name} the same`),
    );
  });

  test("is the same with spaces around it, or with a slash at its end", () => {
    expect(judge("audit", settings({ TAGWARDEN_STORE: ` ${STORE}/ ` }))).toEqual(FINE);
    expect(judge("audit", {}, { store: `${STORE}/` })).toEqual(FINE);
    const inner = settings({ TAGWARDEN_STORE: "obs://bucketprefix/" });
    expect(judge("audit", inner)).toMatchObject({ verdict: "problem" });
  });

  test("is compared only with what is set here", () => {
    const other = settings({ HUAWEICLOUD_REGION: "x-y-1", TAGWARDEN_STORE: "obs://other" });
    expect(judge("audit", other, { region: null, store: null })).toEqual(FINE);
  });

  test.each([
    "HUAWEICLOUD_REGION",
    "HUAWEICLOUD_KMS_ENDPOINT",
    "HUAWEICLOUD_SMN_ENDPOINT",
    "HUAWEICLOUD_OBS_ENDPOINT",
    "HUAWEICLOUD_FGS_ENDPOINT",
    "HUAWEICLOUD_CTS_ENDPOINT",
    "TAGWARDEN_STORE",
    "TAGWARDEN_QUEUE",
    "TAGWARDEN_QUEUE_USER",
    "TAGWARDEN_QUEUE_PASSWORD",
    "TAGWARDEN_QUEUE_CA",
    "TAGWARDEN_TOPIC",
    "TAGWARDEN_RPS",
    "TAGWARDEN_GRACE",
    "TAGWARDEN_REMEDIATE",
    "OTHER_TAGWARDEN_THING",
    "TAGWARDENS",
  ])("may be %s", (name) => {
    const userData = new Map([...Object.entries(SETTINGS), [name, STORE]] as const);
    expect(judge("audit", { userData }, { region: null })).toEqual(FINE);
  });

  test.each([
    "TAGWARDEN_STORES",
    "TAGWARDEN_QUEUE_",
    "HUAWEICLOUD_EPS_ENDPOINT",
    "HUAWEICLOUD_KMS",
    "HUAWEICLOUD_HUAWEICLOUD_REGION",
  ])("that begins as ours do and is none is told: %s", (name) => {
    expect(judge("audit", settings({ [name]: "x" }))).toEqual(
      problem(`${name} is no setting`, "the README lists the settings; is it misspelt?"),
    );
  });
});

describe("instances of retag share the permitted rate", () => {
  const limitTo = (most: number) => `limit it to ${most}: all share 20 calls a second`;

  test.each([
    [18, 1, true],
    [18, 2, false],
    [10, 2, true],
    [10, 3, false],
    [7, 2, true],
    [20, 1, true],
    [40, 1, true],
    [18, 0, true],
    [18, null, true],
    [null, 9, true],
  ])("with %s calls a second, %s of them are few enough: %s", (rps, instancesMax, isFine) => {
    const most = rps === 10 ? 2 : 1;
    expect(judge("retag", { instancesMax }, { rps })).toEqual(
      isFine ? FINE : problem(`${instancesMax} instances`, limitTo(most)),
    );
  });

  test("and are too many without a limit, if it is known what each takes", () => {
    expect(judge("retag", { instancesMax: -1 })).toEqual(
      problem("instances without a limit", limitTo(1)),
    );
    expect(judge("retag", { instancesMax: -1 }, { rps: null })).toEqual(FINE);
  });

  test("which those of other functions do not for long", () => {
    for (const name of ["secret-created", "key-created", "audit"] as const)
      expect(judge(name, { instancesMax: -1 })).toEqual(FINE);
  });
});
