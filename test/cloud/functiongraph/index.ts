/**
 * FunctionGraph on this machine: real bundles, each instance a process of its own, as functiongraph.md
 * describes the Node.js 20.15 runtime. Nothing here was compared with the service; [H], [TCP] and so on are
 * that page's grades. Where the documents are silent the two emulators it cites decide.
 *
 * Gaps (what the service does and this does not):
 * - Memory: the limit is V8's heap (`--max-old-space-size`). Buffers and the process itself do not count.
 * - CPU, `/tmp`, file descriptors, processes and the read-only code folder are not limited. `getCPUNumber()` is "0".
 * - No gateway: a synchronous caller gets nothing after 90 s there, and waits here.
 * - An account's concurrency is not limited, and requests beyond `maxInstances` wait; there, asynchronous ones
 *   may be discarded without a log (TCP 01_0303), synchronous ones are throttled (FSS.0429).
 * - Idle instances are neither frozen nor released before `stop` or the next `deploy` of the function.
 * - No versions, aliases, reserved instances, success destination, platform log lines, billing. No ES modules.
 * - `getToken()` yields a text that no service takes. The workflow's ids are empty.
 * - A function that blocks its event loop for good outlives a parent that is killed without notice.
 *
 * Not documented, and decided here:
 * - Timeout, memory and crash count as a failed try like a thrown error, under the name `UserFunctionError`.
 *   An uncaught exception or rejection ends the process, as Node does by itself.
 * - The delay between two tries is `async.retryDelayMs`. An event older than `maxAgeSeconds` when its turn
 *   comes is not tried; if it never was, its error is called `AsyncEventExpired` (our name).
 * - An event for a trigger that is too large is refused: it is in `invocations` as failed (`EventRefused`, our
 *   name), without a try.
 * - All tries of an invocation have the same request id, which is also the logger's invoke id.
 * - `getRunningTimeInSeconds()` is in milliseconds, as in both emulators [TCP-rt, sls].
 * - A returned promise is awaited only if the handler is a native async function [sls]; otherwise the result
 *   is `{}`. A handler with three parameters that returns nothing is waited for until its callback is called [H].
 * - A process may take 30 s to load its code.
 *
 * By design:
 * - `timeoutMs` may be as small as 100 (the service: 3 s), for tests. It also limits the initializer, which has
 *   its own setting there (1–300 s). `exports.initializer` is configured where it exists, ends by its
 *   callback only, and gets three instances [H].
 * - Processes run on wall time; the queue's delays and ages are those of the clock that was given.
 * - `RUNTIME_CODE_ROOT` and the working directory are the folder of the set-up. Nothing of this process's
 *   environment is passed on. User data is in `RUNTIME_USERDATA` as JSON, not variable by variable [TCP].
 */

import { randomUUID } from "node:crypto";
import type { Clock } from "../../../shared/io/clock.ts";
import type { Credentials, FailureBucket, FunctionSetup, Invocation } from "../contract.ts";
import { describeEnvironment } from "./environment.ts";
import { describeLoss, type FailurePayload } from "./failure.ts";
import type { TryOutcome } from "./instance.ts";
import { ASYNC_EVENT_BYTES_MAX, findSetupProblems, SYNC_EVENT_BYTES_MAX } from "./limits.ts";
import type { Failure } from "./messages.ts";
import { createPool, type Pool } from "./pool.ts";

export type { FailurePayload } from "./failure.ts";
export type { Failure } from "./messages.ts";

export type FunctionGraphOptions = {
  /** Project id: `getProjectID()` and part of each function's URN. */
  readonly project: string;
  /** Region in each function's URN; default `local`. */
  readonly region?: string;
  /** What Node is told when it starts an instance, beside its memory limit; default: nothing. */
  readonly nodeArguments?: readonly string[];
  /** For the age of events and the delay between tries. */
  readonly clock: Clock;
  /** New temporary credentials of an agency, asked for at each try; throws where there is no such agency. */
  readonly credentialsOf: (agency: string) => Credentials;
  /** The failure destination of all functions: called once per asynchronous invocation that is given up. */
  readonly onFailure?: (functionName: string, payload: FailurePayload) => void;
  /** Puts what was lost into the bucket that its function names in `async.onFailure`. */
  readonly putFailure?: (destination: FailureBucket, requestId: string, text: string) => void;
};

/** What a synchronous caller gets. `result` holds `errorMessage` and `errorType` where `ok` is false. */
export type InvocationAnswer = {
  readonly requestId: string;
  readonly ok: boolean;
  readonly result: unknown;
  readonly logs: readonly string[];
};

