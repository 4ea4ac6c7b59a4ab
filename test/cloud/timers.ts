import type { ShownTrigger } from "./contract.ts";
import type { FunctionGraph } from "./functiongraph/index.ts";
import { ASYNC_EVENT_BYTES_MAX } from "./functiongraph/limits.ts";
import { nextMomentOf, type Schedule } from "./schedule.ts";
import type { World } from "./world.ts";

/** A timer trigger as it is configured. */
export type Timer = Schedule & {
  /** Unique among the function's timers. */
  readonly name: string;
  /** The text that each event carries; default: empty. */
  readonly userEvent?: string;
};

/**
 * Timer triggers (functiongraph.md 3 and 4), on the cloud's clock. Each firing is an asynchronous invocation;
 * the documents contradict each other on that. What becomes of firings that were missed, and of one that comes
 * while the function still runs, is not documented: here the former are skipped, the latter waits its turn.
 */
export type Timers = {
  /** Adds a timer to a function; it first fires at its next moment. Throws on what the service refuses. */
  create(functionName: string, timer: Timer): void;
  /** Takes a timer away. Throws where there is none. */
  remove(functionName: string, name: string): void;
  /** All timers with the moment at which each fires next, in milliseconds since 1970. */
  list(): readonly (Timer & { readonly function: string; readonly nextMs: number | null })[];
  /** The timers of a function, as its triggers. */
  triggersOf(functionName: string): readonly ShownTrigger[];
};

/** Timers and what is polled, together (terraform-schema.json). */
const TIMERS_MAX = 10;
/** Longer waits are made of several: a timer of the platform holds less than 25 days. */
const WAIT_MAX_MS = 24 * 60 * 60 * 1000;

type Running = {
  readonly function: string;
  readonly timer: Timer;
  readonly stopping: AbortController;
  nextMs: number | null;
};

/** Makes the timers of one cloud: none. */
export function createTimers({ clock }: Pick<World, "clock">, functions: FunctionGraph) {
  const all = new Map<string, Running>();
  const idOf = (functionName: string, name: string) => `${functionName}/${name}`;

  async function run(running: Running, next: (ms: number) => number | null): Promise<void> {
    const { signal } = running.stopping;
    for (;;) {
      running.nextMs = next(Math.max(clock.now(), running.nextMs ?? 0));
      if (running.nextMs === null) return;
      while (clock.now() < running.nextMs)
        await clock.sleep(Math.min(running.nextMs - clock.now(), WAIT_MAX_MS), signal);
      const event = timerEvent(running.timer, running.nextMs);
      functions.trigger(running.function, event, ASYNC_EVENT_BYTES_MAX);
    }
  }

  const api: Timers = {
    create(functionName, timer) {
      if (!functions.knows(functionName))
        throw new Error(`no function is called "${functionName}"`);
      const id = idOf(functionName, timer.name);
      if (all.has(id)) throw new Error(`${functionName} has a timer called "${timer.name}"`);
      const own = [...all.values()].filter((one) => one.function === functionName);
      if (own.length >= TIMERS_MAX)
        throw new Error(`${functionName} has ${TIMERS_MAX} timers already`);
      const next = nextMomentOf(timer, clock.now());
      const stopping = new AbortController();
      const running: Running = { function: functionName, timer, stopping, nextMs: null };
      all.set(id, running);
      run(running, next).catch((error: unknown) => {
        if (!stopping.signal.aborted) throw error;
      });
    },
    remove(functionName, name) {
      const id = idOf(functionName, name);
      const running = all.get(id);
      if (running === undefined) throw new Error(`${functionName} has no timer called "${name}"`);
      running.stopping.abort();
      all.delete(id);
    },
    list: () =>
      [...all.values()].map(({ function: name, timer, nextMs }) => ({
        ...timer,
        function: name,
        nextMs,
      })),
    triggersOf: (functionName) =>
      [...all.values()]
        .filter((one) => one.function === functionName)
        .map(({ timer: { name, scheduleType, schedule, userEvent = "" } }) => ({
          type: "TIMER",
          eventData: { name, schedule_type: scheduleType, schedule, user_event: userEvent },
        })),
  };
  return {
    api,
    stop() {
      for (const { stopping } of all.values()) stopping.abort();
    },
  };
}

/** The event of one firing (functiongraph.md 3); its time is China's, as in the documents' sample. */
export function timerEvent({ name, userEvent = "" }: Timer, ms: number): object {
  const local = new Date(ms + 8 * 60 * 60 * 1000).toISOString().slice(0, 19);
  return {
    version: "v1.0",
    time: `${local}+08:00`,
    trigger_type: "TIMER",
    trigger_name: name,
    user_event: userEvent,
  };
}
