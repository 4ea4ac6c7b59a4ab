import type { Facts } from "../facts.ts";
import { planTags } from "../plan/plan.ts";
import type { PlanReason } from "../plan/reason.ts";
import type { KeyProfile, Policy } from "../policy/policy.ts";
import { anyHolds, inScope, type Subject, selects } from "../selector.ts";
import type { TagChange, TagSet } from "../tag.ts";
import { planEdits } from "./edit.ts";
import type { Edits } from "./edits.ts";
import { isWrite } from "./step.ts";

/** What a bulk run does to one resource. */
export type ResourcePlan = {
  /**
   * - `changes`: something is written.
   * - `unresolved`: nothing is, although something is wrong that a plan could have put right.
   * - `unread`: what the policy asks for could not be read, so nothing is known to be right to write.
   * - `settled`: there is nothing to do, and nothing to tell.
   */
  readonly standing: "changes" | "unresolved" | "unread" | "settled";
  /** Where something is written, every row that is not plainly right; else those that are worth telling. */
  readonly changes: readonly TagChange[];
  readonly profile: KeyProfile;
};

/** What decides about a resource: the policy, or the edits where there are some. */
export type Wanted = { readonly policy: Policy; readonly edits?: Edits | undefined };

/** Works out what a bulk run does to a resource of which this is known, and which has these tags. */
export function planResource(
  { policy, edits }: Wanted,
  facts: Facts,
  current: TagSet,
): ResourcePlan {
  if (edits === undefined) return planByPolicy(policy, facts, current);
  const plan = planEdits(edits, facts.type, current, policy.limits.keyProfile);
  if (plan.changes.some(isWrite)) return { ...plan, standing: "changes" };
  return { ...plan, standing: plan.changes.length > 0 ? "unresolved" : "settled" };
}

function planByPolicy(policy: Policy, facts: Facts, current: TagSet): ResourcePlan {
  const { changes, needs, profile } = planTags(policy, facts, current, "bulk");
  if (needs.length > 0) {
    const waiting = changes.filter(({ reason }) => reason === "unread");
    return { standing: "unread", changes: waiting, profile };
  }
  const rows = changes.filter(({ reason }) => reason !== "valid");
  if (rows.some(isWrite)) return { standing: "changes", changes: rows, profile };
  const told = rows.filter((row) => isWorthTelling(row, policy, facts, current));
  return { standing: told.length > 0 ? "unresolved" : "settled", changes: told, profile };
}

/** Reasons that tell of nothing wrong: a spelling that the policy keeps, a value that is valid. */
const QUIET: readonly (string | undefined)[] = ["variant", "no-event"] satisfies PlanReason[];
/** Reasons for which a tag is missing; nothing is wrong where nobody must have it. */
const MISSING: readonly (string | undefined)[] = ["no-source", "no-value"] satisfies PlanReason[];

function isWorthTelling(
  { key, op, reason }: TagChange,
  policy: Policy,
  facts: Facts,
  current: TagSet,
): boolean {
  if (QUIET.includes(reason)) return false;
  return op === "keep" || !MISSING.includes(reason) || isRequired(key, policy, facts, current);
}

/** Must the resource, as it is, have the tag? */
function isRequired(key: string, policy: Policy, facts: Facts, current: TagSet): boolean {
  const tagValue = (name: string) => current.get(name);
  const subject: Subject = { facts, selectors: policy.selectors, tagValue };
  const scopes = policy.tags.flatMap((rule) =>
    rule.key === key && rule.required !== null ? [inScope(rule.required, subject)] : [],
  );
  const rules = policy.rules
    .filter((rule) => rule.require.includes(key))
    .map((rule) => selects(rule.if, subject));
  return anyHolds([...scopes, ...rules]).holds !== false;
}
