import { describe, expect, test } from "vitest";
import { CHECKS, checkNames, HOSTS, selectChecks } from "../../../shared/core/doctor/check.ts";

const ids = (names: readonly string[]) => selectChecks(names).map(({ id }) => id);

test("every host that is called has a name", () => {
  expect(HOSTS).toEqual(["kms", "functiongraph", "cts", "obs", "smn"]);
});

test("the checks are made in the order in which what they need is known", () => {
  expect(CHECKS.map(({ id, needs }) => [id, ...needs].join(" "))).toEqual([
    "settings",
    "policy",
    "build policy",
    "endpoint.kms settings",
    "endpoint.functiongraph settings",
    "endpoint.cts settings",
    "endpoint.obs settings",
    "endpoint.smn settings",
    "clock endpoint.kms",
    "credentials settings",
    "project credentials",
    "region settings",
    "permission.secret.instances project",
    "permission.secret.vocabulary project",
    "permission.secret.tags project",
    "permission.secret.write project",
    "permission.secret.show project",
    "permission.key.instances project",
    "permission.key.vocabulary project",
    "permission.key.tags project",
    "permission.key.write project",
    "permission.key.list project",
    "permission.key.show project",
    "store settings",
    "queue settings",
    "topic credentials",
    "traces endpoint.cts credentials",
    ...["secret-created", "key-created", "retag", "audit"].flatMap((name) => [
      `function.${name} endpoint.functiongraph credentials`,
      `code.${name} endpoint.functiongraph credentials`,
      `trigger.${name} endpoint.functiongraph credentials`,
      `async.${name} endpoint.functiongraph credentials`,
    ]),
    "canary credentials",
  ]);
});

test("each check needs only checks that stand before it", () => {
  for (const [index, { id, needs }] of CHECKS.entries()) {
    const before = CHECKS.slice(0, index).map((check) => check.id);
    expect([id, needs.filter((need) => !before.includes(need))]).toEqual([id, []]);
  }
});

test("each check says what it proves, and no two the same", () => {
  const proved = new Map(CHECKS.map(({ id, proves }) => [proves, id]));
  expect(proved.size).toBe(CHECKS.length);
  expect(proved.get("")).toBeUndefined();
  expect(Object.fromEntries(proved)).toMatchObject({
    "obs can be reached": "endpoint.obs",
    "one may read the tags of a key": "permission.key.tags",
    "retag is deployed, with settings that hold": "function.retag",
    "retag is what is built here": "code.retag",
    "retag is invoked by what it should be": "trigger.retag",
    "what retag fails at is tried again, and kept": "async.retag",
  });
});

describe("checks are selected", () => {
  test("all, where none is named", () => {
    expect(selectChecks([])).toEqual(CHECKS);
  });

  test("by their id, or what it begins with", () => {
    expect(ids(["function.retag"])).toEqual(["function.retag"]);
    expect(ids(["permission.secret"])).toEqual([
      "permission.secret.instances",
      "permission.secret.vocabulary",
      "permission.secret.tags",
      "permission.secret.write",
      "permission.secret.show",
    ]);
  });

  test("by several names, in the order of the checks", () => {
    expect(ids(["queue", "build"])).toEqual(["build", "queue"]);
  });

  test("by whole words only", () => {
    expect(ids(["end", "kms", "retag", "permission.secret.sho", ""])).toEqual([]);
  });
});

test("names to select by are the first words of the ids", () => {
  expect(checkNames()).toEqual([
    "settings",
    "policy",
    "build",
    "endpoint",
    "clock",
    "credentials",
    "project",
    "region",
    "permission",
    "store",
    "queue",
    "topic",
    "traces",
    "function",
    "code",
    "trigger",
    "async",
    "canary",
  ]);
});
