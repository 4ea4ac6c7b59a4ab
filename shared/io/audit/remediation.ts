import type { Outcome } from "../../core/outcome.ts";
import type { Policy } from "../../core/policy/policy.ts";
import { brokenGuards } from "../../core/run/guard.ts";
import type { RunPlan } from "../../core/run/run-plan.ts";
import type { Clock } from "../clock.ts";
import { announceRun } from "../run/lease.ts";
import { type RunDeps, type RunEnding, workOnRun } from "../run/run.ts";
import { newRunName, storeRun } from "../run/run-store.ts";
import type { Store } from "../store/store.ts";
import type { Audited } from "./audit.ts";
import { discardWaiting, findEarlier, noteWaiting } from "./waiting-plan.ts";

/** What became of the fixable findings of one place. */
export type Remedied = {
  readonly run: string;
  readonly project: string;
  /** An earlier audit has stored the very same plan, which waits: it was not stored again. */
  readonly known: boolean;
  /** Waiting plans of earlier audits whose place it took; they are discarded. */
  readonly superseded: readonly string[];
  /** Resources that the plan changes. */
  readonly changes: number;
  /** Guards that the plan breaks; a plan that breaks one waits for a person. */
  readonly broken: readonly string[];
  /** `null` where the plan only waits. */
  readonly ending: RunEnding | null;
  readonly outcomes: readonly Outcome[];
};

export type RemediationDeps = {
  readonly store: Store;
  readonly policy: Policy;
  readonly clock: Clock;
  readonly random: () => number;
  readonly worker: string;
  /** Should plans be applied at once? Otherwise they wait in the store for `apply --resume`. */
  readonly apply: boolean;
  /** What applying works with in a place. */
  readonly workIn: (
    project: string,
    tags: Audited["plans"][number]["place"]["tags"],
  ) => Pick<RunDeps, "tags" | "signal" | "deadlineMs" | "lastStartMs" | "stop">;
};

/**
 * Stores a plan for each place that has something fixable, and applies it where that is wanted. One that
 * waits already is not stored again; outdated ones that nobody has begun are discarded.
 */
export async function remedy(
  plans: Audited["plans"],
  deps: RemediationDeps,
): Promise<readonly Remedied[]> {
  const remedied: Remedied[] = [];
  for (const { place, made } of plans) {
    const { plan } = made;
    const { store, policy } = deps;
    const { project } = place;
    const earlier = await findEarlier(store, plan);
    const run =
      plan.resources.length === 0 ? null : (earlier.same ?? (await storePlan(plan, deps)));
    const superseded = earlier.outdated;
    for (const old of superseded) await discardWaiting(old, run, deps);
    if (run === null) continue;
    const known = earlier.same !== null;
    const outcomes: Outcome[] = [];
    const broken = brokenGuards(plan, policy.guards);
    let ending: RunEnding | null = null;
    if (deps.apply && broken.length === 0) {
      await announceRun(run, deps);
      const noteOutcome = (outcome: Outcome) => void outcomes.push(outcome);
      const work = { ...deps.workIn(project, place.tags), noteOutcome };
      ending = await workOnRun(run, null, { ...deps, ...work, project });
    }
    const changes = plan.resources.length;
    remedied.push({ run, project, known, superseded, changes, broken, ending, outcomes });
  }
  return remedied;
}

/** Stores a new plan as a run that waits. */
async function storePlan(plan: RunPlan, deps: RemediationDeps): Promise<string> {
  const { store, policy, clock, random } = deps;
  const run = newRunName(clock.now(), random());
  await noteWaiting(store, run, plan);
  await storeRun(store, run, plan, policy.guards, clock.now());
  return run;
}
