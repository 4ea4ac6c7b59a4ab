import { toIsoTime } from "../../core/time.ts";
import type { Clock } from "../clock.ts";
import type { Store } from "../store/store.ts";
import { readJournal } from "./journal.ts";
import { RunError, type RunReport, readReport, storeReport } from "./run-store.ts";

/**
 * Marks a run that waits as discarded: `by` takes its place, `null`: nothing is left to do.
 *
 * The mark is a report of the run, and counts only while its journal is empty. So whoever began in the same
 * moment, and whoever takes up what they left, works on as if there were no mark, and the run ends with the
 * report of its work. A lease alone would not do: no store promises that only one of two has it.
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