export type FunctionGraph = {
  /** Creates a function or replaces it; running requests finish on the old code. Throws on illegal settings. */
  deploy(setup: FunctionSetup): void;
  /** URN of a function, deployed or not: `urn:fss:<region>:<project>:function:default:<name>:latest`. */
  urnOf(name: string): string;
  /** One synchronous try. Rejects only where no try is made: unknown function, event over 6 MB, stopped. */
  invoke(name: string, event: unknown): Promise<InvocationAnswer>;
  /** Queues an event and returns its request id. Throws: unknown function, event over 256 KB, stopped. */
  invokeAsync(name: string, event: unknown): string;
  /** The functions as they are deployed. */
  setups(): readonly FunctionSetup[];
  /** Is a function of this name deployed? */
  knows(name: string): boolean;
  /** Queues an event as a trigger does: one over `bytesMax` is refused. Throws only for an unknown function. */
  trigger(name: string, event: unknown, bytesMax: number): void;
  /** Queues an event for each function whose `traces` has this name. Never throws. */
  deliver(traceName: string, event: unknown): void;
  /** All invocations in the order they came; they change as they go on. */
  readonly invocations: readonly Invocation[];
  readonly failures: readonly { readonly function: string; readonly payload: FailurePayload }[];
  /** Every line that any instance ever printed, also outside of a request. */
  logs(): readonly string[];
  /** Resolves as soon as nothing waits or runs. */
  idle(): Promise<void>;
  /** The processes that are alive. */
  processes(): readonly { readonly function: string; readonly pid: number }[];
  /** Kills every process, gives up what waits or runs, and resolves when all of them are gone. */
  stop(): Promise<void>;
};

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };
type Entry = Mutable<Omit<Invocation, "logs">> & { readonly logs: string[] };

const STOPPED: Failure = {
  errorMessage: "FunctionGraph was stopped",
  errorType: "UserFunctionError",
};

