import { OUTCOME_KINDS, type Outcome, type Report } from "../../shared/core/outcome.ts";
import { parseEvent } from "../../shared/core/trace/envelope.ts";
import type { Trace } from "../../shared/core/trace/trace.ts";
import type { Invocation } from "./contract.ts";

/** What a creation function was given and what it made of it. */
export type Handling = {
  readonly function: string;
  readonly traces: readonly Trace[];
  readonly tries: number;
  readonly state: Invocation["state"];
  /** One for each input; none before the end, or where the handler threw. */
  readonly outcomes: readonly Outcome[];
  /** What the last try threw; `null` where none did. */
  readonly error: string | null;
};

/** Reads an invocation of a creation function: its event by our own parser, its result as a report. */
export function handlingOf(invocation: Invocation): Handling {
  const { function: name, event, tries, state, result } = invocation;
  const done = state === "succeeded" && isReport(result);
  return {
    function: name,
    traces: parseEvent(event).flatMap((input) => (input.ok ? [input.trace] : [])),
    tries,
    state,
    outcomes: done ? result.outcomes : [],
    error: done || result === undefined ? null : errorOf(result),
  };
}

function isReport(value: unknown): value is Report {
  const outcomes = fieldOf(value, "outcomes");
  return Array.isArray(outcomes) && outcomes.every(isOutcome);
}

function isOutcome(value: unknown): boolean {
  const kinds: readonly unknown[] = OUTCOME_KINDS;
  return (
    kinds.includes(fieldOf(value, "kind")) &&
    typeof fieldOf(value, "calls") === "number" &&
    Array.isArray(fieldOf(value, "tags"))
  );
}

function errorOf(result: unknown): string {
  const message = fieldOf(result, "errorMessage");
  return typeof message === "string" ? message : "the result is no report";
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}
