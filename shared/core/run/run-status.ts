import { OUTCOME_KINDS, type OutcomeKind } from "../outcome.ts";
import { parseTime } from "../time.ts";
import { type Done, type JournalState, resourceKey } from "./journal.ts";
import type { PlannedResource } from "./run-plan.ts";

/** How far a run is. */
export type RunProgress = {
  /** Resources that the plan changes. */
  readonly total: number;
  /** Those with a final outcome. */
  readonly done: number;
  /** Those without, failures that will be tried again included. */
  readonly left: number;
  readonly failedSoFar: number;
  readonly summary: { readonly [Kind in OutcomeKind]?: number };
  /** Requests to KMS and CSMS of all outcomes. */
  readonly calls: number;
  /** Resources a second, lately; `null` while too little is known. */
  readonly perSecond: number | null;
  /** At that rate; `null` where there is none. */
  readonly secondsLeft: number | null;
};

/** What counts as lately. */
const LATELY_MS = 60_000;

/** Sums up a journal; a run of single messages has no plan, and its total is what it came to. */
export function progressOf(
  state: JournalState,
  planned: readonly PlannedResource[] | null,
): RunProgress {
  const keys = planned?.map(({ resource }) => resourceKey(resource)) ?? [...state.keys()];
  const known = keys.flatMap((key) => state.get(key)?.done ?? []);
  const final = known.filter((done) => done.final);
  const left = keys.length - final.length;
  const perSecond = rateOf(final);
  return {
    total: keys.length,
    done: final.length,
    left,
    failedSoFar: known.length - final.length,
    summary: Object.fromEntries(
      OUTCOME_KINDS.flatMap((kind) => {
        const count = final.filter((done) => done.kind === kind).length;
        return count === 0 ? [] : [[kind, count] as const];
      }),
    ),
    calls: known.reduce((sum, { calls }) => sum + calls, 0),
    perSecond,
    secondsLeft: perSecond === null ? null : Math.ceil(left / perSecond),
  };
}

function rateOf(done: readonly Done[]): number | null {
  const times = done.flatMap(({ at }) => parseTime(at) ?? []).sort((one, other) => one - other);
  const last = times.at(-1) ?? 0;
  const lately = times.filter((ms) => ms > last - LATELY_MS);
  const [first = last] = lately;
  return last === first ? null : ((lately.length - 1) * 1_000) / (last - first);
}
