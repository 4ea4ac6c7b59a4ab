import type { CloudError } from "../core/error.ts";
import type { Limiter } from "../core/limiter.ts";
import type { Clock } from "./clock.ts";
import type { Budget } from "./cloud.ts";
import { newError } from "./failure.ts";

/** What is asked for, of which errors tell the operation. */
type Asked = Parameters<typeof newError>[0];

/** Lets the requests to one host start one after the other, as its limiter allows. */
export type Pacer = {
  /**
   * Waits for the turn of one request, first come first served; `undefined` where it may start now.
   * Rejects with a `CloudError` "deadline" as soon as the turn cannot come within the budget.
   */
  turn(request: Asked, budget: Budget): Promise<void> | undefined;
  /** Tells how a request that started at `sentMs` was answered: refused with 429, or not. */
  note(sentMs: number, throttled: boolean, retryAfterMs: number | null): void;
};

type Waiter = {
  readonly budget: Budget;
  readonly go: () => void;
  readonly giveUp: () => void;
};

/** Makes a pacer that waits on `clock`; `random` is in [0, 1). */
export function createPacer(limiter: Limiter, clock: Clock, random: () => number): Pacer {
  const waiters: Waiter[] = [];
  let serving = false;
  let sleeping: AbortController | null = null;

  /** Serves whoever waits until nobody does. */
  async function serve(): Promise<void> {
    if (serving) return;
    serving = true;
    while (waiters.length > 0) {
      const waitMs = limiter.waitMs(clock.now());
      const turnMs = clock.now() + waitMs;
      // Nobody's turn comes before the wait is over.
      for (const late of waiters.filter(({ budget }) => turnMs >= budget.deadlineMs)) late.giveUp();
      if (waiters.length === 0) break;
      if (waitMs > 0) await sleep(waitMs);
      else {
        limiter.take(clock.now());
        waiters.shift()?.go();
      }
    }
    serving = false;
  }

  async function sleep(waitMs: number): Promise<void> {
    sleeping = new AbortController();
    // Only `leave` wakes it early, when nobody waits any more: no timer outlives its callers.
    await clock.sleep(waitMs, sleeping.signal).catch(() => {});
    sleeping = null;
  }

  function leave(waiter: Waiter): void {
    const index = waiters.indexOf(waiter);
    if (index !== -1) waiters.splice(index, 1);
    if (waiters.length === 0) sleeping?.abort();
  }

  async function wait(request: Asked, budget: Budget): Promise<void> {
    const nowMs = clock.now();
    if (budget.signal.aborted || nowMs + limiter.waitMs(nowMs) >= budget.deadlineMs)
      throw tooLate(request);
    const { turn, waiter } = queueUp(request, budget, leave);
    waiters.push(waiter);
    void serve();
    await turn;
  }

  return {
    turn(request, budget) {
      const nowMs = clock.now();
      if (waiters.length > 0 || limiter.waitMs(nowMs) > 0) return wait(request, budget);
      limiter.take(nowMs);
      return undefined;
    },
    note(sentMs, throttled, retryAfterMs) {
      const nowMs = clock.now();
      limiter.note({ sentMs, nowMs, throttled, retryAfterMs, random: throttled ? random() : 0 });
    },
  };
}

/** Somebody who waits until it is their turn, the signal aborts, or it is too late. */
function queueUp(request: Asked, budget: Budget, leave: (waiter: Waiter) => void) {
  const { promise: turn, resolve, reject } = deferred();
  const giveUp = () => {
    budget.signal.removeEventListener("abort", giveUp);
    leave(waiter);
    reject(tooLate(request));
  };
  const go = () => {
    budget.signal.removeEventListener("abort", giveUp);
    resolve();
  };
  const waiter: Waiter = { budget, go, giveUp };
  budget.signal.addEventListener("abort", giveUp, { once: true });
  return { turn, waiter };
}

function deferred() {
  let resolve = () => {};
  let reject = (_error: CloudError) => {};
  const promise = new Promise<void>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}

function tooLate(request: Asked): CloudError {
  return newError(request, { code: "deadline", detail: "waiting for its turn" });
}
