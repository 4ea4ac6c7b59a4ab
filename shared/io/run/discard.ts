import { toIsoTime } from "../../core/time.ts";
import type { Clock } from "../clock.ts";
import type { Store } from "../store/store.ts";
import { readJournal } from "./journal.ts";
import { readLease } from "./lease.ts";
import { RunError, type RunReport, readReport, storeReport } from "./run-store.ts";

/** Is the run stored, and has nobody begun, finished or discarded it? */
export async function isWaiting(store: Store, run: string): Promise<boolean> {
  return (
    (await store.read(`runs/${run}/run.json`)) !== null &&
    (await readReport(store, run)) === null &&
    (await readLease(store, run)) === null &&
    !(await isBegun(store, run))
  );
}

/**
 * Marks a run that waits as discarded: `by` takes its place, `null`: nothing is left to do.
 *
 * The mark is a report of the run, and counts only while its journal is empty. So whoever began in the same
 * moment, and whoever takes up what they left, works on as if there were no mark, and the run ends with the
 * report of its work. A lease would not do: a run that has one is taken up by the timer where its holder dies.
 */
export async function discardRun(
  run: string,
  by: string | null,
  { store, clock }: { readonly store: Store; readonly clock: Clock },
): Promise<void> {
  const finishedAt = toIsoTime(clock.now());
  await storeReport(store, run, { finishedAt, summary: {}, supersededBy: by });
}

/** How a run ended; `null` while it has not. Throws a `RunError` (`discarded`) where it was never begun. */
export async function readEnding(store: Store, run: string): Promise<RunReport | null> {
  const report = await readReport(store, run);
  if (report?.supersededBy === undefined) return report;
  if (await isBegun(store, run)) return null;
  const instead =
    report.supersededBy === null ? "found nothing left to do" : `made ${report.supersededBy}`;
  throw new RunError("discarded", `the run ${run} was discarded: a later audit ${instead}`);
}

async function isBegun(store: Store, run: string): Promise<boolean> {
  return (await readJournal(store, run)).state.size > 0;
}
