import { describe, expect, test } from "vitest";
import type { Policy } from "../../../shared/core/policy/policy.ts";
import { planResource } from "../../../shared/core/run/resource-plan.ts";
import { constant, facts, foreignTags, from, policy, rule, tags } from "../plan/builders.ts";

type Entries = { readonly [key: string]: string };

/** A secret that nobody has just created. */
const known = facts({ "resource.name": "prod-db" }, { hasEvent: false });
const plan = (about: Partial<Policy>, current: Entries) =>
  planResource({ policy: policy(about) }, known, tags(current));
const everybody = { only: null, except: [] };

describe("what a bulk run does by edits", () => {
  const by = (edits: Parameters<typeof planResource>[0]["edits"], current: Entries) =>
    planResource({ policy: policy({}), edits }, known, tags(current));

  test("is to write what changes, and to tell what cannot", () => {
    expect(by({ set: { A: "1", B: "*" } }, {})).toEqual({
      standing: "changes",
      changes: [
        { key: "A", op: "create", to: "1", source: "set" },
        { key: "B", op: "refuse", to: "*", reason: "value-does-not-fit" },
      ],
      profile: "documented",
    });
  });

  test("is unresolved where nothing can be written", () => {
    expect(by({ set: { B: "*" } }, {})).toEqual({
      standing: "unresolved",
      changes: [{ key: "B", op: "refuse", to: "*", reason: "value-does-not-fit" }],
      profile: "documented",
    });
  });

  test("is settled where there is nothing to do, whatever the policy says", () => {
    const about = policy({ tags: [rule("Owner", { sources: [constant("ann")] })] });
    const edits = { set: { A: "1" } };
    const wanted = { standing: "settled", changes: [], profile: "documented" };
    expect(planResource({ policy: about, edits }, known, tags({ A: "1" }))).toEqual(wanted);
  });

  test("keeps to the policy's limits", () => {
    const about = policy({ limits: { reserve: 2, keyProfile: "extended" } });
    const key = facts({}, { type: "key", hasEvent: false });
    const edits = { set: { A: "v".repeat(100) } };
    const planned = planResource({ policy: about, edits }, key, tags({}));
    expect(planned).toMatchObject({ standing: "changes", profile: "extended" });
  });
});

describe("what a bulk run does by the policy", () => {
  test("is to write what changes, and to tell all that is not plainly right", () => {
    const about = {
      tags: [
        rule("A", { sources: [constant("a")] }),
        rule("B", { sources: [constant("b")] }),
        rule("C"),
        rule("D", { values: { prod: ["prd"] } }),
      ],
    };
    expect(plan(about, { B: "b", D: "prd" })).toEqual({
      standing: "changes",
      changes: [
        { key: "A", op: "create", to: "a", source: "const" },
        { key: "C", op: "refuse", reason: "no-source" },
        { key: "D", op: "keep", from: "prd", reason: "variant" },
      ],
      profile: "documented",
    });
  });

  test("is nothing before all that the policy asks for was read, and tells what waits", () => {
    const sources = [from("resource.enterpriseProject")];
    const about = {
      tags: [rule("A", { sources: [constant("a")] }), rule("B", { sources }), rule("C")],
    };
    expect(plan(about, {})).toEqual({
      standing: "unread",
      changes: [
        {
          key: "B",
          op: "refuse",
          reason: "unread",
          passed: [{ source: "resource.enterpriseProject", reason: "unread" }],
        },
      ],
      profile: "documented",
    });
  });

  test.each<[string, Partial<Policy>, Entries]>([
    ["all is as the policy wants it", { tags: [rule("A", { required: everybody })] }, { A: "a" }],
    ["a tag that nobody must have is missing", { tags: [rule("A")] }, {}],
    [
      "a tag that nobody must have has no source that yields",
      { tags: [rule("A", { sources: [from("creator.name")] })] },
      {},
    ],
    [
      "a tag is missing that others must have",
      {
        selectors: { sandbox: { name: [{ regex: "^sandbox-" }] } },
        tags: [rule("A", { required: { only: ["sandbox"], except: [] } })],
      },
      {},
    ],
    [
      "another tag must be there, and is",
      { tags: [rule("A"), rule("B", { required: everybody })] },
      { B: "b" },
    ],
    [
      "a spelling is kept that the policy keeps",
      { tags: [rule("A", { values: { prod: ["prd"] }, required: everybody })] },
      { A: "prd" },
    ],
    [
      "a valid value stays for want of the creation event",
      {
        tags: [
          rule("A", {
            sources: [from("creator.name"), constant("x")],
            whenPresent: "overwrite",
            required: everybody,
          }),
        ],
      },
      { A: "a" },
    ],
  ])("is settled where %s", (_what, about, current) => {
    const wanted = { standing: "settled", changes: [], profile: "documented" };
    expect(plan(about, current)).toEqual(wanted);
  });
});

