import type { Clock } from "../../shared/io/clock.ts";

/** Time that stands still while anything can still be done, and then jumps to whatever is next. */
export type Scheduler = Clock & {
  /** Passes time until nothing is due before `endMs`, then makes it that; says whether it came so far. */
  passUntil(endMs: number): Promise<void>;
  /** Passes time until nothing is due any more. */
  passAll(): Promise<void>;
};

type Timer = { readonly dueMs: number; readonly number: number; ring: (() => void) | null };

/** More than any seed needs: beyond, something goes on for ever. */
const RINGS_MAX = 200_000;

/** Starts time at `startMs`. Timers ring by their time, those of the same moment in the order of their setting. */
export function createScheduler(startMs: number): Scheduler {
  const heap: Timer[] = [];
  let nowMs = startMs;
  let number = 0;
  let rings = 0;

  const after: Clock["after"] = (ms, ring) => {
    const timer: Timer = {
      dueMs: Math.max(nowMs, Math.ceil(nowMs + ms)),
      number: number++,
      ring,
    };
    push(heap, timer);
    return () => {
      timer.ring = null;
    };
  };

  async function pass(endMs: number): Promise<void> {
    for (;;) {
      // All that can go on without time goes on first: promises and streams, however many in a row.
      await turn();
      let next = heap[0];
      while (next !== undefined && next.ring === null) {
        pop(heap);
        next = heap[0];
      }
      if (next === undefined || next.dueMs > endMs) return;
      pop(heap);
      nowMs = next.dueMs;
      rings += 1;
      if (rings > RINGS_MAX) throw new Error(`it goes on for ever: more than ${RINGS_MAX} timers`);
      next.ring?.();
    }
  }

  return {
    now: () => nowMs,
    after,
    sleep: (ms, signal) => sleepBy(after, ms, signal),
    async passUntil(endMs) {
      await pass(endMs);
      nowMs = Math.max(nowMs, endMs);
    },
    passAll: () => pass(Number.POSITIVE_INFINITY),
  };
}

/** Sleeps by any timer, as `Clock` has it. */
export function sleepBy(after: Clock["after"], ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const cancel = after(ms, () => {
      signal?.removeEventListener("abort", abort);
      resolve();
    });
    const abort = () => {
      cancel();
      reject(signal?.reason);
    };
    signal?.addEventListener("abort", abort, { once: true });
  });
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

const isBefore = (one: Timer, other: Timer) =>
  one.dueMs < other.dueMs || (one.dueMs === other.dueMs && one.number < other.number);

function push(heap: Timer[], timer: Timer): void {
  let at = heap.length;
  heap.push(timer);
  while (at > 0) {
    const above = (at - 1) >> 1;
    const parent = heap[above];
    if (parent === undefined || isBefore(parent, timer)) break;
    heap[at] = parent;
    at = above;
  }
  heap[at] = timer;
}

function pop(heap: Timer[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let at = 0;
  for (;;) {
    const left = heap[2 * at + 1];
    const right = heap[2 * at + 2];
    const least = right !== undefined && left !== undefined && isBefore(right, left) ? right : left;
    if (least === undefined || isBefore(last, least)) break;
    heap[at] = least;
    at = least === right ? 2 * at + 2 : 2 * at + 1;
  }
  heap[at] = last;
}
