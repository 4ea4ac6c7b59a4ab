import * as z from "zod/mini";
import { parseJson } from "../../core/json-value.ts";
import { parseTime, toIsoTime } from "../../core/time.ts";
import type { Clock } from "../clock.ts";
import type { Store } from "../store/store.ts";
import { isGoneWorker } from "./worker.ts";

/** A worker that was killed is missed after this long. */
export const LEASE_MS = 90_000;
const PREFIX = "active/";
const activeName = (run: string) => `${PREFIX}${run}.json`;

const leaseSchema = z.strictObject({ run: z.string(), worker: z.string(), until: z.string() });
/** An unfinished run: who works on it, and until when others leave it to them. */
export type Lease = z.infer<typeof leaseSchema>;

export type LeaseDeps = {
  readonly store: Store;
  readonly clock: Clock;
  readonly worker: string;
};

/**
 * Takes an unfinished run for this worker; false where another one has it. No store promises that of two
 * who write at once only one succeeds, so the lease is read back; two workers that still pass do no harm,
 * because each resource is read before it is written.
 */
export async function takeLease(run: string, deps: LeaseDeps): Promise<boolean> {
  const { store, clock, worker } = deps;
  const held = await readLease(store, run);
  if (
    held !== null &&
    held.worker !== worker &&
    isHeld(held, clock.now()) &&
    !isGoneWorker(held.worker)
  )
    return false;
  await writeLease(run, clock.now() + LEASE_MS, deps);
  return (await readLease(store, run))?.worker === worker;
}

/** Says that there is a run to be worked on, by whoever comes first. */
export async function announceRun(run: string, deps: LeaseDeps): Promise<void> {
  await writeLease(run, deps.clock.now(), deps);
}

/** Lets others take the run, which stays unfinished. */
export async function releaseLease(run: string, deps: LeaseDeps): Promise<void> {
  if ((await readLease(deps.store, run))?.worker === deps.worker)
    await writeLease(run, deps.clock.now(), deps);
}

/** The run is finished: nobody needs to take it up any more. */
export async function endLease(run: string, store: Store): Promise<void> {
  await store.remove(activeName(run));
}

/** Who has the run; `null` where it is finished, or nobody ever took it. */
export async function readLease(store: Store, run: string): Promise<Lease | null> {
  const text = await store.read(activeName(run));
  const parsed = leaseSchema.safeParse(text === null ? null : parseJson(text));
  return parsed.success ? parsed.data : null;
}

/** Does the lease keep others away at this time? */
export function isHeld({ until }: Lease, nowMs: number): boolean {
  return (parseTime(until) ?? 0) > nowMs;
}

/** Runs that are not finished, whoever has them. */
export async function* unfinishedRuns(store: Store): AsyncGenerator<string> {
  for await (const name of store.list(PREFIX))
    yield name.slice(PREFIX.length).replace(/\.json$/, "");
}

async function writeLease(run: string, untilMs: number, { store, worker }: LeaseDeps) {
  const lease: Lease = { run, worker, until: toIsoTime(untilMs) };
  await store.write(activeName(run), `${JSON.stringify(lease)}\n`);
}
