import type { TagRule } from "../policy/policy.ts";
import { isValid } from "../value.ts";
import { looksPersonal } from "./personal-text.ts";
import { isPlaceholder, looksSecret } from "./secret-text.ts";

/** What a tag seems to hold that does not belong into one. */
export type Sighting = "secret" | "personal-data";

/** A secret does harm wherever it is read; personal data may be meant where the policy itself writes it. */
export const IS_SECRET: { readonly [Name in Sighting]: boolean } = {
  secret: true,
  "personal-data": false,
};

/** What is written instead of it, everywhere. */
export const REDACTED = "<redacted>";

/** Words, and nothing that a secret or a number needs: most values, told at once. */
const WORDS = /^[\p{L}]+(?:[ ._-][\p{L}]+)*$/u;
const LENGTH_MIN = 6;

/** Keys that announce a secret, without separators and in lower case. */
const SECRET_KEY =
  /(?:^|[a-z])(?:password|passwd|passphrase|privatekey|secretkey|secretaccesskey|apikey|apisecret|accesstoken|authtoken|bearertoken|refreshtoken|clientsecret)$|^(?:pw|pwd|dbpwd|credentials?)$/;

/** What a text by itself seems to hold; `null`: nothing. */
export function sightText(text: string): Sighting | null {
  if (text.length < LENGTH_MIN || WORDS.test(text)) return null;
  if (looksSecret(text)) return "secret";
  return looksPersonal(text) ? "personal-data" : null;
}

/** Does the key say that its value is a secret: `Password`, `db-password`, `API_KEY`? */
export function announcesSecret(key: string): boolean {
  return SECRET_KEY.test(key.toLowerCase().replace(/[^a-z]/g, ""));
}

/** `sightText` and `announcesSecret`, or what remembers their answers. */
export type Senses = {
  readonly sight: (text: string) => Sighting | null;
  readonly announces: (key: string) => boolean;
};

/**
 * What a value seems to hold, given its key and the rule that the policy declares for that.
 *
 * What the rule's own `match` or `values` allow is meant to be there. So is personal data under a key that
 * the policy itself fills from the creator or from a table. A hash or a placeholder is no secret, unless
 * the key says so and it is not a placeholder.
 */
export function sightValue(
  key: string,
  value: string,
  rule: TagRule | undefined,
  { sight, announces }: Senses,
): Sighting | null {
  if (value === "" || (rule !== undefined && allows(rule, value))) return null;
  if (announces(key) && !isPlaceholder(value)) return "secret";
  const sighting = sight(value);
  if (sighting === null || IS_SECRET[sighting] || rule === undefined) return sighting;
  return fillsWithPersons(rule) ? null : sighting;
}

function allows(rule: TagRule, value: string): boolean {
  const judges = rule.match.length > 0 || rule.values !== null;
  return judges && !rule.prohibited && isValid(rule, value);
}

function fillsWithPersons({ sources }: TagRule): boolean {
  return sources.some(
    (source) =>
      source.kind === "lookup" || (source.kind === "from" && source.field.startsWith("creator.")),
  );
}
