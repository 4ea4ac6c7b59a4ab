import { fitsKey, SECRET_LIMITS } from "../limits.ts";
import { kindsOf, limitsOf } from "./check-kind.ts";
import type { Draft } from "./draft.ts";
import { POLICY_DEFAULTS } from "./guard-schema.ts";
import { type Mistake, type Path, quote } from "./problem.ts";
import type { PolicyDocument, TagText } from "./schema.ts";

/** Keys and aliases: legal, and each meaning one tag only; and what a prohibited tag may say. */
export function checkTags({ document }: Draft): readonly Mistake[] {
  const keys = Object.keys(document.tags);
  const firstByFolded = new Map<string, string>();
  return Object.entries(document.tags).flatMap(([key, tag]) => {
    const twin = firstByFolded.get(key.toLowerCase());
    if (twin === undefined) firstByFolded.set(key.toLowerCase(), key);
    return [
      ...checkKey(key, tag, document),
      ...(twin === undefined
        ? []
        : [
            keyMistake(
              ["tags", key],
              `${quote(key)} and ${quote(twin)} differ by case only`,
              "one key, with the other spelling among its aliases",
            ),
          ]),
      ...checkAliases(key, tag, keys, document),
      ...checkProhibited(key, tag),
    ];
  });
}

// What CSMS refuses is refused by every kind: its row is the widest of all.
const LEGAL_KEY = `1 to ${SECRET_LIMITS.keyLengthMax} letters, digits, spaces and _ . : = + - @, not beginning with _sys_`;

function checkKey(key: string, tag: TagText, document: PolicyDocument): readonly Mistake[] {
  const path = ["tags", key];
  if (!fitsKey(key, SECRET_LIMITS)) {
    return [keyMistake(path, `${quote(key)} is not a legal tag key`, LEGAL_KEY)];
  }
  const profile = document.limits?.key?.profile ?? POLICY_DEFAULTS.keyProfile;
  const limits = limitsOf("key", document);
  if (fitsKey(key, limits) || !kindsOf(tag.applies, document).includes("key")) return [];
  const expected = `at most ${limits.keyLengthMax} characters without =, or limits.key.profile: extended, or a tag that does not apply to keys`;
  const message = `the profile ${profile} of keys does not allow ${quote(key)}`;
  return [{ ...keyMistake(path, message, expected), level: "warning" }];
}

function checkAliases(
  key: string,
  tag: TagText,
  keys: readonly string[],
  document: PolicyDocument,
): readonly Mistake[] {
  const aliases = tag.aliases ?? [];
  return aliases.flatMap((alias, index) => {
    const message = aliasConflict(key, alias, index, keys, document);
    if (message !== null) {
      return [valueMistake(["tags", key, "aliases", index], message, "a spelling of its own")];
    }
    return fitsKey(alias, SECRET_LIMITS)
      ? []
      : [
          valueMistake(
            ["tags", key, "aliases", index],
            `${quote(alias)} is not a legal tag key`,
            LEGAL_KEY,
          ),
        ];
  });
}

function aliasConflict(
  key: string,
  alias: string,
  index: number,
  keys: readonly string[],
  document: PolicyDocument,
): string | null {
  if (alias === key) return `${quote(alias)} is the key itself`;
  if (keys.includes(alias)) return `${quote(alias)} is a tag of its own`;
  const aliases = document.tags[key]?.aliases ?? [];
  if (aliases.indexOf(alias) < index) return `${quote(alias)} stands twice`;
  const earlier = keys.slice(0, keys.indexOf(key));
  const other = earlier.find((name) => document.tags[name]?.aliases?.includes(alias));
  return other === undefined ? null : `${quote(alias)} is already an alias of ${quote(other)}`;
}

const SAID_OF_WANTED = ["required", "value", "values", "match", "aliases", "whenPresent"] as const;

function checkProhibited(key: string, tag: TagText): readonly Mistake[] {
  if (tag.prohibited !== true) return [];
  return SAID_OF_WANTED.filter((field) => tag[field] !== undefined && tag[field] !== false).map(
    (field) =>
      keyMistake(
        ["tags", key, field],
        `${quote(key)} is prohibited and cannot have ${field}`,
        "only description, severity and applies beside prohibited",
      ),
  );
}

function keyMistake(path: Path, message: string, expected: string): Mistake {
  return { level: "error", path, at: "key", message, expected };
}

function valueMistake(path: Path, message: string, expected: string): Mistake {
  return { level: "error", path, at: "value", message, expected };
}
