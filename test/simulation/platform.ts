import type { Outcome } from "../../shared/core/outcome.ts";
import { toIsoTime } from "../../shared/core/time.ts";
import { describeLoss } from "../cloud/functiongraph/failure.ts";
import { type Envelope, queueEvent } from "../cloud/queue-event.ts";
import type { MemoryStore } from "../run/memory-store.ts";
import type { Chance } from "./chance.ts";
import { type FunctionName, UnfinishedError } from "./functions.ts";
import type { History } from "./history.ts";
import { createInstance, type Instance } from "./instance.ts";
import type { Scheduler } from "./scheduler.ts";
import type { Watch } from "./watch.ts";
import type { Climate, Weather } from "./weather.ts";

/** An event and what became of it. */
export type Entry = {
  readonly id: string;
  readonly function: FunctionName;
  readonly event: string;
  tries: number;
  state: "waiting" | "running" | "succeeded" | "failed";
  /** Of the try that succeeded. */
  outcomes: readonly Outcome[];
  /** Name of the instance of the last try. */
  by: string;
};

/** FunctionGraph in this process: asynchronous invocations, retries, a failure destination, and a queue's trigger. */
export type Platform = {
  readonly entries: readonly Entry[];
  invoke(name: string, event: unknown): string;
  enqueue(texts: readonly string[]): void;
  knows(name: string): boolean;
  urnOf(name: string): string;
};

export type PlatformParts = {
  readonly time: Scheduler;
  readonly chance: Chance;
  readonly weather: Weather;
  readonly climate: Climate;
  readonly watch: () => Watch;
  readonly history: History;
  readonly objects: MemoryStore;
  readonly place: () => { readonly region: string; readonly project: string };
  readonly run: (
    name: FunctionName,
    event: unknown,
    instance: Instance,
    remainingMs: number,
  ) => Promise<readonly Outcome[]>;
};

const NAMES: readonly FunctionName[] = ["secret-created", "key-created", "retag", "audit"];
const RETRY_DELAY_MS = 5_000;
/** Points at which an instance may die; most invocations have fewer. */
const POINTS = 60;
const ENVELOPES: readonly Envelope[] = ["KAFKA", "OPENSOURCEKAFKA", "ROCKETMQ", "RABBITMQ"];
const PUMP_MS = 20;

/** Starts the platform with nothing to do. */
export function createPlatform(parts: PlatformParts): Platform {
  const { time, chance, climate, history } = parts;
  const entries: Entry[] = [];
  const waiting = new Map<FunctionName, Entry[]>(NAMES.map((name) => [name, []]));
  const running = new Map<FunctionName, number>();
  const texts: string[] = [];
  let pumping = false;

  const timeoutMs: { readonly [Name in FunctionName]: number } = {
    "secret-created": climate.creationTimeoutMs,
    "key-created": climate.creationTimeoutMs,
    retag: climate.bulkTimeoutMs,
    audit: climate.bulkTimeoutMs,
  };
  const instancesMax: { readonly [Name in FunctionName]: number } = {
    "secret-created": climate.creationInstances,
    "key-created": climate.creationInstances,
    retag: climate.retagInstances,
    audit: 2,
  };

  const urnOf = (name: string) => {
    const { region, project } = parts.place();
    return `urn:fss:${region}:${project}:function:default:${name}:latest`;
  };

  function serve(name: FunctionName): void {
    const line = waiting.get(name) ?? [];
    while (line.length > 0 && (running.get(name) ?? 0) < instancesMax[name]) {
      const entry = line.shift();
      if (entry !== undefined) attempt(entry);
    }
  }

  function attempt(entry: Entry): void {
    const name = entry.function;
    running.set(name, (running.get(name) ?? 0) + 1);
    entry.tries += 1;
    entry.state = "running";
    entry.by = `${entry.id}.${entry.tries}`;
    let over = false;
    const end = (outcomes: readonly Outcome[] | null, why: string) => {
      if (over) return;
      over = true;
      stopTimer();
      running.set(name, (running.get(name) ?? 0) - 1);
      history.note(entry.by, why);
      if (outcomes === null) giveBack(entry, why);
      else Object.assign(entry, { state: "succeeded", outcomes });
      serve(name);
    };
    const skewMs = chance.whole(-parts.weather.skewMaxMs, parts.weather.skewMaxMs);
    const diesAt = chance.happens(parts.weather.killPart) ? chance.whole(0, POINTS) : null;
    const onDeath = () => end(null, "killed");
    const instance = createInstance(entry.by, time, { skewMs, diesAt, onDeath });
    const stopTimer = time.after(timeoutMs[name], () => {
      if (!over) history.violate("in-time", `${entry.by} did not end within its time`);
      instance.kill();
    });
    parts.watch().begin(entry.by, climate.rps, name === "retag" || name === "audit");
    history.note(entry.by, `begins, skew ${skewMs} ms`);
    parts.run(name, JSON.parse(entry.event), instance, timeoutMs[name]).then(
      (outcomes) => end(outcomes, `ends: ${outcomes.map(({ kind }) => kind).join(" ")}`),
      (error: unknown) => {
        if (error instanceof UnfinishedError) return end(null, `throws ${error.message}`);
        history.violate("one-outcome", `${entry.by} has a defect: ${stackOf(error)}`);
        return end(null, "throws a defect");
      },
    );
  }

  /** Retries, as often as the platform does; then the event goes to the failure destination. */
  function giveBack(entry: Entry, why: string): void {
    if (entry.tries <= climate.maxRetries) {
      entry.state = "waiting";
      time.after(RETRY_DELAY_MS, () => {
        waiting.get(entry.function)?.push(entry);
        serve(entry.function);
      });
      return;
    }
    entry.state = "failed";
    const loss = describeLoss({
      requestId: entry.id,
      urn: urnOf(entry.function),
      acceptedAtMs: time.now(),
      tries: entry.tries,
      event: entry.event,
      failure: { errorMessage: why, errorType: "UserFunctionError" },
    });
    const at = toIsoTime(time.now());
    parts.objects.objects.set(`failures/${at}_${entry.id.replace("#", "-")}`, JSON.stringify(loss));
  }

  function invoke(name: string, event: unknown): string {
    const function_ = NAMES.find((one) => one === name);
    if (function_ === undefined) throw new Error(`no function is called ${name}`);
    const id = `${name}#${entries.length}`;
    const text = JSON.stringify(event);
    const entry: Entry = {
      ...{ id, function: function_, event: text, tries: 0, outcomes: [], by: "" },
      state: "waiting",
    };
    entries.push(entry);
    waiting.get(function_)?.push(entry);
    serve(function_);
    return id;
  }

  function pump(): void {
    pumping = false;
    while (texts.length > 0) {
      const taken = texts.splice(0, chance.whole(1, climate.batchMax));
      const place = { ...parts.place(), topic: "retag", functionName: "retag" };
      const id = `${entries.length}`;
      invoke(
        "retag",
        queueEvent(chance.pick(ENVELOPES), taken, { ...place, nowMs: time.now(), id }),
      );
    }
  }

  return {
    entries,
    invoke,
    urnOf,
    knows: (name) => NAMES.some((one) => one === name),
    enqueue(more) {
      texts.push(...more);
      if (!pumping) time.after(PUMP_MS, pump);
      pumping = true;
    },
  };
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
