import { encodeValue, type TagLimits } from "./limits.ts";
import { matches } from "./matcher.ts";
import type { TagRule } from "./policy/policy.ts";

type AllowedValues = NonNullable<TagRule["values"]>;
/** Spellings to their canonical one; `null` where several claim the spelling. */
type Spellings = {
  readonly exact: ReadonlyMap<string, string | null>;
  readonly folded: ReadonlyMap<string, string | null>;
};

// Keyed by the compiled policy's own objects, so that nothing but the policy outlives an invocation.
const spellings = new WeakMap<AllowedValues, Spellings>();

/**
 * The spelling that the policy wants for a value: itself where it is canonical or unknown, else the
 * canonical one that it is a variant of. Case, surrounding space and the length of gaps do not
 * matter, unless that makes it ambiguous.
 */
export function canonicalValue(rule: TagRule, value: string): string {
  if (rule.values === null || Object.hasOwn(rule.values, value)) return value;
  const { exact, folded } = spellingsOf(rule.values);
  const known = exact.get(value);
  return (known === undefined ? folded.get(fold(value)) : known) ?? value;
}

/** Does the rule accept the value exactly as it is? */
export function isValid(rule: TagRule, value: string): boolean {
  if (rule.match.length > 0 && !matches(rule.match, value)) return false;
  return rule.values === null || Object.hasOwn(rule.values, value);
}

export type Settled =
  | {
      readonly ok: true;
      readonly value: string;
      /** The value before it was encoded, where that changed it. */
      readonly adjustedFrom: string | undefined;
    }
  | { readonly ok: false; readonly reason: "empty" | "invalid" };

/** Makes a derived value one that may be written: canonical spelling, then encoding, then the rule. */
export function settleValue(rule: TagRule, raw: string, limits: TagLimits): Settled {
  const wanted = canonicalValue(rule, raw);
  if (isBlank(wanted)) return { ok: false, reason: "empty" };
  const value = encodeValue(wanted, limits);
  // Cutting may leave nothing but the space that a long value began with.
  if (isBlank(value)) return { ok: false, reason: "empty" };
  if (!isValid(rule, value)) return { ok: false, reason: "invalid" };
  return { ok: true, value, adjustedFrom: value === wanted ? undefined : wanted };
}

/** Is there nothing to see in it? */
export function isBlank(value: string): boolean {
  return value.trim() === "";
}

function spellingsOf(values: AllowedValues): Spellings {
  const known = spellings.get(values);
  if (known !== undefined) return known;
  const exact = new Map<string, string | null>();
  const folded = new Map<string, string | null>();
  for (const [canonical, variants] of Object.entries(values)) {
    for (const variant of variants) claim(exact, variant, canonical);
    for (const spelling of [canonical, ...variants]) claim(folded, fold(spelling), canonical);
  }
  const built = { exact, folded };
  spellings.set(values, built);
  return built;
}

function claim(table: Map<string, string | null>, spelling: string, canonical: string): void {
  const owner = table.get(spelling);
  table.set(spelling, owner === undefined || owner === canonical ? canonical : null);
}

function fold(value: string): string {
  return value.trim().replace(/\s+/gu, " ").toLowerCase();
}
