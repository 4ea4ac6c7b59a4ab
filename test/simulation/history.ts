import { createHash } from "node:crypto";
import { toIsoTime } from "../../shared/core/time.ts";
import type { Clock } from "../../shared/io/clock.ts";

/** What happened in a seed, line by line, and what must not have. */
export type History = {
  /** Who did what. */
  note(who: string, what: string): void;
  /** An invariant does not hold. */
  violate(invariant: Invariant, what: string): void;
  readonly violations: readonly Violation[];
  /** One line for each thing that happened: `12:00:03.250  retag#2.1     read secret app-3: 200`. */
  readonly lines: readonly string[];
  /** Of all lines: two histories are the same where this is. */
  hash(): string;
};

/** What holds in every seed; README and tests speak of them by these names. */
export const INVARIANTS = [
  "one-outcome",
  "foreign-tags",
  "read-first",
  "tag-limit",
  "policy",
  "quiet",
  "journal",
  "rate",
  "in-time",
] as const;
export type Invariant = (typeof INVARIANTS)[number];
export type Violation = { readonly invariant: Invariant; readonly what: string };

/** Of one invariant: the rest follows from the first. */
const VIOLATIONS_MAX = 3;

/** Starts an empty history. */
export function createHistory(clock: Pick<Clock, "now">): History {
  const lines: string[] = [];
  const violations: Violation[] = [];
  const note = (who: string, what: string) =>
    void lines.push(`${toIsoTime(clock.now()).slice(11, 23)}  ${who.padEnd(14)} ${what}`);
  return {
    note,
    violate(invariant, what) {
      note("VIOLATION", `${invariant}: ${what}`);
      const known = violations.filter((one) => one.invariant === invariant);
      if (known.length < VIOLATIONS_MAX) violations.push({ invariant, what });
    },
    violations,
    lines,
    hash: () => createHash("sha256").update(lines.join("\n")).digest("hex").slice(0, 16),
  };
}