/** Starts an empty FunctionGraph: no function, no process. */
export function createFunctionGraph(options: FunctionGraphOptions): FunctionGraph {
  const { project, region = "local", clock } = options;
  const pools = new Map<string, Pool>();
  /** With the pools of replaced functions whose last requests still run. */
  const allPools = new Set<Pool>();
  const invocations: Entry[] = [];
  const failures: { function: string; payload: FailurePayload }[] = [];
  const printed: string[] = [];
  const stopping = new AbortController();
  let active = 0;
  let idleWaiters: (() => void)[] = [];

  const urnOf = (name: string) => `urn:fss:${region}:${project}:function:default:${name}:latest`;
  const killAll = () => {
    for (const pool of allPools) pool.killAll();
  };
  process.once("exit", killAll);

  function poolOf(name: string): Pool {
    const pool = pools.get(name);
    if (stopping.signal.aborted) throw new Error(STOPPED.errorMessage);
    if (pool === undefined) throw new Error(`no function is called "${name}"`);
    return pool;
  }

  function accept(name: string, event: string): Entry {
    const entry: Entry = {
      requestId: randomUUID(),
      function: name,
      event: JSON.parse(event),
      tries: 0,
      state: "waiting",
      result: undefined,
      logs: [],
    };
    invocations.push(entry);
    active += 1;
    return entry;
  }

  function finish(entry: Entry, state: "succeeded" | "failed", result: unknown): void {
    entry.state = state;
    entry.result = result;
    active -= 1;
    if (active > 0) return;
    for (const resolve of idleWaiters) resolve();
    idleWaiters = [];
  }

  /** Resolves with the outcome of one try; `undefined` where `isOver` says that it is not worth one. */
  function attempt(entry: Entry, event: string, isOver: () => boolean) {
    return new Promise<TryOutcome | undefined>((resolve) => {
      poolOf(entry.function).add({
        requestId: entry.requestId,
        event,
        begin() {
          if (stopping.signal.aborted || isOver()) {
            resolve(undefined);
            return false;
          }
          entry.state = "running";
          entry.tries += 1;
          return true;
        },
        print: (line) => entry.logs.push(line),
        end: resolve,
      });
    });
  }

  async function runQueued(entry: Entry, event: string): Promise<void> {
    const acceptedAtMs = clock.now();
    const policy = () => poolOf(entry.function).setup.async;
    const isOver = () => clock.now() - acceptedAtMs > policy().maxAgeSeconds * 1000;
    let failure: Failure = {
      errorMessage: "the event became too old before its first try",
      errorType: "AsyncEventExpired",
    };
    try {
      for (;;) {
        const outcome = await attempt(entry, event, isOver);
        if (outcome?.ok) return finish(entry, "succeeded", outcome.result);
        stopping.signal.throwIfAborted();
        if (outcome === undefined) break;
        failure = outcome.failure;
        entry.result = failure;
        if (entry.tries > policy().maxRetries) break;
        entry.state = "waiting";
        await clock.sleep(policy().retryDelayMs, stopping.signal);
      }
    } catch (error) {
      if (!stopping.signal.aborted) throw error;
      return finish(entry, "failed", STOPPED);
    }
    const { requestId, tries } = entry;
    const urn = urnOf(entry.function);
    const payload = describeLoss({ requestId, urn, acceptedAtMs, tries, event, failure });
    failures.push({ function: entry.function, payload });
    try {
      options.onFailure?.(entry.function, payload);
      const destination = policy().onFailure?.obs;
      if (destination) options.putFailure?.(destination, requestId, JSON.stringify(payload));
    } finally {
      finish(entry, "failed", failure);
    }
  }

  function enqueue(name: string, event: string): string {
    const entry = accept(name, event);
    void runQueued(entry, event);
    return entry.requestId;
  }

  function trigger(name: string, event: unknown, bytesMax: number): void {
    if (stopping.signal.aborted) return;
    poolOf(name);
    try {
      enqueue(name, serialize(event, bytesMax));
    } catch (error) {
      const text = serialize(event, Number.POSITIVE_INFINITY);
      const errorMessage = error instanceof Error ? error.message : String(error);
      finish(accept(name, text), "failed", { errorMessage, errorType: "EventRefused" });
    }
  }

  return {
    urnOf,
    setups: () => [...pools.values()].map(({ setup }) => setup),
    knows: (name) => pools.has(name),
    trigger,
    invocations,
    failures,
    deploy(setup) {
      if (stopping.signal.aborted) throw new Error(STOPPED.errorMessage);
      const problems = findSetupProblems(setup);
      if (problems.length > 0) {
        throw new Error(`function "${setup.name}" is refused: ${problems.join("; ")}`);
      }
      const pool = createPool({
        setup,
        environment: describeEnvironment(setup, project),
        nodeArguments: options.nodeArguments ?? [],
        credentialsOf: options.credentialsOf,
        agencyToken: () => `local-agency-token-${randomUUID()}`,
        onLine: (line) => printed.push(line),
      });
      const waiting = pools.get(setup.name)?.retire() ?? [];
      pools.set(setup.name, pool);
      allPools.add(pool);
      for (const job of waiting) pool.add(job);
    },
    async invoke(name, event) {
      poolOf(name);
      const text = serialize(event, SYNC_EVENT_BYTES_MAX);
      const entry = accept(name, text);
      const outcome = await attempt(entry, text, () => false);
      const ok = outcome?.ok === true;
      const failure = stopping.signal.aborted ? STOPPED : outcome?.ok === false && outcome.failure;
      finish(entry, ok ? "succeeded" : "failed", ok ? outcome.result : failure);
      return { requestId: entry.requestId, ok, result: entry.result, logs: entry.logs };
    },
    invokeAsync(name, event) {
      poolOf(name);
      return enqueue(name, serialize(event, ASYNC_EVENT_BYTES_MAX));
    },
    deliver(traceName, event) {
      for (const [name, { setup }] of pools)
        if (setup.traces.includes(traceName)) trigger(name, event, ASYNC_EVENT_BYTES_MAX);
    },
    logs: () => printed,
    idle: () =>
      active === 0
        ? Promise.resolve()
        : new Promise((resolve) => {
            idleWaiters.push(resolve);
          }),
    processes: () =>
      [...allPools].flatMap((pool) =>
        pool.pids().map((pid) => ({ function: pool.setup.name, pid })),
      ),
    async stop() {
      stopping.abort();
      for (const pool of allPools) for (const job of pool.retire()) job.begin();
      killAll();
      await Promise.all([...allPools].map((pool) => pool.ended()));
      process.off("exit", killAll);
    },
  };
}

function serialize(event: unknown, bytesMax: number): string {
  const text = JSON.stringify(event) ?? "null";
  const bytes = Buffer.byteLength(text);
  if (bytes > bytesMax) {
    throw new Error(`the event has ${bytes} bytes, ${bytesMax} are allowed (FSS.0413)`);
  }
  return text;
}
