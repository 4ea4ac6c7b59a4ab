import type { Need } from "../facts.ts";
import type { TagLimits } from "../limits.ts";
import type { TagRule } from "../policy/policy.ts";
import type { Derived } from "../source.ts";
import type { PassedOver } from "../tag.ts";
import { canonicalValue, isValid, settleValue } from "../value.ts";
import type { PlanReason } from "./reason.ts";

/** The value of a key as it stands, and what may be put in its place. */
export type Standing = {
  readonly rule: TagRule;
  readonly value: string;
  readonly limits: TagLimits;
  /** Asks the sources. Not called where the answer would not matter. */
  readonly derive: () => Derived;
};

/** What is done with a value that is there. */
export type Treatment =
  | { readonly do: "stay"; readonly reason: PlanReason; readonly passed?: readonly PassedOver[] }
  | { readonly do: "respell"; readonly value: string; readonly adjustedFrom: string | undefined }
  | ({ readonly do: "replace" } & Omit<Extract<Derived, { kind: "value" }>, "kind">)
  | {
      readonly do: "wait";
      readonly needs: readonly Need[];
      readonly passed: readonly PassedOver[];
    };

/** Says what becomes of a value that is there, by what it is and by the rule's `whenPresent`. */
export function treatPresent(standing: Standing): Treatment {
  switch (standing.rule.whenPresent) {
    case "keep":
      return keepAny(standing);
    case "correct":
      return correct(standing);
    case "overwrite":
      return overwrite(standing);
  }
}

function keepAny({ rule, value, limits }: Standing): Treatment {
  if (isValid(rule, value)) return { do: "stay", reason: "valid" };
  const variant = respelled(rule, value, limits) !== null;
  return { do: "stay", reason: variant ? "variant" : "invalid" };
}

/** A valid value stays, a variant gets its canonical spelling, an invalid one gives way. */
function correct({ rule, value, limits, derive }: Standing): Treatment {
  if (isValid(rule, value)) return { do: "stay", reason: "valid" };
  const spelling = respelled(rule, value, limits);
  if (spelling !== null) return spelling;
  if (rule.sources.length === 0) return { do: "stay", reason: "invalid" };
  const derived = derive();
  return derived.kind === "value" ? replace(derived) : stayOrWait(derived);
}

/**
 * The sources' value wins, whatever is there. But where a higher source needs the creation event and
 * this run has none, a valid value may be that source's own: a default must not replace it.
 */
function overwrite(standing: Standing): Treatment {
  const { rule, value, limits } = standing;
  if (rule.sources.length === 0) return correct(standing);
  const derived = standing.derive();
  if (derived.kind === "unread") return stayOrWait(derived);
  if (derived.kind === "value" && derived.value === value) return { do: "stay", reason: "valid" };

  const noEvent = derived.passed.some(({ reason }) => reason === "no-event");
  if (derived.kind === "value" && !noEvent) return replace(derived);
  if (isValid(rule, value))
    return { do: "stay", reason: noEvent ? "no-event" : "no-value", passed: derived.passed };
  const spelling = respelled(rule, value, limits);
  if (spelling !== null) return spelling;
  return derived.kind === "value" ? replace(derived) : stayOrWait(derived);
}

/** The canonical spelling that a variant gets; `null` where the value is not a variant. */
function respelled(rule: TagRule, value: string, limits: TagLimits): Treatment | null {
  const canonical = canonicalValue(rule, value);
  if (canonical === value) return null;
  const settled = settleValue(rule, canonical, limits);
  if (!settled.ok) return null;
  return { do: "respell", value: settled.value, adjustedFrom: settled.adjustedFrom };
}

function replace({ kind: _, ...derived }: Extract<Derived, { kind: "value" }>): Treatment {
  return { do: "replace", ...derived };
}

function stayOrWait(derived: Exclude<Derived, { kind: "value" }>): Treatment {
  const { passed } = derived;
  if (derived.kind === "unread") return { do: "wait", needs: derived.needs, passed };
  return { do: "stay", reason: "no-value", passed };
}
