import type { TagChange, TagSet } from "../tag.ts";
import type { Step } from "./journal.ts";

/**
 * Why an undo deletes or keeps a key.
 *
 * - `undo` (delete): it was not there before the run.
 * - `changed-since` (keep): somebody else changed it after the run.
 */
export type UndoReason = "undo" | "changed-since";

/**
 * What takes back a run's steps on one resource: only values that are still as the run left them. A key
 * that is as it was before the run has no row. `halfWay`: the run may have stopped between taking a value
 * away and writing the new one, so that a key that is missing is put back.
 */
export function undoChanges(
  steps: Iterable<Step>,
  current: TagSet,
  { run, halfWay }: { readonly run: string; readonly halfWay: boolean },
): readonly TagChange[] {
  return [...steps].flatMap((step) => {
    const now = current.get(step.key) ?? null;
    const left = halfWay && now === null ? null : step.after;
    return undoStep({ ...step, after: left }, now, run);
  });
}

function undoStep(
  { key, before, after }: Step,
  now: string | null,
  run: string,
): readonly TagChange[] {
  if (now === before) return [];
  const from = now === null ? {} : { from: now };
  if (now !== after) {
    const reason: UndoReason = "changed-since";
    return [{ key, op: "keep", ...from, reason }];
  }
  if (before === null) {
    const reason: UndoReason = "undo";
    return [{ key, op: "delete", ...from, reason }];
  }
  const op = now === null ? "create" : "overwrite";
  return [{ key, op, ...from, to: before, source: `undo ${run}` }];
}
