import { type Clock, wallClock } from "../clock.ts";
import type { Budget } from "../cloud.ts";
import { type Config, ConfigError, type ReadSetting } from "../config.ts";
import {
  cloudAt,
  connect,
  dependencies,
  poolFor,
  random,
  readCredentials,
  settingsOf,
} from "../connect.ts";
import type { FunctionContext, TimeLeft } from "../function.ts";
import type { QueueAddress } from "../queue/address.ts";
import { openQueue, type Queue } from "../queue/queue.ts";
import type { Credentials } from "../sign.ts";
import { OBS_TRY_TIMEOUT_MS } from "../store/obs-call.ts";
import { openStore, type Store } from "../store/store.ts";
import { type RunConfig, readSettings } from "./config.ts";
import type { RetagDeps } from "./retag.ts";
import { ADHOC } from "./run-store.ts";
import { nameWorker } from "./worker.ts";

/** When work must be over, and for good. */
type Limits = { readonly signal: AbortSignal; readonly deadlineMs: number };

/** Who works, and where. */
type Identity = { readonly project: string; readonly credentials: Credentials };

/** Part of an invocation's time that is kept for handing over what is left, and its upper bound. */
const HANDOVER_PART = 0.2;
const HANDOVER_MAX_MS = 5_000;
/** No write begins in the last part of the time: it may take a verification and putting back. */
const LAST_START_PART = 0.25;
const LAST_START_MAX_MS = 5_000;

/** Builds what the function `retag` works with from its context. */
export function connectRetag(context: FunctionContext, time: TimeLeft): RetagDeps {
  const { config, runs } = readSettings(settingsOf(context), false);
  const deps = connect(context, time);
  const { project } = deps;
  const identity = { project, credentials: readCredentials(context) };
  const { signal, tags, clock } = deps;
  const request = context.getRequestID();
  return {
    ...deps,
    store: runs.storeUrl === null ? null : storeAt(runs.storeUrl, runs, identity, deps, false),
    queue: runs.queue === null ? null : queueAt(runs.queue, config, runs, identity, deps),
    random,
    request,
    worker: nameWorker(random()),
    adhocRun: `${ADHOC}${request.replace(/[^\w.-]/g, "-").slice(0, 100)}`,
    work: {
      tags,
      clock,
      signal,
      ...workTime(deps.deadlineMs, time.budgetMs),
      stop: new AbortController().signal,
    },
  };
}

/** The part of an invocation's time that is for the work itself: what is left is handed over after it. */
export function workTime(deadlineMs: number, budgetMs: number) {
  return {
    deadlineMs: deadlineMs - Math.min(budgetMs * HANDOVER_PART, HANDOVER_MAX_MS),
    lastStartMs: Math.min(budgetMs * LAST_START_PART, LAST_START_MAX_MS),
  };
}

/** What a command about runs works with. */
export type RunAccess = ReturnType<typeof dependencies> &
  Limits & {
    readonly store: Store;
    readonly worker: string;
    readonly random: () => number;
    /** The queue of the settings; `null` where none is set. */
    readonly openQueue: () => Queue | null;
    /** A queue by its address. */
    readonly openQueueAt: (address: QueueAddress) => Queue;
  };

/** The same for any caller that brings its own settings and credentials. Throws a `ConfigError`. */
export function connectRuns(read: ReadSetting, identity: Identity, limits: Limits): RunAccess {
  const { config, runs } = readSettings(read, true);
  if (runs.storeUrl === null) throw new ConfigError(["TAGWARDEN_STORE must be set"]);
  const reached = dependencies(config, identity.project, identity.credentials);
  const openQueueAt = (address: QueueAddress) => queueAt(address, config, runs, identity, limits);
  const { queue } = runs;
  return {
    ...reached,
    ...limits,
    store: storeAt(runs.storeUrl, runs, identity, limits, true),
    worker: nameWorker(random()),
    random,
    openQueue: () => (queue === null ? null : openQueueAt(queue)),
    openQueueAt,
  };
}

/** Opens the run store at an URL that the settings allow. */
export function storeAt(
  url: string,
  { endpoints: { obs: endpoint } }: RunConfig,
  { credentials }: Identity,
  { signal, deadlineMs }: Limits,
  allowFile: boolean,
): Store {
  const clock: Clock = wallClock;
  const tryTimeoutMs = OBS_TRY_TIMEOUT_MS;
  const obs =
    endpoint === null
      ? null
      : { endpoint, credentials, poolFor, clock, random, signal, deadlineMs, tryTimeoutMs };
  // The settings were checked: a folder is there only where it is allowed.
  return openStore(url, { allowFile: allowFile || url.startsWith("file:"), obs });
}

/** Opens a queue, or a topic, with the invocation's credentials. */
export function queueAt(
  address: QueueAddress,
  config: Config,
  { endpoints, kafka }: RunConfig,
  { project, credentials }: Identity,
  { signal, deadlineMs }: Limits,
): Queue {
  const budget: Budget = { signal, deadlineMs, countCall: () => {} };
  return openQueue(address, {
    cloudAt: (at) => cloudAt(at, config, project, credentials),
    endpoints: {
      // Where one is needed, the settings were checked for it.
      functiongraph: endpoints.functiongraph ?? config.endpoint,
      smn: endpoints.smn ?? config.endpoint,
      kms: config.endpoint,
    },
    kafka,
    clock: wallClock,
    random,
    budget,
  });
}
