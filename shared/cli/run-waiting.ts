import { isHeld, readLease } from "../io/run/lease.ts";
import { isGoneWorker } from "../io/run/worker.ts";
import type { CliRuns } from "./run-access.ts";
import type { Session } from "./verb.ts";

const POLL_MS = 1_000;

/**
 * Waits until nobody has the run any more. A worker that was killed keeps its lease for a while; one of this
 * machine whose process is gone does not need to be waited for.
 */
export async function waitForLease(
  run: string,
  runs: CliRuns,
  { terminal }: Session,
): Promise<void> {
  const { store, clock, stop } = runs;
  let told = false;
  for (;;) {
    const lease = await readLease(store, run);
    if (lease === null || !isHeld(lease, clock.now()) || isGoneWorker(lease.worker)) return;
    if (!told) terminal.note(`another worker has the run until ${lease.until}; waiting for it`);
    told = true;
    await clock.sleep(POLL_MS, stop);
  }
}
