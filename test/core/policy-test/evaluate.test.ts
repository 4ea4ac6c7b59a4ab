import { describe, expect, test } from "vitest";
import { evaluateTest, timeOf } from "../../../shared/core/policy-test/evaluate.ts";
import type { PolicyTest } from "../../../shared/core/policy-test/schema.ts";
import { constant, from, policy, rule, source } from "../plan/builders.ts";

const NOW_MS = Date.UTC(2026, 10, 21, 12);
const ID = "0d0466b0-e727-4d9c-b35d-f84bb474a37f";
const ABOUT = policy({
  tags: [
    rule("Owner", { sources: [from("creator.name"), constant("nobody")] }),
    rule("Project", { sources: [from("project")] }),
    rule("Center", { sources: [source({ kind: "inherit", of: "kmsKey" })] }),
    rule("Password", { prohibited: true }),
  ],
});

const evaluate = (fixture: Partial<PolicyTest>, event?: unknown, about = ABOUT) =>
  evaluateTest({
    policy: about,
    nowMs: NOW_MS,
    event,
    test: { name: "a", expect: { bulk: {} }, ...fixture },
  });
const secret = { type: "secret", name: "a" } as const;
const written = (fixture: Partial<PolicyTest>, event?: unknown) =>
  evaluate(fixture, event).creation?.map(({ key, op, to, reason }) => [key, op, to ?? reason]);

const NOTHING = {
  creation: null,
  ignored: null,
  malformed: null,
  bulk: [],
  findings: [],
  skipped: null,
  item: null,
};
const traceOf = (about: object) => ({
  cts: {
    trace_name: "createSecret",
    trace_rating: "normal",
    resource_type: "secret",
    resource_id: ID,
    user: { name: "ann" },
    ...about,
  },
});

describe("a resource that nobody creates", () => {
  test("is planned in bulk and judged as it is", () => {
    const came = evaluate({ resource: { ...secret, tags: { Password: "x" } } });
    expect(came).toMatchObject({ creation: null, ignored: null, malformed: null, skipped: null });
    expect(came.item?.resource).toEqual({
      type: "secret",
      id: "00000000-0000-4000-8000-000000000001",
      name: "a",
    });
    expect(came.bulk.map(({ key, op }) => [key, op])).toEqual([
      ["Owner", "create"],
      ["Project", "refuse"],
      ["Center", "refuse"],
      ["Password", "delete"],
    ]);
    expect(came.findings.map(({ rule_id }) => rule_id)).toContain("Password.prohibited");
  });

  test("is a secret where the test does not say what it is", () => {
    expect(evaluate({}).item?.resource.type).toBe("secret");
    expect(evaluate({ resource: { type: "key" } }).item?.resource.type).toBe("key");
  });

  test("has no bulk plan where it is skipped", () => {
    const came = evaluate({ resource: { type: "key", state: "4", tags: { Password: "x" } } });
    expect(came).toMatchObject({ creation: null, bulk: [], skipped: "pending-deletion" });
    expect(came.findings.map(({ status }) => status)).toEqual(["skipped"]);
  });
});

describe("a creation", () => {
  test("writes what the policy says, and is judged with it", () => {
    const came = evaluate({ resource: secret, created: { by: "ann" } });
    expect(came.creation?.map(({ key, op, to }) => [key, op, to])).toEqual([
      ["Owner", "create", "ann"],
      ["Project", "refuse", undefined],
      ["Center", "refuse", undefined],
    ]);
    expect(came.item?.tags).toEqual(new Map([["Owner", "ann"]]));
    expect(came.bulk.map(({ key, op }) => [key, op])).toEqual([
      ["Owner", "keep"],
      ["Project", "refuse"],
      ["Center", "refuse"],
    ]);
    expect(came).toMatchObject({ ignored: null, malformed: null, skipped: null });
  });

  test("overwrites an empty value, and keeps the tags beside it", () => {
    const resource = { ...secret, tags: { Owner: "", theirs: "t" } };
    const came = evaluate({ resource, created: { by: "ann" } });
    expect(came.item?.tags).toEqual(
      new Map([
        ["Owner", "ann"],
        ["theirs", "t"],
      ]),
    );
  });

  test("knows the project that the test says", () => {
    const project = (resource: PolicyTest["resource"]) =>
      written({ resource, created: { by: "ann" } })?.[1];
    expect(project({ ...secret, project: "p-1" })).toEqual(["Project", "create", "p-1"]);
    expect(project(secret)).toEqual(["Project", "refuse", "no-value"]);
  });

  test("takes over the tags of the key that the test has", () => {
    const created = { by: "ann" };
    const tags = { Center: "CC-1" };
    expect(written({ resource: secret, created, kmsKey: { tags } })?.[2]).toEqual([
      "Center",
      "create",
      "CC-1",
    ]);
    expect(written({ resource: secret, created, kmsKey: { tags: {} } })?.[2]).toEqual([
      "Center",
      "refuse",
      "no-value",
    ]);
  });

  test("reads of the resource what its trace lacks", () => {
    const about = policy({ tags: [rule("State", { sources: [from("resource.state")] })] });
    const resource = { ...secret, state: "ENABLED" };
    const { creation } = evaluate({ resource, created: {} }, undefined, about);
    expect(creation).toMatchObject([{ key: "State", op: "create", to: "ENABLED" }]);
  });

  test("merges and removes nothing, whatever has to be read", () => {
    const aliased = (field: "creator.name" | "resource.state") =>
      policy({
        tags: [
          rule("Owner", { aliases: ["owner"], sources: [from(field)] }),
          rule("Password", { prohibited: true }),
        ],
      });
    const resource = { ...secret, tags: { owner: "bob", Password: "x" } };
    for (const field of ["creator.name", "resource.state"] as const) {
      const { creation } = evaluate({ resource, created: {} }, undefined, aliased(field));
      expect(creation?.map(({ op }) => op)).not.toContain("delete");
    }
  });

  test("knows the region that the test says", () => {
    const about = policy({ tags: [rule("Region", { sources: [from("region")] })] });
    const resource = { ...secret, region: "r-1" };
    const { creation } = evaluate({ resource, created: {} }, undefined, about);
    expect(creation).toMatchObject([{ key: "Region", op: "create", to: "r-1" }]);
  });

  test("writes nothing on what can never be tagged", () => {
    const dying = { type: "key", name: "a", state: "4" } as const;
    const came = evaluate({ resource: dying, created: { by: "ann" } });
    expect(came).toMatchObject({ creation: [], bulk: [], skipped: "pending-deletion" });
    expect(came.item?.tags).toEqual(new Map());
  });

  test("that is no reason to tag anything is ignored, and the resource judged as it is", () => {
    const key = { type: "key", name: "csms/default" } as const;
    const came = evaluate({ resource: key, created: { by: "ann" } });
    expect(came).toMatchObject({
      creation: null,
      ignored: "default-key",
      malformed: null,
      skipped: "default-key",
    });
  });
});

