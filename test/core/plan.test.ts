import { describe, expect, test } from "vitest";
import type { Facts } from "../../shared/core/facts.ts";
import { planTags, samePlan, writesOf } from "../../shared/core/plan.ts";
import type { Policy, Selector } from "../../shared/core/policy.ts";
import type { TagSet } from "../../shared/core/tag.ts";
import {
  constant,
  copyOf,
  facts,
  foreignTags,
  from,
  policy,
  rule,
  source,
  tags,
} from "./plan-builders.ts";

const key = facts({}, { type: "key" });
const ops = (plan: { changes: readonly { key: string; op: string }[] }) =>
  Object.fromEntries(plan.changes.map((change) => [change.key, change.op]));
const created = (about: Policy, known: Facts, current: TagSet) =>
  planTags(about, known, current, "creation");

describe("tags see each other as the policy will leave them", () => {
  const copied = policy({
    tags: [rule("B", { sources: [copyOf("A")] }), rule("A", { sources: [constant("a")] })],
  });

  test("a tag source sees a value that is about to be created, wherever it is declared", () => {
    expect(writesOf(created(copied, facts(), tags({}))).create).toEqual(tags({ B: "a", A: "a" }));
  });

  test("a selector sees a value that is about to be corrected", () => {
    const prod: Selector = { tag: { Env: [{ in: ["prod"] }] } };
    const about = policy({
      selectors: { prod },
      tags: [
        rule("Contact", { sources: [constant("c")], applies: { only: ["prod"], except: [] } }),
        rule("Env", { values: { prod: ["production"] }, whenPresent: "correct" }),
      ],
    });
    expect(ops(created(about, facts(), tags({ Env: "production" })))).toEqual({
      Contact: "create",
      Env: "overwrite",
    });
  });

  test("a prohibited tag and a merged alias are gone in bulk, and there on creation", () => {
    const about = policy({
      tags: [
        rule("Old", { sources: [copyOf("Password")] }),
        rule("Alias", { sources: [copyOf("owner")] }),
        rule("Password", { prohibited: true }),
        rule("Owner", { aliases: ["owner"] }),
      ],
    });
    const current = tags({ Password: "p", owner: "o" });
    const bulk = planTags(about, facts(), current, "bulk");
    expect(writesOf(bulk).create).toEqual(tags({ Owner: "o" }));
    expect(writesOf(created(about, facts(), current)).create).toEqual(
      tags({ Old: "p", Alias: "o" }),
    );
  });

  test("an alias that counts as present lends its value, as it will after the merge", () => {
    const about = policy({
      tags: [rule("Owner", { aliases: ["owner"] }), rule("Copy", { sources: [copyOf("Owner")] })],
    });
    expect(writesOf(created(about, facts(), tags({ owner: "o" }))).create).toEqual(
      tags({ Copy: "o" }),
    );
  });

  test("a key that no rule names is seen as it is", () => {
    const about = policy({ tags: [rule("A", { sources: [copyOf("theirs")] })] });
    expect(writesOf(created(about, facts(), tags({ theirs: "t" }))).create).toEqual(
      tags({ A: "t" }),
    );
  });

  test("a circle comes to an end", () => {
    const about = policy({
      tags: [rule("A", { sources: [copyOf("B")] }), rule("B", { sources: [copyOf("A")] })],
    });
    expect(ops(created(about, facts(), tags({})))).toEqual({ A: "refuse", B: "refuse" });
    expect(ops(created(about, facts(), tags({ B: "b" })))).toEqual({ A: "create", B: "keep" });
  });
});

