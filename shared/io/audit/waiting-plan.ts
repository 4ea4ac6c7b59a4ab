import * as z from "zod/mini";
import { parseJson } from "../../core/json-value.ts";
import type { RunPlan } from "../../core/run/run-plan.ts";
import { digestOfText } from "../digest.ts";
import { discardRun } from "../run/discard.ts";
import { readJournal } from "../run/journal.ts";
import { endLease, type LeaseDeps, readLease, releaseLease, takeLease } from "../run/lease.ts";
import { readReport } from "../run/run-store.ts";
import type { Store } from "../store/store.ts";

/** Plans of audits that wait for a person, one file each: what they would do, and where. */
const PREFIX = "waiting/";
const waitingName = (run: string) => `${PREFIX}${run}.json`;

const waitingSchema = z.strictObject({ run: z.string(), place: z.string(), work: z.string() });
type Waiting = z.infer<typeof waitingSchema>;

/** What a plan is about, whenever it was made: two with the same work do the same. */
function waitingOf(run: string, { policy, region, project, resources }: RunPlan): Waiting {
  const place = JSON.stringify([region, project]);
  return { run, place, work: digestOfText(JSON.stringify([policy.hash, place, resources])) };
}

/** Notes that a run will wait. Comes before the run itself: an entry without a run is passed over later. */
export async function noteWaiting(store: Store, run: string, plan: RunPlan): Promise<void> {
  await store.write(waitingName(run), `${JSON.stringify(waitingOf(run, plan))}\n`);
}

/** Plans of earlier audits for the same place, none of which anybody has begun. */
export type Earlier = {
  /** One that would do exactly the same; `null`: none. */
  readonly same: string | null;
  readonly outdated: readonly string[];
};

/** Finds what waits for the place of a plan. Entries of runs that were begun, or are not there, are removed. */
export async function findEarlier(store: Store, plan: RunPlan): Promise<Earlier> {
  const { place, work } = waitingOf("", plan);
  const names: string[] = [];
  for await (const name of store.list(PREFIX)) names.push(name);
  const alike: Waiting[] = [];
  for (const name of names) {
    const parsed = waitingSchema.safeParse(parseJson((await store.read(name)) ?? ""));
    if (parsed.success && parsed.data.place !== place) continue;
    if (parsed.success && (await isWaiting(store, parsed.data.run))) alike.push(parsed.data);
    else await store.remove(name);
  }
  const same = alike.findLast((one) => one.work === work)?.run ?? null;
  return { same, outdated: alike.map(({ run }) => run).filter((run) => run !== same) };
}

/** Stored, and nobody has begun, finished or discarded it. */
async function isWaiting(store: Store, run: string): Promise<boolean> {
  if ((await store.read(`runs/${run}/run.json`)) === null) return false;
  return (await isUntouched(store, run)) && (await readLease(store, run)) === null;
}

async function isUntouched(store: Store, run: string): Promise<boolean> {
  return (
    (await readReport(store, run)) === null && (await readJournal(store, run)).state.size === 0
  );
}

/**
 * Discards a plan that waits, because `by` (a run; `null`: nothing is left to do) takes its place. False where
 * somebody has begun it: then it stays a run like any other. Its lease is taken first, so that nobody begins
 * meanwhile, and its journal, which is empty, is looked at under the lease.
 */
export async function discardWaiting(
  run: string,
  by: string | null,
  deps: LeaseDeps,
): Promise<boolean> {
  const { store } = deps;
  if (!(await takeLease(run, deps))) return false;
  if (!(await isUntouched(store, run))) {
    await releaseLease(run, deps);
    return false;
  }
  await discardRun(run, by, deps);
  await endLease(run, store);
  await store.remove(waitingName(run));
  return true;
}
