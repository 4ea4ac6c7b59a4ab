import type { Facts, Field, Need } from "./facts.ts";
import { own } from "./json-value.ts";
import { matches } from "./matcher.ts";
import { readField } from "./plan/field.ts";
import type { Condition, Matcher, Policy, Scope } from "./policy/policy.ts";
import { parseTime } from "./time.ts";

/** Stands for the value of a tag that depends on something unread. */
export const UNREAD: unique symbol = Symbol("unread");

/** The value of a tag as a selector or a `tag` source sees it; `undefined`: there is none. */
export type TagLookup = (key: string) => string | undefined | typeof UNREAD;

/** What selectors are asked about. */
export type Subject = {
  readonly facts: Facts;
  readonly selectors: Policy["selectors"];
  readonly tagValue: TagLookup;
};

/** Does it hold? `unknown` until `needs` are read; needs are given only where they matter. */
export type Verdict = {
  readonly holds: boolean | "unknown";
  readonly needs: readonly Need[];
};

const YES: Verdict = { holds: true, needs: [] };
const NO: Verdict = { holds: false, needs: [] };

/**
 * Does a selector, or a condition that also asks for named ones, pick the subject?
 *
 * Fields are ANDed, the matchers of a field and the names are ORed. One field that fails decides, even
 * where another is unread. A field that is known to be absent fails; so does a tag that is missing
 * or empty. `createdAfter` includes its moment, `createdBefore` does not, so that the two divide.
 */
export function selects(condition: Condition, subject: Subject): Verdict {
  const { facts } = subject;
  let held = condition.types === undefined ? YES : verdict(condition.types.includes(facts.type));
  held = andField(held, facts, "resource.name", condition.name);
  held = andField(held, facts, "resource.id", condition.id);
  held = andField(held, facts, "resource.state", condition.state);
  held = andField(held, facts, "resource.enterpriseProject", condition.enterpriseProject);
  held = andField(held, facts, "region", condition.region);
  held = andField(held, facts, "project", condition.project);
  if (held.holds === false) return NO;
  if (condition.createdBeforeMs !== undefined || condition.createdAfterMs !== undefined)
    held = both(held, createdBetween(facts, condition));
  if (condition.tag !== undefined)
    for (const [key, matchers] of Object.entries(condition.tag))
      held = both(held, tagIs(subject, key, matchers));
  if (condition.selector !== undefined && held.holds !== false)
    held = both(held, anyNamed(condition.selector, subject));
  return held;
}

/** Is the subject among those that a scope means? */
export function inScope(scope: Scope, subject: Subject): Verdict {
  if (scope.only === null && scope.except.length === 0) return YES;
  const meant = scope.only === null ? YES : anyNamed(scope.only, subject);
  return meant.holds === false ? NO : both(meant, not(anyNamed(scope.except, subject)));
}

/** Both hold: one that does not decides, whatever is unknown about the other. */
function both(one: Verdict, other: Verdict): Verdict {
  if (one.holds === false || other.holds === false) return NO;
  return other.holds === true ? one : unread([...one.needs, ...other.needs]);
}

/** One of them holds: one that does decides, whatever is unknown about the others. */
export function anyHolds(verdicts: readonly Verdict[]): Verdict {
  return verdicts.reduce(either, NO);
}

function either(one: Verdict, other: Verdict): Verdict {
  return not(both(not(one), not(other)));
}

function anyNamed(names: readonly string[], subject: Subject): Verdict {
  let found = NO;
  for (const name of names) {
    const selector = own(subject.selectors, name);
    if (selector !== undefined) found = either(found, selects(selector, subject));
    if (found.holds === true) break;
  }
  return found;
}

function not({ holds, needs }: Verdict): Verdict {
  return holds === "unknown" ? { holds, needs } : verdict(!holds);
}

function unread(needs: readonly Need[]): Verdict {
  return { holds: "unknown", needs };
}

function verdict(holds: boolean): Verdict {
  return holds ? YES : NO;
}

/** What was told so far, and what matches one more field; `undefined` where nobody asks about that one. */
function andField(
  held: Verdict,
  facts: Facts,
  field: Field,
  matchers: readonly Matcher[] | undefined,
): Verdict {
  if (matchers === undefined || held.holds === false) return held;
  return both(held, fieldMatches(facts, field, matchers));
}

function fieldMatches(facts: Facts, field: Field, matchers: readonly Matcher[]): Verdict {
  const reading = readField(facts, field);
  if (!reading.read) return unread([reading.need]);
  return verdict(reading.value !== null && matches(matchers, reading.value));
}

function createdBetween(
  facts: Facts,
  {
    createdAfterMs = Number.NEGATIVE_INFINITY,
    createdBeforeMs = Number.POSITIVE_INFINITY,
  }: Condition,
): Verdict {
  const reading = readField(facts, "resource.createdAt");
  if (!reading.read) return unread([reading.need]);
  const ms = parseTime(reading.value);
  return verdict(ms !== null && createdAfterMs <= ms && ms < createdBeforeMs);
}

function tagIs({ tagValue }: Subject, key: string, matchers: readonly Matcher[]): Verdict {
  const value = tagValue(key);
  // The tag's own plan carries what must be read for it.
  if (value === UNREAD) return unread([]);
  return verdict(value !== undefined && value !== "" && matches(matchers, value));
}
