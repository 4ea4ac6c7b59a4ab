import { describe, expect, test } from "vitest";
import type { Facts } from "../../../shared/core/facts.ts";
import { planTags, samePlan, writesOf } from "../../../shared/core/plan/plan.ts";
import type { Policy, Selector } from "../../../shared/core/policy/policy.ts";
import type { TagSet } from "../../../shared/core/tag.ts";
import { constant, copyOf, facts, foreignTags, policy, rule, tags } from "./builders.ts";

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

  test("only what is removed is gone: an alias that stays beside it is there", () => {
    const about = policy({
      tags: [
        rule("Password", { prohibited: true, aliases: ["password"] }),
        rule("Copy", { sources: [copyOf("password")] }),
      ],
    });
    const bulk = planTags(about, facts(), tags({ Password: "p", password: "q" }), "bulk");
    expect(writesOf(bulk)).toEqual({
      create: tags({ Copy: "q" }),
      overwrite: tags({}),
      remove: ["Password"],
    });
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

  test("a long chain, each tag of which asks twice for the next one, is worked out once", () => {
    const asking = Array.from({ length: 40 }, (_, index) =>
      rule(`T${index}`, {
        sources: [copyOf(`T${index + 1}`), copyOf(`T${index + 1}`)],
      }),
    );
    const { changes } = created(policy({ tags: asking }), facts(), tags({}));
    expect(changes).toHaveLength(40);
    expect(changes.every(({ reason }) => reason === "no-value")).toBe(true);
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