describe("a plan asks only for what it needs", () => {
  const finance: Selector = { enterpriseProject: [{ in: ["ep-fin"] }] };
  const inFinance = { only: ["finance"], except: [] };
  const inherits = [source({ kind: "inherit", of: "kmsKey" })];
  const asking = policy({
    selectors: { finance },
    tags: [
      rule("Center", { sources: [from("resource.enterpriseProject"), ...inherits] }),
      rule("Approver", { sources: [constant("cfo")], applies: inFinance }),
      rule("Contact", { applies: inFinance }),
    ],
  });

  test("one thing after the other, and says that it is provisional", () => {
    const first = created(asking, facts(), tags({}));
    expect(first.needs).toEqual(["resource.enterpriseProject"]);
    expect(first.changes.slice(0, 2)).toEqual([
      {
        key: "Center",
        op: "refuse",
        reason: "unread",
        passed: [{ source: "resource.enterpriseProject", reason: "unread" }],
      },
      { key: "Approver", op: "refuse", reason: "unread" },
    ]);
    const known = facts({ "resource.enterpriseProject": null });
    expect(created(asking, known, tags({})).needs).toEqual(["resource.kmsKeyId", "keyTags"]);
  });

  test("nothing for a tag that is there and kept, or declared without a source", () => {
    const repeat = created(asking, facts(), tags({ Center: "c", Approver: "cfo" }));
    expect(repeat.needs).toEqual([]);
    expect(ops(repeat)).toEqual({ Center: "keep", Approver: "keep", Contact: "refuse" });
  });

  test("nothing for the sources of a tag that the resource does not get", () => {
    const about = policy({
      selectors: { finance },
      tags: [rule("Center", { sources: inherits, applies: inFinance })],
    });
    expect(created(about, facts(), tags({})).needs).toEqual(["resource.enterpriseProject"]);
    const other = facts({ "resource.enterpriseProject": "0" });
    expect(created(about, other, tags({}))).toMatchObject({ needs: [], changes: [] });
  });

  test("what a correction or an overwrite would be worked out from", () => {
    const whenPresent = "overwrite";
    const sources = [from("resource.enterpriseProject")];
    const about = policy({ tags: [rule("Center", { sources, whenPresent })] });
    const plan = created(about, facts(), tags({ Center: "c" }));
    expect(plan.needs).toEqual(["resource.enterpriseProject"]);
    expect(plan.changes).toMatchObject([{ op: "keep", from: "c", reason: "unread" }]);
  });

  test("through a tag that waits, once", () => {
    const sources = [from("resource.enterpriseProject")];
    const whenAny: Selector = { tag: { A: [{ regex: "" }] } };
    const about = policy({
      selectors: { whenAny },
      tags: [
        rule("A", { sources }),
        rule("B", { sources: [copyOf("A"), ...inherits] }),
        rule("C", { sources: inherits, applies: { only: ["whenAny"], except: [] } }),
      ],
    });
    expect(created(about, facts(), tags({})).needs).toEqual(["resource.enterpriseProject"]);
  });

  test("before it trusts an alias that may be about to go", () => {
    const about = policy({
      selectors: { finance },
      tags: [
        rule("Owner", { aliases: ["owner"], applies: inFinance }),
        rule("Copy", { sources: [copyOf("owner")] }),
      ],
    });
    const plan = planTags(about, facts(), tags({ owner: "o" }), "bulk");
    expect(plan.needs).toEqual(["resource.enterpriseProject"]);
    expect(plan.changes.at(-1)).toMatchObject({ key: "Copy", op: "refuse", reason: "unread" });
  });

  test("whether a removal is meant, but not on creation, where nothing is removed", () => {
    const about = policy({
      selectors: { finance },
      tags: [rule("Password", { prohibited: true, applies: inFinance })],
    });
    expect(created(about, facts(), tags({ Password: "p" })).needs).toEqual([]);
    const bulk = planTags(about, facts(), tags({ Password: "p" }), "bulk");
    expect(bulk.needs).toEqual(["resource.enterpriseProject"]);
  });

  test("who is required, only where some fit and some do not", () => {
    const tag = (name: string) => rule(name, { sources: [constant("x")], required: inFinance });
    const about = policy({ selectors: { finance }, tags: [tag("A"), tag("B")] });
    const needs = (present: number) => created(about, facts(), tags(foreignTags(present))).needs;
    expect(needs(18)).toEqual([]);
    expect(needs(19)).toEqual(["resource.enterpriseProject"]);
    expect(needs(20)).toEqual([]);
  });
});

describe("a key's profile", () => {
  const long = "v".repeat(50);
  const about = policy({ tags: [rule("A", { sources: [constant(long)] })] });

  test("is the policy's, and a value is cut to fit it", () => {
    const plan = created(about, key, tags(foreignTags(9)));
    expect(plan.profile).toBe("documented");
    expect(plan.changes).toMatchObject([{ op: "create", to: "v".repeat(43), adjustedFrom: long }]);
  });

  test.each([
    ["more tags", foreignTags(11)],
    ["a longer key", { ["k".repeat(37)]: "" }],
    ["a longer value", { k: "v".repeat(44) }],
    ["another character", { k: "a=b" }],
  ])("is extended where the key carries %s than it allows", (_what, current) => {
    const plan = created(about, key, tags(current));
    expect(plan.profile).toBe("extended");
    expect(plan.changes).toMatchObject([{ op: "create", to: long }]);
  });

  test("is the policy's for a secret, whatever that carries", () => {
    const plan = created(about, facts(), tags({ ...foreignTags(25), k: "a*b" }));
    expect(plan.profile).toBe("documented");
    expect(ops(plan)).toEqual({ A: "refuse" });
  });

  test("is extended where the policy says so", () => {
    const extended = { ...about, limits: { reserve: 2, keyProfile: "extended" as const } };
    expect(created(extended, key, tags({}))).toMatchObject({ profile: "extended" });
  });
});

