import { setMaxListeners } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Pool } from "undici";
import { vi } from "vitest";
import type { Outcome, Report } from "../../shared/core/outcome.ts";
import type { Policy } from "../../shared/core/policy/policy.ts";
import type { RunPlan } from "../../shared/core/run/run-plan.ts";
import { defineFunction, type FunctionContext, type TimeLeft } from "../../shared/io/function.ts";
import { type Queue, QueueError } from "../../shared/io/queue/queue.ts";
import { workTime } from "../../shared/io/run/connect.ts";
import { type DeadLetter, listLost } from "../../shared/io/run/dead-letter.ts";
import { makePlan, type PlanRequest } from "../../shared/io/run/planning.ts";
import { isUnplaced, type RetagDeps, retag } from "../../shared/io/run/retag.ts";
import { type MadeUndo, makeUndoPlan } from "../../shared/io/run/undo.ts";
import { openStore, type Store } from "../../shared/io/store/store.ts";
import { createTagApi, type TagApi } from "../../shared/io/tag-api.ts";
import { type LocalCloud, startCloud } from "../cloud/index.ts";
import type { SettingsChange } from "../cloud/settings.ts";
import { createFreePacer } from "../io/free-pacer.ts";
import {
  contextWith,
  createQuickClock,
  expectNothingLeaked,
  type QuickClock,
  readTestPolicy,
  valuesIn,
} from "./stage.ts";

/** How one invocation ended, in every way in which it shows. */
export type RetagEnding = {
  /** What the use case answered, also where the frame threw afterwards. */
  readonly outcomes: readonly Outcome[];
  readonly report: Report | null;
  readonly thrown: Error | null;
  readonly lines: readonly string[];
  /** What went back to the queue. */
  readonly again: readonly string[];
  /** Requests to KMS and CSMS that the server saw meanwhile, and those of them that write. */
  readonly requests: number;
  readonly writes: number;
};

export type RetagOptions = {
  readonly remainingMs?: number;
  readonly request?: string;
  /** Stands between the use case and the services. */
  readonly wrap?: (tags: TagApi) => TagApi;
  /** The same for the store. */
  readonly wrapStore?: (store: Store) => Store;
  /** Time that each call to the services takes. */
  readonly callMs?: number;
  /** `null`: none is set. */
  readonly queue?: "recording" | null;
  readonly store?: "own" | null;
  /** How publication fails. */
  readonly queueError?: QueueError;
  /** A publication of a longer text is refused. */
  readonly textBytesMax?: number;
  readonly policy?: Policy;
  readonly project?: string;
};

/** The real use case in the real frame, against the local cloud, on a clock that nobody waits for. */
export type RetagStage = {
  readonly cloud: LocalCloud;
  readonly clock: QuickClock;
  readonly policy: Policy;
  readonly store: Store;
  run(event: unknown, options?: RetagOptions): Promise<RetagEnding>;
  plan(request?: PlanRequest): Promise<RunPlan>;
  /** The plan that takes a run back. */
  undo(run: string): Promise<MadeUndo>;
  /** Dead letters in the order of their names. */
  deadLetters(): Promise<readonly DeadLetter[]>;
  close(): Promise<void>;
};

export type StageOptions = {
  readonly settings?: SettingsChange;
  readonly store?: "folder" | "bucket";
  readonly policy?: string;
};

type Setting = Pick<RetagStage, "cloud" | "clock" | "policy" | "store"> & {
  readonly pool: Pool;
  /** Every line that was logged. */
  readonly printed: readonly string[];
};

