import type { Outcome } from "../../core/outcome.ts";
import type { Policy } from "../../core/policy/policy.ts";
import { brokenGuards, type RunGuards } from "../../core/run/guard.ts";
import { type JournalState, resourceKey } from "../../core/run/journal.ts";
import { plannedWork } from "../../core/run/planned-work.ts";
import type { PlannedResource } from "../../core/run/run-plan.ts";
import type { Work } from "../../core/run/work.ts";
import { toIsoTime } from "../../core/time.ts";
import { digestOfTags } from "../digest.ts";
import type { Store } from "../store/store.ts";
import { type ApplyDeps, applyChanges, isFinal, type WorkEnd } from "./apply.ts";
import { openJournal, readJournal } from "./journal.ts";
import { endLease, LEASE_MS, releaseLease, takeLease } from "./lease.ts";
import { readReport, readRun, requireMatch, storeReport } from "./run-store.ts";

export type RunDeps = Omit<ApplyDeps, "journal" | "renew"> & {
  readonly store: Store;
  readonly policy: Policy;
  readonly project: string;
  /** Names this worker in leases and journals. */
  readonly worker: string;
};

/** What became of a run, this time. */
export type RunEnding =
  /** A guard stopped it before its first write: one sentence for each guard. */
  | { readonly kind: "guarded"; readonly broken: readonly string[] }
  /** Somebody else works on it. */
  | { readonly kind: "taken" }
  /** Everything has a final outcome, from this time or an earlier one. */
  | { readonly kind: "finished" }
  /** The rest has to be taken up again: what was not begun, and what failed for a reason that may pass. */
  | {
      readonly kind: "unfinished";
      readonly because: WorkEnd;
      readonly left: readonly PlannedResource[];
      readonly failed: readonly PlannedResource[];
    };

/**
 * Works on a stored run until it is finished or must stop, from where earlier workers left it. Takes the
 * run's lease, so that the audit's timer and a person do not both work on it. Throws a `RunError` where
 * there is no such run or it was made for another policy or project, and the store's errors.
 */
export async function workOnRun(
  run: string,
  guards: RunGuards | null,
  deps: RunDeps,
): Promise<RunEnding> {
  const { store, policy, project } = deps;
  const { plan, order } = await readRun(store, run);
  requireMatch(plan, { policyHash: policy.hash, project });
  if ((await readReport(store, run)) !== null) return { kind: "finished" };
  const broken = brokenGuards(plan, guards ?? order?.guards ?? policy.guards);
  if (broken.length > 0) return { kind: "guarded", broken };
  if (!(await takeLease(run, deps))) return { kind: "taken" };
  const worked = await workOn(run, plan.resources, deps);
  if (worked.ended === "taken") return { kind: "taken" };
  if (worked.left.length + worked.failed.length > 0) {
    await releaseLease(run, deps);
    const { ended: because, left, failed } = worked;
    return { kind: "unfinished", because, left, failed };
  }
  await finishRun(run, plan.resources, deps);
  return { kind: "finished" };
}

/** What a pass over planned resources left. */
export type Worked = {
  readonly ended: WorkEnd;
  readonly left: readonly PlannedResource[];
  readonly failed: readonly PlannedResource[];
};

/** Applies planned resources as part of a run, except those that its journal says are done with. */
export async function workOn(
  run: string,
  resources: readonly PlannedResource[],
  deps: RunDeps,
): Promise<Worked> {
  const { store, clock } = deps;
  const { state, last } = await readJournal(store, run);
  const work = resources.flatMap((planned) => workLeft(planned, state));
  const failed = new Map<string, PlannedResource>();
  const byKey = new Map(work.map(({ planned }) => [resourceKey(planned.resource), planned]));
  const noteOutcome = (outcome: Outcome) => {
    const key = outcome.resource === undefined ? "" : resourceKey(outcome.resource);
    const planned = byKey.get(key);
    if (planned !== undefined && !isFinal(outcome)) failed.set(key, planned);
    deps.noteOutcome(outcome);
  };
  let renewedMs = clock.now();
  const { left, ended } = await applyChanges(work, {
    ...deps,
    noteOutcome,
    journal: openJournal(run, last, deps),
    renew: async () => {
      if (clock.now() < renewedMs + LEASE_MS / 2) return true;
      renewedMs = clock.now();
      return takeLease(run, deps);
    },
  });
  return { ended, left: left.map(({ planned }) => planned), failed: [...failed.values()] };
}

type PlannedItem = Work & { readonly planned: PlannedResource };

/** A resource that still has to be worked on; none where its journal has a final outcome. */
function workLeft(planned: PlannedResource, state: JournalState): readonly PlannedItem[] {
  const known = state.get(resourceKey(planned.resource));
  if (known?.done?.final) return [];
  return [{ ...plannedWork(planned, known?.open ?? null, digestOfTags), planned }];
}

/** Finishes a run of which parts were worked on by several; false while something is left. */
export async function finishWhenComplete(run: string, deps: RunDeps): Promise<boolean> {
  const { plan } = await readRun(deps.store, run);
  return finishRun(run, plan.resources, deps);
}

async function finishRun(
  run: string,
  resources: readonly PlannedResource[],
  { store, clock }: RunDeps,
): Promise<boolean> {
  const { state } = await readJournal(store, run);
  const kinds = resources.map(({ resource }) => {
    const done = state.get(resourceKey(resource))?.done;
    return done?.final ? done.kind : null;
  });
  if (kinds.includes(null)) return false;
  const summary: Record<string, number> = {};
  for (const kind of kinds) if (kind !== null) summary[kind] = (summary[kind] ?? 0) + 1;
  await storeReport(store, run, { finishedAt: toIsoTime(clock.now()), summary });
  await endLease(run, store);
  return true;
}
