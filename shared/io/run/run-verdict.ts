import type { CloudErrorCode } from "../../core/error.ts";
import type { Outcome, OutcomeKind } from "../../core/outcome.ts";
import { attemptOf, retried } from "../../core/run/delay.ts";
import { resourceKey } from "../../core/run/journal.ts";
import type { Message } from "../../core/run/message.ts";
import type { PlannedResource } from "../../core/run/run-plan.ts";
import { type SliceHead, sliceMessages } from "../../core/run/slice.ts";
import { type FailedEnding, isPassing } from "../ending.ts";
import type { StoreError, StoreErrorCode } from "../store/store-error.ts";
import { isFinal, type WorkEnd } from "./apply.ts";
import type { Dead, Verdict } from "./handover.ts";
import type { Failure, Worked } from "./run.ts";
import type { RunInput } from "./run-messages.ts";

/** How a message ends that was not begun: why the work ended before it. */
export const UNBEGUN: { readonly [End in Exclude<WorkEnd, "done">]: FailedEnding } = {
  stopped: { kind: "deferred", reason: "time is over", code: "deadline" },
  taken: { kind: "deferred", reason: "another worker has the run" },
  denied: { kind: "failed", reason: "denied before", code: "denied" },
};

/** A message that goes back to the queue as it is. */
export const DEFERRED = { kind: "deferred", tags: [], calls: 0, handed: "queue" } as const;

/** What the store's failures mean for a message: those that pass are like those of the services. */
const STORE_CODES: { readonly [Code in StoreErrorCode]?: CloudErrorCode } = {
  unavailable: "unavailable",
  unreachable: "unreachable",
  deadline: "deadline",
};

/** How a message ends whose run or journal the store could not keep. */
export function endingOfStore({ code, message }: StoreError): FailedEnding {
  const known = STORE_CODES[code];
  const kind = known === "deadline" ? "deferred" : "failed";
  return { kind, reason: message, ...(known === undefined ? {} : { code: known }) };
}

/** A verdict of one outcome, of which nothing is left. */
export function alone(outcome: Outcome): Verdict {
  return { outcomes: [outcome], again: [], dead: [] };
}

/** A whole message that cannot be done. */
export function deadMessage(
  { at, message, raw }: RunInput,
  kind: OutcomeKind,
  reason: string,
): Verdict {
  return {
    outcomes: [{ kind, reason: `${at}: ${reason}`, tags: [], calls: 0, handed: "dead-letter" }],
    again: [],
    dead: [{ at, cause: { kind, reason }, attempts: attemptOf(message), message: raw }],
  };
}

/** A pass over planned resources that a message asked for. */
export type Placed = {
  readonly input: RunInput;
  readonly head: SliceHead;
  readonly worked: Worked;
  /** What goes back to the queue for what was not begun. */
  readonly rest: readonly Message[];
  readonly attempt: number;
};

/**
 * What is to become of a pass: what was not begun goes back to the queue, what failed for a passing reason
 * goes back as slices with the next attempt (or with the rest of its run), and what failed for good or
 * too often becomes dead letters, one for each reason. `givenUp`: failures that nobody tries again.
 */
export function passVerdict(
  { input, head, worked, rest, attempt }: Placed,
  outcomes: readonly Outcome[],
  nowMs: number,
  random: number,
): { readonly verdict: Verdict; readonly givenUp: readonly Failure[] } {
  if (worked.ended === "denied")
    return { verdict: deadWhole(input, worked, outcomes, deniedReason(worked)), givenUp: [] };
  const withRun = rest.some((message) => message.kind === "run");
  const passing = worked.failures.filter(({ outcome }) => isPassing(outcome));
  const hopeless = worked.failures.filter(({ outcome }) => !isPassing(outcome));
  const slices = withRun ? [] : slicesOf(passing, head);
  const later = slices.map((slice) => retried({ ...slice, attempt }, nowMs, random));
  const tooOften = later.some((slice) => slice === null) ? passing : [];
  const lost = [...hopeless, ...tooOften];
  const lostKeys = new Set(lost.map(({ planned }) => resourceKey(planned.resource)));
  const told = outcomes.map((outcome) => handed(outcome, lostKeys));
  const why = worked.ended === "done" ? UNBEGUN.stopped : UNBEGUN[worked.ended];
  const waiting = worked.left.map(({ resource }) => ({ ...DEFERRED, ...why, resource }));
  return {
    verdict: {
      outcomes: [...told, ...waiting],
      again: [...rest, ...later.filter((slice) => slice !== null)],
      dead: deadSlices(lost, head, input.at, attempt),
    },
    givenUp: tooOften,
  };
}

function handed(outcome: Outcome, lost: ReadonlySet<string>): Outcome {
  if (outcome.resource !== undefined && lost.has(resourceKey(outcome.resource)))
    return { ...outcome, handed: "dead-letter" };
  return isFinal(outcome) ? outcome : { ...outcome, handed: "queue" };
}

function slicesOf(failures: readonly Failure[], head: SliceHead) {
  return sliceMessages(
    head,
    failures.map(({ planned }) => planned),
  );
}

function deadSlices(
  failures: readonly Failure[],
  head: SliceHead,
  at: string,
  attempts: number,
): readonly Dead[] {
  const byReason = new Map<string, PlannedResource[]>();
  for (const { planned, outcome } of failures) {
    const reason = outcome.reason ?? "";
    byReason.set(reason, [...(byReason.get(reason) ?? []), planned]);
  }
  return [...byReason].flatMap(([reason, resources]) =>
    sliceMessages(head, resources).map((message) => ({
      at,
      cause: { kind: "failed", reason },
      attempts,
      message,
    })),
  );
}

/** Refused credentials fail whatever is left in the same way: the message is kept as a whole. */
function deniedReason({ failures }: Worked): string {
  return failures.find(({ outcome }) => outcome.code === "denied")?.outcome.reason ?? "denied";
}

/** A pass after which nothing is tried again: its message is kept as a whole, for the sake of what is not done. */
export function deadWhole(
  { at, message, raw }: RunInput,
  { left, ended }: Worked,
  outcomes: readonly Outcome[],
  reason: string,
): Verdict {
  const told = outcomes.map(
    (outcome): Outcome => (isFinal(outcome) ? outcome : { ...outcome, handed: "dead-letter" }),
  );
  const ending = ended === "denied" ? UNBEGUN.denied : ({ kind: "failed", reason } as const);
  const unbegun = left.map(
    ({ resource }): Outcome => ({
      ...ending,
      resource,
      tags: [],
      calls: 0,
      handed: "dead-letter",
    }),
  );
  return {
    outcomes: [...told, ...unbegun],
    again: [],
    dead: [{ at, cause: { kind: "failed", reason }, attempts: attemptOf(message), message: raw }],
  };
}
