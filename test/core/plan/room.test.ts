import { describe, expect, test } from "vitest";
import type { Facts } from "../../../shared/core/facts.ts";
import { planTags, writesOf } from "../../../shared/core/plan/plan.ts";
import type { Policy } from "../../../shared/core/policy/policy.ts";
import type { TagSet } from "../../../shared/core/tag.ts";
import { constant, copyOf, facts, foreignTags, policy, rule, tags } from "./builders.ts";

const ops = (plan: { changes: readonly { key: string; op: string }[] }) =>
  Object.fromEntries(plan.changes.map((change) => [change.key, change.op]));
const created = (about: Policy, known: Facts, current: TagSet) =>
  planTags(about, known, current, "creation");

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
