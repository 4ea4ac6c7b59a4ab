import { brokenGuards, type RunGuards } from "../../../shared/core/run/guard.ts";
import type { InventoryCount, RunPlan } from "../../../shared/core/run/run-plan.ts";
import { announceRun, endLease } from "../../../shared/io/run/lease.ts";
import { makePlan } from "../../../shared/io/run/planning.ts";
import {
  ADHOC,
  listRuns,
  newRunName,
  readRun,
  storeRun,
} from "../../../shared/io/run/run-store.ts";
import { readStatus } from "../../../shared/io/run/status.ts";
import { makeUndoPlan } from "../../../shared/io/run/undo.ts";
import { isTold, nameOf, plannedView } from "./change-view.ts";
import type { Desk } from "./desk.ts";
import type { PlanView, RunView } from "./view.ts";

const ROWS_MAX = 200;
const RUNS_SHOWN = 5;
/** Plans that nobody said yes to; the oldest are forgotten. */
const PLANS_MAX = 20;
const NO_GUARDS: RunGuards = { maxChanges: Number.MAX_SAFE_INTEGER, maxPercent: 100 };

/** Plans a retag of everything by the policy. Throws `CloudError`. */
export async function planRetag(desk: Desk): Promise<PlanView> {
  const { runs, policy } = desk;
  const { plan, unreadable } = await makePlan({ selection: {} }, { ...runs, policy });
  const short = Object.entries(plan.inventory).flatMap(([type, count]) => shortOf(type, count));
  return keep(
    plan,
    [...short, ...unreadable.map((one) => `${nameOf(one)} could not be read`)],
    desk,
  );
}

/** Plans what takes a run back. Throws `CloudError`, and a `RunError` where there is no such run. */
export async function planUndo(run: string, desk: Desk): Promise<PlanView> {
  const { runs, policy } = desk;
  const { plan, gone, unreadable } = await makeUndoPlan(run, { ...runs, policy });
  const gaps = [
    ...gone.map((one) => `${nameOf(one)} is not there any more`),
    ...unreadable.map((one) => `${nameOf(one)} could not be read`),
  ];
  return keep(plan, gaps, desk);
}

function shortOf(type: string, { counted, examined, unreadable }: InventoryCount): string[] {
  if (unreadable === 0 && (counted === null || counted === examined)) return [];
  return [`${type}s: the API counts ${counted ?? "nothing"}, examined ${examined}`];
}

function keep(plan: RunPlan, gaps: readonly string[], { plans, policy }: Desk): PlanView {
  const { digest: id, origin, resources, unresolved, selected } = plan;
  plans.delete(id);
  plans.set(id, plan);
  for (const oldest of plans.keys()) {
    if (plans.size <= PLANS_MAX) break;
    plans.delete(oldest);
  }
  return {
    id,
    undoes: origin.by === "undo" ? origin.run : null,
    selected,
    total: resources.length,
    rows: resources.slice(0, ROWS_MAX).map((one) => plannedView(one, isTold)),
    unresolved: unresolved.slice(0, ROWS_MAX).map((one) => plannedView(one, () => true)),
    guards: brokenGuards(plan, policy.guards),
    gaps,
  };
}

/** What may be wrong with a yes. */
export type ApplyRefusal = "no-plan" | "guarded";

/**
 * Hands a plan that was shown to the function, through the queue; answers with the run's name. `raised`: whoever
 * says yes has seen that a guard would stop it. A plan is applied once.
 */
export async function applyPlan(
  id: string,
  raised: boolean,
  { plans, policy, runs }: Desk,
): Promise<{ readonly run: string } | ApplyRefusal> {
  const plan = plans.get(id);
  if (plan === undefined) return "no-plan";
  const guards = raised ? NO_GUARDS : policy.guards;
  if (brokenGuards(plan, guards).length > 0) return "guarded";
  plans.delete(id);
  const run = newRunName(runs.clock.now(), runs.random());
  await storeRun(runs.store, run, plan, guards, runs.clock.now());
  // Before the function can have it: afterwards this could take the lease from under it.
  await announceRun(run, runs);
  const queue = runs.openQueue();
  try {
    await queue?.publish([JSON.stringify({ kind: "run", version: 1, run })]);
  } catch (error) {
    await endLease(run, runs.store);
    throw error;
  } finally {
    await queue?.close();
  }
  return { run };
}

/** Remembers what is over: a finished run does not change any more. */
export function createRunReader({ runs }: Desk) {
  const finished = new Map<string, RunView>();

  async function read(run: string): Promise<RunView> {
    const known = finished.get(run);
    if (known !== undefined) return known;
    const status = await readStatus(runs.store, run, runs.clock);
    const { plan } = await readRun(runs.store, run);
    const view: RunView = {
      run,
      undoes: plan.origin.by === "undo" ? plan.origin.run : null,
      state: status.state,
      done: status.done,
      total: status.total,
      outcomes: Object.entries(status.summary)
        .map(([kind, count]) => `${count} ${kind}`)
        .join(", "),
      secondsLeft: status.secondsLeft,
    };
    if (status.state === "finished") finished.set(run, view);
    return view;
  }

  /** The latest runs in the store, newest first, whoever ordered them. */
  return async (): Promise<readonly RunView[]> => {
    const names: string[] = [];
    for await (const name of listRuns(runs.store)) if (!name.startsWith(ADHOC)) names.push(name);
    return Promise.all(names.slice(-RUNS_SHOWN).reverse().map(read));
  };
}
