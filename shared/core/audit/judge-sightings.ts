import type { TagRule } from "../policy/policy.ts";
import { BUILT_IN } from "./built-in-rules.ts";
import { isSystemKey } from "./declared.ts";
import { type DraftFinding, draft, type Fix, fixOf, type Look } from "./draft.ts";
import { IS_SECRET, REDACTED, type Senses, type Sighting, sightValue } from "./sighting.ts";

/** A tag that seems to hold what does not belong into one, in its key or in its value. */
export type Sighted = {
  readonly key: string;
  readonly value: string;
  readonly keyHolds: Sighting | null;
  readonly valueHolds: Sighting | null;
};

/** Looks at a tag, `rule` being the one of its key or of an alias. `null`: there is nothing to see. */
export function sightTag(
  key: string,
  value: string,
  rule: TagRule | undefined,
  senses: Senses,
): Sighted | null {
  if (isSystemKey(key)) return null;
  const keyHolds = rule === undefined ? senses.sight(key) : null;
  const valueHolds = sightValue(key, value, rule, senses);
  return keyHolds === null && valueHolds === null ? null : { key, value, keyHolds, valueHolds };
}

const RULES = {
  secret: "tag.secret",
  "personal-data": "tag.personal-data",
} as const satisfies { readonly [Name in Sighting]: string };

/** One finding for each tag; a secret outweighs personal data. */
export function judgeSighted(
  { key, value, keyHolds, valueHolds }: Sighted,
  look: Look,
): DraftFinding {
  const holdsSecret = [keyHolds, valueHolds].some((held) => held !== null && IS_SECRET[held]);
  const reason: Sighting = holdsSecret ? "secret" : "personal-data";
  const rule = RULES[reason];
  return draft({
    rule,
    severity: BUILT_IN[rule].severity,
    reason,
    key,
    actual: REDACTED,
    expected: BUILT_IN[rule].description,
    fix: sightedFix(key, value, look),
  });
}

/** A plan that moves the value to another key puts nothing right. */
function sightedFix(key: string, value: string, look: Look): Fix | null {
  for (const { op, to } of look.outlook().rows.values())
    if ((op === "create" || op === "overwrite") && to === value) return null;
  return fixOf(key, look);
}
