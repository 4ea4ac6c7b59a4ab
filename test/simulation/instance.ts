import { setMaxListeners } from "node:events";
import type { Clock } from "../../shared/io/clock.ts";
import { type Scheduler, sleepBy } from "./scheduler.ts";

/** A process that may be killed wherever it waits: nothing that it waits for ever comes, and nothing is sent. */
export type Instance = {
  /** `retag#3.1`: the first try of the third event. */
  readonly name: string;
  readonly clock: Clock;
  readonly isDead: () => boolean;
  /** Goes through with something that is awaited, unless the process is killed before or after it. */
  readonly gate: <T>(perform: () => Promise<T>) => Promise<T>;
  readonly kill: () => void;
};

export type Life = {
  /** Dies at this point, counted over the begin and the end of all that it waits for; `null`: lives. */
  readonly diesAt: number | null;
  /** By how much its clock is wrong. */
  readonly skewMs: number;
  readonly onDeath: () => void;
};

/** Starts a process whose time is the scheduler's, but for its skew. */
export function createInstance(name: string, time: Scheduler, life: Life): Instance {
  let dead = false;
  let points = 0;
  const kill = () => {
    if (dead) return;
    dead = true;
    life.onDeath();
  };
  /** Does it live on past this point? */
  const pass = () => {
    if (!dead && life.diesAt !== null && points++ >= life.diesAt) kill();
    return !dead;
  };
  const gate: Instance["gate"] = (perform) =>
    new Promise((resolve, reject) => {
      if (!pass()) return;
      perform().then(
        (answer) => pass() && resolve(answer),
        (error) => pass() && reject(error),
      );
    });
  const after: Clock["after"] = (ms, ring) => time.after(ms, () => dead || ring());
  const clock: Clock = {
    now: () => time.now() + life.skewMs,
    after,
    sleep: (ms, signal) => gate(() => sleepBy(time.after, ms, signal)),
  };
  return { name, clock, isDead: () => dead, gate, kill };
}

/** A signal that aborts after `ms`, on the instance's own clock. */
export function signalAfter({ after }: Clock, ms: number): AbortSignal {
  const control = new AbortController();
  setMaxListeners(0, control.signal);
  after(ms, () => control.abort(new DOMException("time is over", "TimeoutError")));
  return control.signal;
}