describe("a recorded event", () => {
  test("tells the resource by itself", () => {
    const came = evaluate({}, traceOf({ resource_name: "traced" }));
    expect(came.item?.resource).toEqual({ type: "secret", id: ID, name: "traced" });
    expect(came.creation?.[0]).toMatchObject({ key: "Owner", op: "create", to: "ann" });
  });

  test("is believed where nothing has to be read, and knows no project but the test's", () => {
    const about = policy({
      tags: [
        rule("Name", { sources: [from("resource.name")] }),
        rule("Project", { sources: [from("project")] }),
      ],
    });
    const trace = traceOf({ resource_name: "traced" });
    const changes = (resource: PolicyTest["resource"]) =>
      evaluate({ resource }, trace, about).creation;
    expect(changes({ name: "said", project: "p-1" })).toMatchObject([
      { key: "Name", op: "create", to: "traced" },
      { key: "Project", op: "create", to: "p-1" },
    ]);
    expect(changes({ name: "said" })?.[1]).toMatchObject({
      op: "refuse",
      passed: [{ source: "project", reason: "absent" }],
    });
  });

  test("that is no creation is of a secret where the test does not say what it is", () => {
    const trace = traceOf({ trace_name: "deleteSecret" });
    const ignored = "other-trace";
    expect(evaluate({}, trace)).toEqual({ ...NOTHING, ignored });
    const { item } = evaluate({ resource: { name: "a" } }, trace);
    expect(item?.resource).toMatchObject({ type: "secret", name: "a" });
  });

  test("tells its kind by its trace", () => {
    const trace = traceOf({ trace_name: "createKey", resource_type: "cmk" });
    expect(evaluate({}, trace).item?.resource).toMatchObject({ type: "key", id: ID });
  });

  test("of a resource that is known by its name only is of the test's id", () => {
    const trace = traceOf({ resource_id: undefined, resource_name: "traced" });
    const id = "bb6a3d22-dc93-47ac-b5bd-88df7ad35f1e";
    expect(evaluate({ resource: { id } }, trace).item?.resource).toEqual({
      type: "secret",
      id,
      name: "traced",
    });
  });

  test("that is ignored says why; without a resource there is nothing to judge", () => {
    const failed = traceOf({ code: "500", trace_rating: "incident" });
    const ignored = "failed-trace";
    expect(evaluate({}, failed)).toEqual({ ...NOTHING, ignored });
    const judged = evaluate({ resource: secret }, failed);
    expect(judged).toMatchObject({ creation: null, ignored, item: { resource: { name: "a" } } });
  });

  test("that cannot be acted on is malformed, with a resource or without", () => {
    const trace = traceOf({ resource_id: undefined });
    const malformed = "no-id";
    expect(evaluate({}, trace)).toEqual({ ...NOTHING, malformed });
    const judged = evaluate({ resource: secret }, trace);
    expect(judged).toMatchObject({ creation: null, ignored: null, malformed, item: {} });
  });

  test.each([
    [[], "event: expected at least one CTS trace"],
    [[traceOf({}), traceOf({})], "event: it holds 2 traces, and a test is of one"],
  ])("of several traces, or of none, is malformed: %#", (event, malformed) => {
    expect(evaluate({ resource: secret }, event)).toEqual({ ...NOTHING, malformed });
  });

  test("that holds no trace is malformed, and says where", () => {
    const { malformed, ...rest } = evaluate({}, traceOf({ trace_name: undefined }));
    expect(malformed).toMatch(/^\S+: \S/);
    expect({ ...rest, malformed: null }).toEqual(NOTHING);
  });
});

test("the time of a test is its own, or that of its file", () => {
  const about = { name: "a", expect: {} };
  expect(timeOf({ ...about, now: "2026-01-31" }, "2026-11-21")).toBe(Date.UTC(2026, 0, 31));
  expect(timeOf(about, "2026-11-21")).toBe(Date.UTC(2026, 10, 21));
});
