import { describe, expect, test } from "vitest";
import {
  ANY_DEPLOYMENT,
  type Deployment,
  demandsOf,
  FUNCTION_NAMES,
  type FunctionName,
} from "../../../shared/core/permission/demand.ts";
import type { Policy } from "../../../shared/core/policy/policy.ts";
import { constant, from, policy, rule, source } from "../plan/builders.ts";

const NOTHING: Deployment = { store: "none", queue: "none", topic: "none", anyKey: false };
const inherited = source({ kind: "inherit", of: "kmsKey" });
const TWO_TAGS = policy({
  tags: [rule("A", { aliases: ["a", "AA"] }), rule("B", { prohibited: true })],
});

/** `operation: when`, for each demand in its order. */
const said = (name: FunctionName, about: Policy, deployment: Deployment = NOTHING) =>
  demandsOf(name, about, deployment).demands.map(({ operation, when }) => `${operation}: ${when}`);
const keysOf = (name: FunctionName, about: Policy, deployment: Deployment = NOTHING) =>
  demandsOf(name, about, deployment).keys;

test("the functions are these", () => {
  expect(FUNCTION_NAMES).toEqual(["secret-created", "key-created", "retag", "audit"]);
});

test("a deployment of which nothing is known may reach all, and writes the policy's keys only", () => {
  expect(ANY_DEPLOYMENT).toEqual({ store: "any", queue: "any", topic: "any", anyKey: false });
});

describe("a creation function", () => {
  test("only reads where the policy writes nothing", () => {
    const silent = policy({ tags: [rule("A")] });
    const byName = "showSecret: where an event tells the name of the secret only";
    expect(said("secret-created", silent)).toEqual(["listSecretTags: for each event", byName]);
    expect(said("key-created", silent)).toEqual(["listKeyTags: for each event"]);
    expect(keysOf("key-created", silent)).toEqual([]);
  });

  test("writes what it can fill, looks up what its event lacks, and reads the key for its tags", () => {
    const sources = [from("resource.state"), from("resource.createdAt"), inherited];
    const asking = policy({ tags: [rule("A", { sources }), rule("B", { aliases: ["b"] })] });
    expect(said("secret-created", asking)).toEqual([
      "listSecretTags: for each event",
      "writeSecretTags: where a tag is missing",
      "showSecret: where an event tells the name of the secret only",
      "listSecrets: where an event does not tell resource.state, resource.createdAt, resource.kmsKeyId",
      "listKeyTags: to inherit a tag of the key",
    ]);
    expect(said("key-created", asking)).toEqual([
      "listKeyTags: for each event",
      "writeKeyTags: where a tag is missing",
      "showKey: where an event does not tell resource.state, resource.createdAt",
    ]);
    expect(keysOf("secret-created", asking)).toEqual(["A"]);
  });

  test("needs nothing of what is deployed beside it", () => {
    const filling = policy({ tags: [rule("A", { sources: [constant("x")] })] });
    for (const name of ["secret-created", "key-created"] as const)
      expect(demandsOf(name, filling, ANY_DEPLOYMENT)).toEqual(demandsOf(name, filling, NOTHING));
  });
});

describe("retag", () => {
  const READS = [
    "listSecretTags: before each write to a secret",
    "listKeyTags: before each write to a key",
  ];
  const WRITES = ["writeSecretTags: to carry out a plan", "writeKeyTags: to carry out a plan"];
  const PLANS = [
    "listSecrets: to plan a job",
    "listKeys: to plan a job",
    "listAllKeys: to plan a job",
  ];

  test("reads before it writes, and lists to plan", () => {
    expect(said("retag", TWO_TAGS)).toEqual([...READS, ...WRITES, ...PLANS]);
    expect(keysOf("retag", TWO_TAGS)).toEqual(["A", "a", "AA", "B"]);
  });

  test("writes nothing under a policy without a tag, unless every key may be written", () => {
    expect(said("retag", policy({}))).toEqual([...READS, ...PLANS]);
    expect(keysOf("retag", policy({}))).toEqual([]);
    const anyKey = { ...NOTHING, anyKey: true };
    expect(said("retag", policy({}), anyKey)).toEqual([...READS, ...WRITES, ...PLANS]);
    for (const about of [policy({}), TWO_TAGS]) expect(keysOf("retag", about, anyKey)).toBeNull();
  });

  test.each<readonly [Deployment["store"]]>([["any"], [{ bucket: "b", prefix: "p/" }]])(
    "keeps runs in its store: %j",
    (store) => {
      const when = "for plans, journals, leases and dead letters";
      expect(said("retag", policy({}), { ...NOTHING, store }).slice(5)).toEqual([
        `readObject: ${when}`,
        `writeObject: ${when}`,
        `deleteObject: ${when}`,
        `listObjects: ${when}`,
      ]);
    },
  );

  test.each<readonly [Deployment["queue"], string]>([
    ["any", "invokeFunction"],
    [{ package: "p", function: "f" }, "invokeFunction"],
    ["topic", "publishMessage"],
  ])("hands on what is not done to its queue: %j", (queue, operation) => {
    const demands = said("retag", policy({}), { ...NOTHING, queue, topic: "any" });
    expect(demands.slice(5)).toEqual([`${operation}: to hand on what is not done`]);
  });
});

describe("the audit", () => {
  const LISTS = [
    "listSecrets: for each audit",
    "listKeys: for each audit",
    "listAllKeys: for each audit",
    "listProjectSecretTags: for each audit",
    "listProjectKeyTags: for each audit",
    "listSecretTags: to go on with a run, or to remediate",
    "listKeyTags: to go on with a run, or to remediate",
  ];

  test("lists everything, and writes what a plan of the policy may", () => {
    expect(said("audit", policy({}))).toEqual(LISTS);
    expect(said("audit", TWO_TAGS)).toEqual([
      ...LISTS,
      "writeSecretTags: to carry out a plan",
      "writeKeyTags: to carry out a plan",
    ]);
    expect(keysOf("audit", TWO_TAGS)).toEqual(["A", "a", "AA", "B"]);
  });

  test("stores reports, and sends a summary to its topic; the queue is not its business", () => {
    const when = "for reports, their history and runs";
    expect(said("audit", policy({}), ANY_DEPLOYMENT)).toEqual([
      ...LISTS,
      `readObject: ${when}`,
      `writeObject: ${when}`,
      `deleteObject: ${when}`,
      `listObjects: ${when}`,
      "publishMessage: to send the summary",
    ]);
    expect(said("audit", policy({}), { ...NOTHING, queue: "topic" })).toEqual(LISTS);
  });
});
