import type { Clock } from "../../shared/io/clock.ts";

export { type Clock, wallClock } from "../../shared/io/clock.ts";

/** A clock that only moves when it is told to. */
export type ManualClock = Clock & {
  /**
   * Moves time on by `ms`. Sleepers that become due wake one by one, earliest first (those due at the
   * same moment in the order in which they fell asleep), each seeing its own time; between two of them
   * pending promises and timers of the event loop get a turn. Traffic over sockets is not waited for.
   */
  advance(ms: number): Promise<void>;
  /** How many are asleep. */
  readonly sleepers: number;
};

type Sleeper = { readonly dueMs: number; readonly wake: () => void };

/** Makes a clock that stands at `startMs` (milliseconds since 1970). */
export function createManualClock(startMs: number): ManualClock {
  let nowMs = startMs;
  // Kept in waking order; insertion behind equal times keeps the order of falling asleep.
  const sleepers: Sleeper[] = [];

  const fallAsleep = (sleeper: Sleeper) => {
    const behind = sleepers.findIndex(({ dueMs }) => dueMs > sleeper.dueMs);
    sleepers.splice(behind === -1 ? sleepers.length : behind, 0, sleeper);
  };
  const getUp = (sleeper: Sleeper) => {
    const index = sleepers.indexOf(sleeper);
    if (index !== -1) sleepers.splice(index, 1);
  };

  return {
    now: () => nowMs,
    sleep(ms, signal) {
      return new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        if (ms <= 0) return resolve();
        const abort = () => {
          getUp(sleeper);
          reject(signal?.reason);
        };
        const wake = () => {
          signal?.removeEventListener("abort", abort);
          resolve();
        };
        const sleeper: Sleeper = { dueMs: nowMs + ms, wake };
        signal?.addEventListener("abort", abort, { once: true });
        fallAsleep(sleeper);
      });
    },
    after(ms, ring) {
      const sleeper: Sleeper = { dueMs: nowMs + ms, wake: ring };
      fallAsleep(sleeper);
      return () => getUp(sleeper);
    },
    async advance(ms) {
      const targetMs = nowMs + ms;
      for (;;) {
        const next = sleepers[0];
        if (next === undefined || next.dueMs > targetMs) break;
        sleepers.shift();
        nowMs = Math.max(nowMs, next.dueMs);
        next.wake();
        await turn();
      }
      nowMs = Math.max(nowMs, targetMs);
      await turn();
    },
    get sleepers() {
      return sleepers.length;
    },
  };
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
