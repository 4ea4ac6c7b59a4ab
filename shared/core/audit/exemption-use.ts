import { conditionWords } from "../policy/condition-words.ts";
import type { Policy } from "../policy/policy.ts";
import { isInForce, lastDayOf } from "./exemption.ts";

/**
 * - `in-use`: it excuses findings. `expired`: its last day is over, it excuses nothing.
 * - `unused`: it excuses nothing. `unknown`: nothing of what could be examined.
 */
export const EXEMPTION_STATES = ["in-use", "unused", "expired", "unknown"] as const;
export type ExemptionState = (typeof EXEMPTION_STATES)[number];

/** One exemption of the policy, and what came of it. */
export type ExemptionUse = {
  readonly id: string;
  readonly rule: string;
  /** Whom it is about, in words. */
  readonly resource: string;
  readonly owner: string;
  readonly reason: string;
  /** Last day, `2027-03-31`; `null`: it never ends. */
  readonly expires: string | null;
  /** Findings that it excuses. */
  readonly findings: number;
  readonly state: ExemptionState;
};

/** Every exemption in the policy's order; `exempted`: how many findings each excuses; `sawAll`: no resource is missing. */
export function listExemptionUses(
  { exemptions }: Policy,
  exempted: ReadonlyMap<string, number>,
  { sawAll, nowMs }: { readonly sawAll: boolean; readonly nowMs: number },
): readonly ExemptionUse[] {
  return exemptions.map((exemption) => {
    const { id, rule, resource, owner, reason } = exemption;
    const number = exempted.get(id) ?? 0;
    const idle: ExemptionState = sawAll ? "unused" : "unknown";
    const state = number > 0 ? "in-use" : isInForce(exemption, nowMs) ? idle : "expired";
    return {
      id,
      rule,
      resource: conditionWords(resource),
      owner,
      reason,
      expires: lastDayOf(exemption),
      findings: number,
      state,
    };
  });
}
