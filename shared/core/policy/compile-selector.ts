import { parseTime } from "../time.ts";
import { globToRegex } from "./glob.ts";
import type { ConditionText, MatcherText, ScopeText, SelectorText } from "./matcher-schema.ts";
import type { Condition, Matcher, Scope, Selector } from "./policy.ts";

const EVERYONE: Scope = { only: null, except: [] };

/** A list, where one entry may stand for a list of one. */
export function toList<Item>(value: Item | readonly Item[] | undefined): readonly Item[] {
  if (value === undefined) return [];
  return isList(value) ? value : [value];
}

function isList<Item>(value: Item | readonly Item[]): value is readonly Item[] {
  return Array.isArray(value);
}

/** Globs become regexes, `is` becomes a list of one. */
export function compileMatchers(
  texts: MatcherText | readonly MatcherText[] | undefined,
): readonly Matcher[] {
  return toList(texts).map((text) => {
    if ("glob" in text) return { regex: globToRegex(text.glob) };
    if ("regex" in text) return { regex: text.regex };
    return { in: "is" in text ? [text.is] : text.in };
  });
}

/** A selector with its matchers compiled and its times in milliseconds. */
export function compileSelector(text: SelectorText): Selector {
  const beforeMs = text.createdBefore === undefined ? null : parseTime(text.createdBefore);
  const afterMs = text.createdAfter === undefined ? null : parseTime(text.createdAfter);
  return {
    ...(text.types !== undefined && { types: toList(text.types) }),
    ...(text.name !== undefined && { name: compileMatchers(text.name) }),
    ...(text.id !== undefined && { id: compileMatchers(text.id) }),
    ...(text.state !== undefined && { state: compileMatchers(text.state) }),
    ...(text.enterpriseProject !== undefined && {
      enterpriseProject: compileMatchers(text.enterpriseProject),
    }),
    ...(text.region !== undefined && { region: compileMatchers(text.region) }),
    ...(text.project !== undefined && { project: compileMatchers(text.project) }),
    ...(beforeMs !== null && { createdBeforeMs: beforeMs }),
    ...(afterMs !== null && { createdAfterMs: afterMs }),
    ...(text.tag !== undefined && { tag: compileTagValues(text.tag) }),
  };
}

function compileTagValues(tag: NonNullable<SelectorText["tag"]>): NonNullable<Selector["tag"]> {
  return Object.fromEntries(
    Object.entries(tag).map(([key, value]) => [
      key,
      typeof value === "string" ? [{ in: [value] }] : compileMatchers(value),
    ]),
  );
}

/** A selector in place, with the names of the others that it asks for as a list. */
export function compileCondition({ selector, ...own }: ConditionText): Condition {
  return {
    ...compileSelector(own),
    ...(selector !== undefined && { selector: toList(selector) }),
  };
}

/** Who is meant: `true` and nothing at all mean everyone. */
export function compileScope(text: ScopeText | true | undefined): Scope {
  if (text === undefined || text === true) return EVERYONE;
  return { only: text.only === undefined ? null : toList(text.only), except: toList(text.except) };
}
