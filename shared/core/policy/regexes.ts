import type { ConditionText, MatcherText } from "./matcher-schema.ts";
import { type Mistake, type Path, quote } from "./problem.ts";
import type { PolicyDocument } from "./schema.ts";
import { expectName } from "./suggest.ts";

/** A regex of the policy and where it stands; `group` is the named group that is read from it. */
export type RegexUse = {
  readonly source: string;
  readonly path: Path;
  readonly group?: { readonly name: string; readonly path: Path };
};

/** Every regex that the policy's author wrote; globs become regexes that are safe by construction. */
export function listRegexes(document: PolicyDocument): readonly RegexUse[] {
  const { selectors = {}, rules = [], exemptions = [] } = document;
  return [
    ...Object.entries(selectors).flatMap(([name, selector]) =>
      regexesOf(selector, ["selectors", name]),
    ),
    ...Object.entries(document.tags).flatMap(([key, { match, value }]) => [
      ...matcherRegexes(match, ["tags", key, "match"]),
      ...each(value, ["tags", key, "value"]).flatMap(({ item, path }) =>
        "fromName" in item
          ? [
              {
                source: item.fromName,
                path: [...path, "fromName"],
                group: { name: item.group, path: [...path, "group"] },
              },
            ]
          : [],
      ),
    ]),
    ...rules.flatMap((rule, index) => regexesOf(rule.if, ["rules", index, "if"])),
    ...exemptions.flatMap(({ resource }, index) =>
      regexesOf(resource, ["exemptions", index, "resource"]),
    ),
  ];
}

const MATCHED = ["name", "id", "state", "enterpriseProject", "region", "project"] as const;

function regexesOf(condition: ConditionText, path: Path): readonly RegexUse[] {
  return [
    ...MATCHED.flatMap((field) => matcherRegexes(condition[field], [...path, field])),
    ...Object.entries(condition.tag ?? {}).flatMap(([key, value]) =>
      typeof value === "string" ? [] : matcherRegexes(value, [...path, "tag", key]),
    ),
  ];
}

function matcherRegexes(
  matchers: MatcherText | readonly MatcherText[] | undefined,
  path: Path,
): readonly RegexUse[] {
  return each(matchers, path).flatMap(({ item, path }) =>
    "regex" in item ? [{ source: item.regex, path: [...path, "regex"] }] : [],
  );
}

function each<Item>(value: Item | readonly Item[] | undefined, path: Path) {
  if (value === undefined) return [];
  return isList(value)
    ? value.map((item, index) => ({ item, path: [...path, index] }))
    : [{ item: value, path }];
}

function isList<Item>(value: Item | readonly Item[]): value is readonly Item[] {
  return Array.isArray(value);
}

/** Does the regex compile, and has it the group that is read? */
export function checkRegex({ source, path, group }: RegexUse): readonly Mistake[] {
  const groups = namedGroups(source);
  if (groups === null) {
    const message = `${quote(source)} is not a regular expression`;
    return [mistake(path, message, "a regular expression of JavaScript with the flag u")];
  }
  if (group === undefined || groups.includes(group.name)) return [];
  const none = `a group in the regex, written (?<${group.name}>…)`;
  const expected = expectName(group.name, groups, none);
  return [mistake(group.path, `the regex has no group ${quote(group.name)}`, expected)];
}

/** The names of a regex's groups; `null` where it does not compile. */
function namedGroups(source: string): readonly string[] | null {
  try {
    // Compiled by itself first: `a)|(b` is not a regex, yet it is one between brackets.
    new RegExp(source, "u");
    // With an empty alternative in front it matches at once, and tells its groups.
    const { groups = {} } = new RegExp(`|(?:${source})`, "u").exec("") ?? {};
    return Object.keys(groups);
  } catch {
    return null;
  }
}

function mistake(path: Path, message: string, expected: string): Mistake {
  return { level: "error", path, at: "value", message, expected };
}