describe("what a bulk run leaves unresolved", () => {
  const missing = [{ key: "A", op: "refuse", reason: "no-source" }];
  const prod = { name: [{ regex: "^prod-" }] };
  const values = { prod: [] };

  test.each<[string, Partial<Policy>, Entries, readonly object[]]>([
    ["a tag that all must have", { tags: [rule("A", { required: everybody })] }, {}, missing],
    [
      "a tag that the resource must have",
      { selectors: { prod }, tags: [rule("A", { required: { only: ["prod"], except: [] } })] },
      {},
      missing,
    ],
    [
      "a tag that it may have to have",
      {
        selectors: { live: { state: [{ in: ["ENABLED"] }] } },
        tags: [rule("A", { required: { only: ["live"], except: [] } })],
      },
      {},
      missing,
    ],
    [
      "a tag that has no source that yields",
      { tags: [rule("A", { sources: [from("creator.name")], required: everybody })] },
      {},
      [
        {
          key: "A",
          op: "refuse",
          reason: "no-value",
          passed: [{ source: "creator.name", reason: "no-event" }],
        },
      ],
    ],
    [
      "a value that is not allowed",
      { tags: [rule("A", { values })] },
      { A: "x" },
      [{ key: "A", op: "keep", from: "x", reason: "invalid" }],
    ],
    [
      "a value that no source puts right",
      { tags: [rule("A", { values, sources: [from("creator.name")], whenPresent: "correct" })] },
      { A: "x" },
      [
        {
          key: "A",
          op: "keep",
          from: "x",
          reason: "no-value",
          passed: [{ source: "creator.name", reason: "no-event" }],
        },
      ],
    ],
    [
      "a conflict",
      { tags: [rule("A", { aliases: ["a"] })] },
      { A: "1", a: "2" },
      [
        { key: "A", op: "keep", from: "1", reason: "conflict" },
        { key: "a", op: "keep", from: "2", reason: "conflict" },
      ],
    ],
    [
      "a tag that has no room",
      { tags: [rule("A", { sources: [constant("a")] })] },
      foreignTags(20),
      [{ key: "A", op: "refuse", to: "a", source: "const", reason: "no-room" }],
    ],
    [
      "nothing but what is worth telling",
      { tags: [rule("A", { required: everybody }), rule("B"), rule("C")] },
      { C: "c" },
      missing,
    ],
  ])("%s", (_what, about, current, changes) => {
    const wanted = { standing: "unresolved", changes, profile: "documented" };
    expect(plan(about, current)).toEqual(wanted);
  });

  test.each([
    ["prod", "unresolved"],
    ["test", "settled"],
  ])("where the environment is %s, a tag that production must have: %s", (env, standing) => {
    const needsA = {
      id: "prod-needs-a",
      description: "",
      severity: "medium",
      if: { tag: { Env: [{ in: ["prod"] }] } },
      require: ["Owner", "A"],
    } as const;
    const about = { tags: [rule("A"), rule("B"), rule("Owner")], rules: [needsA] };
    const planned = plan(about, { Env: env, Owner: "ann" });
    expect(planned).toMatchObject({ standing, changes: env === "prod" ? missing : [] });
  });
});