/** Opens a stage with a store of its own. */
export async function openRetagStage(options: StageOptions = {}): Promise<RetagStage> {
  const policy = await readTestPolicy(options.policy ?? "bulk");
  const clock = createQuickClock();
  const cloud = await startCloud({ clock, settings: { ratePerSecond: null, ...options.settings } });
  const pool = new Pool(cloud.endpoint, { connections: 8 });
  const folder = await mkdtemp(join(tmpdir(), "tagwarden-retag-"));
  const store = openStageStore(options.store ?? "folder", folder, { cloud, clock, pool });
  const printed: string[] = [];
  const spy = vi
    .spyOn(console, "log")
    .mockImplementation((line) => void printed.push(String(line)));
  const setting = { cloud, clock, policy, store, pool, printed };
  const planning = () => {
    const { region, project } = cloud;
    const tags = tagApi(setting, project);
    const signal = new AbortController().signal;
    const budget = { signal, deadlineMs: clock.now() + 60_000, countCall: () => {} };
    return { store, policy, clock, region, project, tags, budget };
  };
  return {
    cloud,
    clock,
    policy,
    store,
    run: (event, asked = {}) => runFunction(setting, event, asked),
    plan: async (request = { selection: {} }) => (await makePlan(request, planning())).plan,
    undo: (run) => makeUndoPlan(run, planning()),
    async deadLetters() {
      const letters: DeadLetter[] = [];
      for await (const lost of listLost(store))
        if (lost.from === "function") letters.push(lost.letter);
      return letters;
    },
    async close() {
      spy.mockRestore();
      await pool.close();
      await cloud.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function openStageStore(
  kind: "folder" | "bucket",
  folder: string,
  { cloud, clock, pool }: Pick<Setting, "cloud" | "clock" | "pool">,
): Store {
  cloud.objects.createBucket("runs");
  const signal = new AbortController().signal;
  setMaxListeners(0, signal);
  const url = { folder: pathToFileURL(folder).href, bucket: "obs://runs/here" };
  const obs = {
    endpoint: cloud.endpoint,
    credentials: cloud.agency("store"),
    poolFor: () => pool,
    clock,
    random: () => 0,
    signal,
    deadlineMs: Number.MAX_SAFE_INTEGER,
    tryTimeoutMs: 5_000,
  };
  return openStore(url[kind], { allowFile: true, obs });
}

function tagApi(
  { cloud, clock, pool }: Pick<Setting, "cloud" | "clock" | "pool">,
  project: string,
): TagApi {
  return createTagApi({
    endpoint: cloud.endpoint,
    project,
    credentials: cloud.agency("retag"),
    pool,
    clock,
    random: () => 0.5,
    pacer: createFreePacer(clock),
    tryTimeoutMs: 8_000,
  });
}

let chance = 0;
/** Different each time, and the same each time the tests run. */
function nextChance(): number {
  chance = (chance + 0.618_033_988_749_895) % 1;
  return chance;
}

function depsFor(
  setting: Setting,
  options: RetagOptions,
  published: string[],
): (context: FunctionContext, time: TimeLeft) => RetagDeps {
  const { cloud, clock, policy, store } = setting;
  const { wrap = (tags) => tags, wrapStore = (same) => same, request = "request-1" } = options;
  return (_, { signal, budgetMs }) => {
    const { region, project } = cloud;
    const tags = slowed(wrap(tagApi(setting, project)), options.callMs ?? 0, clock);
    const deadlineMs = clock.now() + budgetMs;
    const stop = new AbortController().signal;
    return {
      policy: options.policy ?? policy,
      tags,
      clock,
      region,
      project: options.project ?? project,
      graceMs: null,
      signal,
      deadlineMs,
      store: options.store === null ? null : wrapStore(store),
      queue: options.queue === null ? null : recordingQueue(published, options),
      random: nextChance,
      request,
      worker: `test.0.${Math.floor(nextChance() * 1e6)}`,
      adhocRun: `adhoc-${request}`,
      work: { tags, clock, signal, stop, ...workTime(deadlineMs, budgetMs) },
    };
  };
}

function recordingQueue(
  published: string[],
  { queueError, textBytesMax = Number.POSITIVE_INFINITY }: RetagOptions,
): Queue {
  return {
    url: "memory:test",
    async publish(texts) {
      if (queueError !== undefined) throw queueError;
      if (texts.some((text) => text.length > textBytesMax))
        throw new QueueError("memory:test", "too-large");
      published.push(...texts);
    },
    close: async () => {},
  };
}

/** Each call takes its time before it is made. */
function slowed(tags: TagApi, callMs: number, clock: QuickClock): TagApi {
  if (callMs === 0) return tags;
  return {
    ...tags,
    readTags(...asked) {
      clock.advance(callMs);
      return tags.readTags(...asked);
    },
    createTags(...asked) {
      clock.advance(callMs);
      return tags.createTags(...asked);
    },
    query(...asked) {
      clock.advance(callMs);
      return tags.query(...asked);
    },
  };
}

async function runFunction(
  setting: Setting,
  event: unknown,
  options: RetagOptions,
): Promise<RetagEnding> {
  const { cloud } = setting;
  let outcomes: readonly Outcome[] = [];
  const again: string[] = [];
  const handler = defineFunction("retag", {
    isLost: isUnplaced,
    useCase: async (input, deps: RetagDeps) => {
      const came = await retag(input, deps);
      outcomes = came.outcomes;
      return came;
    },
    connect: depsFor(setting, options, again),
  });
  const firstLine = setting.printed.length;
  const before = cloud.seen.length;
  const known = valuesIn([], cloud);
  const end = (report: Report | null, thrown: Error | null): RetagEnding => {
    const seen = cloud.seen
      .slice(before)
      .filter(({ service }) => service === "kms" || service === "csms");
    const writes = seen.filter(({ operation }) => operation.startsWith("Batch")).length;
    const lines = setting.printed.slice(firstLine);
    return { outcomes, report, thrown, lines, again, requests: seen.length, writes };
  };
  try {
    return end(await handler(event, contextWith(options.remainingMs ?? 30_000)), null);
  } catch (error) {
    return end(null, error instanceof Error ? error : new Error(String(error)));
  } finally {
    expectNothingLeaked(setting.printed, [...known, ...valuesIn(outcomes, cloud)]);
  }
}
