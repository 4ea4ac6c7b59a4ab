import type { Guards } from "../policy/policy.ts";
import type { RunPlan } from "./run-plan.ts";

/** How much a run may change before somebody has to say that it is meant. */
export type RunGuards = Pick<Guards, "maxChanges" | "maxPercent">;

/** Below this many changes a percentage says little. */
const PERCENT_FROM = 20;

/**
 * Why a plan must not be applied: one sentence for each guard that it breaks; none where it may be. A
 * change is a resource that changes. An undo is bounded by the run that it takes back: a guard that
 * kept somebody from taking back a mistake would do harm.
 */
export function brokenGuards(
  plan: Pick<RunPlan, "origin" | "resources" | "selected">,
  { maxChanges, maxPercent }: RunGuards,
): readonly string[] {
  if (plan.origin.by === "undo") return [];
  const changes = plan.resources.length;
  const percent = (100 * changes) / plan.selected;
  const broken: string[] = [];
  if (changes > maxChanges) broken.push(`${changes} changes, at most ${maxChanges} (maxChanges)`);
  if (changes >= PERCENT_FROM && percent > maxPercent)
    broken.push(
      `${changes} of ${plan.selected} selected resources (${percent.toFixed(0)} %), at most ${maxPercent} % (maxPercent)`,
    );
  return broken;
}
