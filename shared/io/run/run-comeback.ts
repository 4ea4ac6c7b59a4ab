import type { Outcome } from "../../core/outcome.ts";
import { postponed, retried } from "../../core/run/delay.ts";
import { resourceKey } from "../../core/run/journal.ts";
import type { JobMessage, Message, RunMessage, SliceMessage } from "../../core/run/message.ts";
import { parseTime } from "../../core/time.ts";
import { type FailedEnding, isPassing } from "../ending.ts";
import type { Store } from "../store/store.ts";
import { isFinal } from "./apply.ts";
import { readLease } from "./lease.ts";
import type { RetagDeps } from "./retag.ts";
import type { RunEnding, Worked } from "./run.ts";

/** A message as it goes back to the queue after a failure; `null` where that is hopeless, or was tried often enough. */
export function laterAfter(
  message: RunMessage | SliceMessage | JobMessage,
  ended: FailedEnding,
  { clock, random }: Pick<RetagDeps, "clock" | "random">,
): Message | null {
  // A job starts from the beginning: what takes too long takes too long the next time, too.
  if (ended.kind === "deferred" && message.kind !== "job") return postponed(message, null);
  return isPassing(ended) ? retried(message, clock.now(), random()) : null;
}

/** A run on which an invocation could do nothing waits this long, so that it does not spin through the queue. */
const NOWHERE_MS = 5_000;

type Pass = Exclude<RunEnding, { readonly kind: "guarded" }>;

/** The run's message as it goes back to the queue; `null` where the run is finished or slices take it up. */
export async function comesAgain(
  pass: Pass,
  message: RunMessage,
  outcomes: readonly Outcome[],
  { store, clock, random }: Pick<RetagDeps, "clock" | "random"> & { readonly store: Store },
): Promise<RunMessage | "too-often" | null> {
  const { kind, run } = message;
  switch (pass.kind) {
    case "finished":
      return null;
    case "taken":
      // A worker that was killed keeps its lease for a while; coming back after that loses nothing.
      return postponed(message, parseTime((await readLease(store, run))?.until) ?? clock.now());
    case "unfinished": {
      const cutOff = halfDone(outcomes).length > 0;
      if (pass.left.length === 0 && !cutOff) return null;
      if (outcomes.some(isFinal)) return { kind, version: 1, run };
      // Failures alone are no progress: they count, so that an outage does not make the run spin.
      const failing = pass.failures.some(({ outcome }) => isPassing(outcome));
      if (!failing) return postponed(message, clock.now() + NOWHERE_MS);
      return retried(message, clock.now(), random()) ?? "too-often";
    }
  }
}

/** Why the first of a pass' failures that may pass failed. */
export function passingReason({ failures }: Worked): string {
  return failures.find(({ outcome }) => isPassing(outcome))?.outcome.reason ?? "";
}

/** Resources whose write the time cut off, by their keys. */
export function halfDone(outcomes: readonly Outcome[]): readonly string[] {
  return outcomes.flatMap(({ kind, resource }) =>
    kind === "deferred" && resource !== undefined ? [resourceKey(resource)] : [],
  );
}
