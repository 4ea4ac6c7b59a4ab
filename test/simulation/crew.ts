import { fork } from "node:child_process";
import type { Violation } from "./history.ts";

/** A seed in which something does not hold. */
export type Failing = { readonly seed: number; readonly violations: readonly Violation[] };

/** What a worker answers with: how many seeds it simulated, and those in which something does not hold. */
type Shared = { readonly seeds: number; readonly found: readonly Failing[] };

/** Seeds that a worker takes at a time. */
const SHARE = 25;

export type CrewOptions = {
  /** The bundle that is running: workers run it again. */
  readonly script: string;
  readonly from: number;
  readonly count: number;
  readonly workers: number;
  /** Told after each share of seeds. */
  readonly onProgress: (done: number, failing: readonly Failing[]) => void;
};

/** Simulates seeds in several processes; answers with those in which something does not hold. */
export async function simulateAll(options: CrewOptions): Promise<readonly Failing[]> {
  const { script, from, count, workers, onProgress } = options;
  const failing: Failing[] = [];
  let next = from;
  let done = 0;
  const take = () => {
    const share = { from: next, count: Math.min(SHARE, from + count - next) };
    next += share.count;
    return share;
  };
  const work = () =>
    new Promise<void>((resolve, reject) => {
      const worker = fork(script, ["--worker"]);
      const give = () => {
        const share = take();
        if (share.count > 0) worker.send(share);
        else worker.disconnect();
      };
      worker.on("message", ({ seeds, found }: Shared) => {
        failing.push(...found);
        done += seeds;
        onProgress(done, failing);
        give();
      });
      worker.on("error", reject);
      worker.on("exit", (code) => {
        if (code === 0) resolve();
        else reject(new Error(`a worker ended with ${code}`));
      });
      give();
    });
  await Promise.all(Array.from({ length: workers }, work));
  return failing.sort((one, other) => one.seed - other.seed);
}

/** Does what a crew asks for, in its own process, until the crew has nothing more. */
export function serveCrew(simulate: (seed: number) => Promise<readonly Violation[]>): void {
  process.on("message", async (share: { readonly from: number; readonly count: number }) => {
    const found: Failing[] = [];
    for (let seed = share.from; seed < share.from + share.count; seed++) {
      const violations = await simulate(seed);
      if (violations.length > 0) found.push({ seed, violations });
    }
    const shared: Shared = { seeds: share.count, found };
    process.send?.(shared);
  });
}
