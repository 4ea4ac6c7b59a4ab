import { progressOf, type RunProgress } from "../../core/run/run-status.ts";
import type { Clock } from "../clock.ts";
import type { Store } from "../store/store.ts";
import { readJournal } from "./journal.ts";
import { isHeld, readLease } from "./lease.ts";
import { RunError, readReport, readRun, requireRunName } from "./run-store.ts";

/**
 * - `finished`: every resource has a final outcome.
 * - `running`: a worker has the run now.
 * - `discarded`: a later audit's plan took its place before anybody began.
 * - `waiting`: nobody has it; the queue, the timer or `apply --resume` takes it up.
 */
export type RunState = "finished" | "discarded" | "running" | "waiting";

export type RunStatus = RunProgress & {
  readonly run: string;
  readonly state: RunState;
  /** ISO 8601; `null` while it is not. */
  readonly finishedAt: string | null;
};

/** Tells how far a run is, from what is in the store. Throws a `RunError` where there is no such run. */
export async function readStatus(store: Store, run: string, clock: Clock): Promise<RunStatus> {
  requireRunName(run);
  const stored = await readRun(store, run).catch(onlyMissing);
  const { state } = await readJournal(store, run);
  if (stored === null && state.size === 0)
    throw new RunError("no-run", `${store.url} has no run ${run}`);
  const report = await readReport(store, run);
  const lease = await readLease(store, run);
  const progress = progressOf(state, stored?.plan.resources ?? null);
  const isDiscarded = report?.supersededBy !== undefined && state.size === 0;
  // A mark on a run that was begun in the same moment says nothing (`discardRun`).
  const isOver = report !== null && (isDiscarded || report.supersededBy === undefined);
  const nothingLeft = stored === null && progress.left === 0;
  const isRunning = lease !== null && isHeld(lease, clock.now());
  const open = isRunning ? "running" : "waiting";
  return {
    run,
    state: isDiscarded ? "discarded" : isOver || nothingLeft ? "finished" : open,
    finishedAt: isOver ? report.finishedAt : null,
    ...progress,
  };
}

/** Runs of single messages have a journal and no plan. */
function onlyMissing(error: unknown): null {
  if (error instanceof RunError && error.code === "no-run") return null;
  throw error;
}