describe("where there is no room for all", () => {
  const all = { only: null, except: [] };
  const tag = (name: string, required: boolean) =>
    rule(name, { sources: [constant("x")], required: required ? all : null });
  const four = [tag("A", true), tag("B", false), tag("C", true), tag("D", false)];
  const createdKeys = (about: Policy, present: number) => [
    ...writesOf(created(about, facts(), tags(foreignTags(present)))).create.keys(),
  ];

  test.each([
    [16, ["A", "B", "C", "D"]],
    [17, ["A", "B", "C"]],
    [18, ["A", "C"]],
    [19, ["A"]],
    [20, []],
    [21, []],
  ])("beside %i tags these are created: %j", (present, keys) => {
    expect(createdKeys(policy({ tags: four }), present)).toEqual(keys);
  });

  test("a conditional rule that holds on the resulting tags makes a tag required", () => {
    const rules = [
      {
        id: "r",
        description: "",
        severity: "low",
        if: { tag: { A: [{ in: ["x"] }] } },
        require: ["D"],
      },
    ] as const;
    expect(createdKeys(policy({ tags: four, rules }), 17)).toEqual(["A", "C", "D"]);
  });

  test("a refused tag still counts for what depends on it, so that the plan is stable", () => {
    const about = policy({
      tags: [
        rule("B", { sources: [copyOf("A")], required: all }),
        rule("A", { sources: [constant("x")] }),
      ],
    });
    const current = tags(foreignTags(19));
    const plan = created(about, facts(), current);
    expect(ops(plan)).toEqual({ B: "create", A: "refuse" });
    expect(ops(created(about, facts(), new Map([...current, ["B", "x"]])))).toEqual({
      B: "keep",
      A: "refuse",
    });
  });

  test("a deletion makes room", () => {
    const about = policy({ tags: [tag("A", true), rule("Password", { prohibited: true })] });
    const full = tags({ ...foreignTags(19), Password: "p" });
    expect(ops(planTags(about, facts(), full, "bulk"))).toEqual({
      A: "create",
      Password: "delete",
    });
    expect(ops(created(about, facts(), full))).toEqual({ A: "refuse", Password: "keep" });
  });

  test("an empty value that is filled neither takes a place nor gives one up", () => {
    const about = policy({ tags: [tag("A", false), tag("B", false)] });
    const plan = created(about, facts(), tags({ ...foreignTags(19), B: "" }));
    expect(ops(plan)).toEqual({ A: "refuse", B: "overwrite" });
  });

  test("the reserve is not a limit", () => {
    const about = policy({
      tags: [tag("A", false)],
      limits: { reserve: 20, keyProfile: "documented" },
    });
    expect(createdKeys(about, 19)).toEqual(["A"]);
  });
});

describe("the writes of a plan", () => {
  const about = policy({
    tags: [
      rule("A", { sources: [constant("a")] }),
      rule("B", { sources: [constant("b")] }),
      rule("C", { prohibited: true }),
      rule("D", { sources: [constant("d")] }),
    ],
  });
  const plan = planTags(about, facts(), tags({ B: "", C: "c", D: "e", theirs: "t" }), "bulk");

  test("are what it creates, overwrites and removes, and nothing else", () => {
    expect(writesOf(plan)).toEqual({
      create: tags({ A: "a" }),
      overwrite: tags({ B: "b" }),
      remove: ["C"],
    });
  });

  test("tell whether two plans do the same, whatever they keep and why", () => {
    const again = planTags(about, facts(), tags({ B: "", C: "other", D: "other" }), "bulk");
    const less = planTags(about, facts(), tags({ A: "a", B: "", C: "c" }), "bulk");
    expect(samePlan(plan, again)).toBe(true);
    expect(samePlan(plan, less)).toBe(false);
    expect(samePlan(plan, { changes: plan.changes.toReversed() })).toBe(true);
    expect(samePlan({ changes: [] }, { changes: [{ key: "A", op: "keep" }] })).toBe(true);
  });

  test("differ where a key is created with another value, or overwritten instead", () => {
    const write = (op: "create" | "overwrite", to: string) => ({ changes: [{ key: "A", op, to }] });
    expect(samePlan(write("create", "a"), write("create", "b"))).toBe(false);
    expect(samePlan(write("create", "a"), write("overwrite", "a"))).toBe(false);
  });
});
