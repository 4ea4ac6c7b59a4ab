import type { Facts, Field, Need } from "./facts.ts";
import { own } from "./json-value.ts";
import { matches } from "./matcher.ts";
import { readField } from "./plan/field.ts";
import type { Condition, Matcher, Policy, Scope, Selector } from "./policy/policy.ts";
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
  const { facts, selectors } = subject;
  const verdicts: Verdict[] = [];
  if (condition.types !== undefined) verdicts.push(verdict(condition.types.includes(facts.type)));
  for (const [matchers, field] of fieldMatchers(condition))
    if (matchers !== undefined) verdicts.push(fieldIs(facts, field, (v) => matches(matchers, v)));
  const { createdBeforeMs: beforeMs, createdAfterMs: afterMs } = condition;
  if (beforeMs !== undefined) verdicts.push(createdAt(facts, (ms) => ms < beforeMs));
  if (afterMs !== undefined) verdicts.push(createdAt(facts, (ms) => ms >= afterMs));
  for (const [key, matchers] of Object.entries(condition.tag ?? {}))
    verdicts.push(tagIs(subject, key, matchers));
  if (condition.selector !== undefined)
    verdicts.push(anyHolds(condition.selector.map((name) => named(name, selectors, subject))));
  return all(verdicts);
}

/** Is the subject among those that a scope means? */
export function inScope(scope: Scope, subject: Subject): Verdict {
  if (scope.only === null && scope.except.length === 0) return YES;
  const { selectors } = subject;
  const picks = (names: readonly string[]) =>
    anyHolds(names.map((name) => named(name, selectors, subject)));
  return all([scope.only === null ? YES : picks(scope.only), not(picks(scope.except))]);
}

/** All hold: one that does not decides, whatever is unknown about the others. */
function all(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.some(({ holds }) => holds === false)) return NO;
  const open = verdicts.filter(({ holds }) => holds === "unknown");
  return open.length === 0 ? YES : { holds: "unknown", needs: open.flatMap(({ needs }) => needs) };
}

/** One of them holds: one that does decides, whatever is unknown about the others. */
export function anyHolds(verdicts: readonly Verdict[]): Verdict {
  return not(all(verdicts.map(not)));
}

function not({ holds, needs }: Verdict): Verdict {
  return holds === "unknown" ? { holds, needs } : verdict(!holds);
}

function verdict(holds: boolean): Verdict {
  return holds ? YES : NO;
}

function fieldMatchers(
  selector: Selector,
): readonly (readonly [matchers: readonly Matcher[] | undefined, field: Field])[] {
  return [
    [selector.name, "resource.name"],
    [selector.id, "resource.id"],
    [selector.state, "resource.state"],
    [selector.enterpriseProject, "resource.enterpriseProject"],
    [selector.region, "region"],
    [selector.project, "project"],
  ];
}

function fieldIs(facts: Facts, field: Field, accepts: (value: string) => boolean): Verdict {
  const reading = readField(facts, field);
  if (!reading.read) return { holds: "unknown", needs: [reading.need] };
  return verdict(reading.value !== null && accepts(reading.value));
}

function createdAt(facts: Facts, accepts: (ms: number) => boolean): Verdict {
  return fieldIs(facts, "resource.createdAt", (text) => {
    const ms = parseTime(text);
    return ms !== null && accepts(ms);
  });
}

function tagIs({ tagValue }: Subject, key: string, matchers: readonly Matcher[]): Verdict {
  const value = tagValue(key);
  // The tag's own plan carries what must be read for it.
  if (value === UNREAD) return { holds: "unknown", needs: [] };
  return verdict(value !== undefined && value !== "" && matches(matchers, value));
}

function named(name: string, selectors: Policy["selectors"], subject: Subject): Verdict {
  const selector = own(selectors, name);
  return selector === undefined ? NO : selects(selector, subject);
}
