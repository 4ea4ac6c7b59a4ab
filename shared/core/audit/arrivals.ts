import { longestGrace } from "../grace.ts";
import type { InventoryItem } from "../inventory/item.ts";
import { hasValue } from "../plan/holding.ts";
import { planTags } from "../plan/plan.ts";
import type { Policy } from "../policy/policy.ts";
import type { TagChange, TagSet } from "../tag.ts";
import { parseTime } from "../time.ts";

/**
 * What was created between two audits: `missed` are those that a creation function would have tagged, and that
 * carry none of the tags that one writes. Where there are some, their traces did not come.
 */
export type ArrivalCount = { readonly created: number; readonly missed: number };

/** Counts arrivals among the resources that an audit reads anyway. */
export type Arrivals = {
  take(item: InventoryItem): void;
  count(): ArrivalCount;
};

/** When the audit before this one began, and when this one does, in milliseconds. */
export type Interval = { readonly sinceMs: number; readonly nowMs: number };

/**
 * Starts to count. What is so young that its function may still wait for the creator's own tags, or for the
 * resource to be visible, is left to the next audit; each resource is counted by one audit.
 */
export function createArrivals(policy: Policy, { sinceMs, nowMs }: Interval): Arrivals {
  const settleMs = longestGrace(policy) + policy.guards.visibleMs;
  let created = 0;
  let missed = 0;
  return {
    take(item) {
      if (item.skip !== null) return;
      const createdMs = parseTime(item.facts.fields.get("resource.createdAt"));
      if (createdMs === null) return;
      if (createdMs <= sinceMs - settleMs || createdMs > nowMs - settleMs) return;
      created += 1;
      if (item.tags !== null && isMissed(policy, item, item.tags)) missed += 1;
    },
    count: () => ({ created, missed }),
  };
}

function isMissed(policy: Policy, { facts }: InventoryItem, tags: TagSet): boolean {
  const written = policy.tags.filter(({ sources }) => sources.length > 0);
  if (written.some(({ key }) => hasValue(tags.get(key)))) return false;
  return planTags(policy, facts, tags, "creation").changes.some(isWrittenOnCreation);
}

/** Would it be written, or would it with the event of the creation? */
function isWrittenOnCreation({ op, passed = [] }: TagChange): boolean {
  return (
    op === "create" || op === "overwrite" || passed.some(({ reason }) => reason === "no-event")
  );
}
