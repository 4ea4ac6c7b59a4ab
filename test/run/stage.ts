import { Pool } from "undici";
import type { Outcome } from "../../shared/core/outcome.ts";
import type { Policy } from "../../shared/core/policy/policy.ts";
import type { PlannedResource, RunPlan } from "../../shared/core/run/run-plan.ts";
import { sealPlan } from "../../shared/io/digest.ts";
import { makePlan } from "../../shared/io/run/planning.ts";
import { type RunDeps, type RunEnding, workOnRun } from "../../shared/io/run/run.ts";
import { storeRun } from "../../shared/io/run/run-store.ts";
import { makeUndoPlan } from "../../shared/io/run/undo.ts";
import type { Store } from "../../shared/io/store/store.ts";
import { createTagApi, type TagApi } from "../../shared/io/tag-api.ts";
import { type LocalCloud, startCloud } from "../cloud/index.ts";
import type { SettingsChange } from "../cloud/settings.ts";
import { createQuickClock, type QuickClock, readTestPolicy } from "../functions/stage.ts";
import { createFreePacer } from "../io/free-pacer.ts";
import { createMemoryStore, type MemoryStore } from "./memory-store.ts";
import { addResources } from "./resources.ts";

/** What a worker touches the world with; tests put themselves in between. */
export type Hands = { readonly tags: TagApi; readonly store: Store };

/** How a worker works, where it is not as usual. */
export type WorkerChange = {
  readonly wrap?: (hands: Hands) => Hands;
  readonly stop?: AbortSignal;
  readonly signal?: AbortSignal;
  readonly deadlineMs?: number;
  readonly lastStartMs?: number;
};

/** How a worker's turn at a run ended, and every outcome that it told. */
export type Turn = { readonly ending: RunEnding; readonly outcomes: readonly Outcome[] };

/** A run over resources of every sort, on a clock that nobody waits for. */
export type RunStage = {
  readonly cloud: LocalCloud;
  readonly clock: QuickClock;
  readonly policy: Policy;
  readonly store: MemoryStore;
  readonly tags: TagApi;
  plan(): Promise<RunPlan>;
  /** Stores a plan as a run. */
  order(run: string, plan: RunPlan): Promise<void>;
  /** Stores a part of a plan as a run. */
  orderPart(run: string, plan: RunPlan, part: readonly PlannedResource[]): Promise<void>;
  work(run: string, worker: string, change?: WorkerChange): Promise<Turn>;
  planUndo(run: string): Promise<RunPlan>;
  /** Undoes a run under the name of another one. */
  undo(run: string, as: string): Promise<Turn>;
  close(): Promise<void>;
};

const GUARDS = { maxChanges: 500, maxPercent: 100 };

export async function openRunStage(settings: SettingsChange = {}): Promise<RunStage> {
  const policy = await readTestPolicy("bulk");
  const clock = createQuickClock();
  const cloud = await startCloud({ clock, settings: { ratePerSecond: null, ...settings } });
  addResources(cloud);
  const pool = new Pool(cloud.endpoint, { connections: 4 });
  const store = createMemoryStore();
  const { project, region } = cloud;
  const tags = createTagApi({
    endpoint: cloud.endpoint,
    project,
    credentials: cloud.user("ops"),
    pool,
    clock,
    random: () => 0.5,
    pacer: createFreePacer(clock),
    tryTimeoutMs: 8_000,
  });
  const signal = new AbortController().signal;
  const deadlineMs = Number.POSITIVE_INFINITY;
  const budget = { signal, deadlineMs, countCall: () => {} };
  const planning = { policy, tags, clock, budget, region, project };

  async function work(run: string, worker: string, change: WorkerChange = {}): Promise<Turn> {
    const { wrap = (hands) => hands, ...rest } = change;
    const outcomes: Outcome[] = [];
    const deps: RunDeps = {
      ...wrap({ tags, store }),
      policy,
      project,
      clock,
      worker,
      stop: signal,
      signal,
      deadlineMs,
      lastStartMs: 0,
      noteOutcome: (outcome) => void outcomes.push(outcome),
      ...rest,
    };
    return { ending: await workOnRun(run, null, deps), outcomes };
  }

  const order = (run: string, plan: RunPlan) => storeRun(store, run, plan, GUARDS, clock.now());
  const planUndo = async (run: string) => (await makeUndoPlan(run, { ...planning, store })).plan;
  return {
    cloud,
    clock,
    policy,
    store,
    tags,
    plan: async () => (await makePlan({ selection: {} }, planning)).plan,
    order,
    orderPart: (run, { digest: _, ...plan }, part) =>
      order(run, sealPlan({ ...plan, resources: [...part] })),
    work,
    planUndo,
    async undo(run, as) {
      await order(as, await planUndo(run));
      return work(as, `worker-of-${as}`);
    },
    async close() {
      await pool.close();
      await cloud.stop();
    },
  };
}
