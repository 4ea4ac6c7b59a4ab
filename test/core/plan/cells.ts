import { expect, test } from "vitest";
import { type PlanMode, planTags } from "../../../shared/core/plan/plan.ts";
import type { TagRule } from "../../../shared/core/policy/policy.ts";
import type { TagChange } from "../../../shared/core/tag.ts";
import { constant, facts, policy, rule, tags } from "./builders.ts";

// The table "What is done where" of the policy's description, cell by cell: the rows are `describe`,
// the columns are `creation` and `bulk`. Each case is one rule, `Env`, with what is there.

export type Case = {
  readonly about: Partial<TagRule>;
  readonly current: { readonly [key: string]: string };
  readonly creation: readonly TagChange[];
  readonly bulk: readonly TagChange[];
};

export const values = { prod: ["production"], dev: [] };
export const sources = [constant("dev")];
export const aliases = ["env", "ENV"];

function planOf({ about, current }: Case, mode: PlanMode): readonly TagChange[] {
  const known = facts({}, { hasEvent: mode === "creation" });
  const plan = planTags(policy({ tags: [rule("Env", about)] }), known, tags(current), mode);
  expect(plan.needs).toEqual([]);
  return plan.changes;
}

export function cells(cases: { readonly [name: string]: Case }) {
  for (const [name, one] of Object.entries(cases)) {
    test(`on creation: ${name}`, () => expect(planOf(one, "creation")).toEqual(one.creation));
    test(`in bulk: ${name}`, () => expect(planOf(one, "bulk")).toEqual(one.bulk));
  }
}

/** A cell pair where the mode makes no difference. */
export const alike = (
  about: Partial<TagRule>,
  current: Case["current"],
  ...changes: TagChange[]
): Case => ({
  about,
  current,
  creation: changes,
  bulk: changes,
});

export const keep = (from: string, reason: string): TagChange => ({
  key: "Env",
  op: "keep",
  from,
  reason,
});
export const write = (op: "create" | "overwrite", to: string, source: string, from?: string) => ({
  key: "Env",
  op,
  to,
  source,
  ...(from !== undefined && { from }),
});
export const alias = (
  op: "keep" | "delete",
  reason: string,
  from: string,
  key = "env",
): TagChange => ({
  key,
  op,
  from,
  reason,
});
