import type { Facts } from "../facts.ts";
import { planTags } from "../plan/plan.ts";
import type { Policy, TagRule } from "../policy/policy.ts";
import type { TagChange, TagSet } from "../tag.ts";

/** A bulk plan as judges see it. */
export type Outlook = {
  /** The plan's rows by key, but for what stays because its rule is settled. */
  readonly rows: ReadonlyMap<string, TagChange>;
  /** The plan is not provisional: what it writes will be written. */
  readonly final: boolean;
};

const NOTHING_AHEAD: Outlook = { rows: new Map(), final: true };

/**
 * What a bulk plan would do to a resource. Only the rules that are not settled are planned: what is settled stays
 * as it is, asks for nothing, and is to the others what it would be as part of the plan.
 */
export function foresee(
  policy: Policy,
  facts: Facts,
  current: TagSet,
  unsettled: readonly TagRule[],
): Outlook {
  if (unsettled.length === 0) return NOTHING_AHEAD;
  const { changes, needs } = planTags({ ...policy, tags: unsettled }, facts, current, "bulk");
  const rows = new Map<string, TagChange>();
  for (const row of changes) rows.set(row.key, row);
  return { rows, final: needs.length === 0 };
}
