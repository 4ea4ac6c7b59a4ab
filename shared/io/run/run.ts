import type { Outcome, OutcomeKind } from "../../core/outcome.ts";
import type { Policy } from "../../core/policy/policy.ts";
import { brokenGuards, type RunGuards } from "../../core/run/guard.ts";
import { type JournalState, resourceKey } from "../../core/run/journal.ts";
import { plannedWork } from "../../core/run/planned-work.ts";
import type { PlannedResource } from "../../core/run/run-plan.ts";
import type { Work } from "../../core/run/work.ts";
import { toIsoTime } from "../../core/time.ts";
import { digestOfTags } from "../digest.ts";
import type { Store } from "../store/store.ts";
import { type ApplyDeps, applyChanges, noteDone, type WorkEnd } from "./apply.ts";
import { readEnding } from "./discard.ts";
import { openJournal, readJournal } from "./journal.ts";
import { endLease, LEASE_MS, releaseLease, takeLease } from "./lease.ts";
import { RunError, type RunReport, readRun, requireMatch, storeReport } from "./run-store.ts";

export type RunDeps = Omit<ApplyDeps, "journal" | "renew"> & {
  readonly store: Store;
  readonly policy: Policy;
  readonly project: string;
  /** Names this worker in leases and journals. */
  readonly worker: string;
};

/** A planned resource that could not be changed, for good or not, and how it ended. */
export type Failure = { readonly planned: PlannedResource; readonly outcome: Outcome };

/** What a pass over planned resources left. */
export type Worked = {
  readonly ended: WorkEnd;
  /** Not begun. */
  readonly left: readonly PlannedResource[];
  readonly failures: readonly Failure[];
};

/** What became of a run, this time. */
export type RunEnding =
  /** A guard stopped it before its first write: one sentence for each guard. */
  | { readonly kind: "guarded"; readonly broken: readonly string[] }
  /** Somebody else works on it, from the beginning or by now. */
  | ({ readonly kind: "taken" } & Worked)
  /** Everything has a final outcome, from this time or an earlier one. */
  | ({
      readonly kind: "finished";
      /** How all of its resources ended, those of earlier times included. */
      readonly whole: RunReport["summary"];
    } & Worked)
  /** It has to be taken up again. */
  | ({ readonly kind: "unfinished" } & Worked);

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
  const report = await readEnding(store, run).catch(async (error: unknown) => {
    // The same for whoever discarded it: a run that is none any more has nobody who ends its lease.
    if (error instanceof RunError && error.code === "discarded") await endLease(run, store);
    throw error;
  });
  if (report !== null) {
    // Whoever stored the report may have died before it could say that nobody needs to take up the run.
    await endLease(run, store);
    return { kind: "finished", whole: report.summary, ended: "done", left: [], failures: [] };
  }
  const broken = brokenGuards(plan, guards ?? order?.guards ?? policy.guards);
  if (broken.length > 0) return { kind: "guarded", broken };
  if (!(await takeLease(run, deps)))
    return { kind: "taken", ended: "taken", left: [], failures: [] };
  const pass: Pass = { renew: () => takeLease(run, deps), again: [] };
  const worked = await workOn(run, plan.resources, deps, pass).catch(async (error: unknown) => {
    // Whoever comes next need not wait for a worker that has failed; what failed first must be told.
    await releaseLease(run, deps).catch(() => undefined);
    throw error;
  });
  if (worked.ended === "taken") return { kind: "taken", ...worked };
  const whole = await finishWhenComplete(run, plan.resources, deps);
  if (whole !== null) return { kind: "finished", whole, ...worked };
  await releaseLease(run, deps);
  return { kind: "unfinished", ...worked };
}

/** Works on a part of a run's plan that came by itself; what failed before is tried again. */
export async function workOnSlice(
  run: string,
  resources: readonly PlannedResource[],
  deps: RunDeps,
): Promise<Worked> {
  const worked = await workOn(run, resources, deps, {
    renew: async () => true,
    again: ["failed"],
  });
  await finishIfStored(run, deps);
  return worked;
}

/** Notes that resources of a run will not be tried again, so that the run can come to its end. */
export async function giveUp(
  run: string,
  failures: readonly Failure[],
  deps: RunDeps,
): Promise<void> {
  if (failures.length === 0) return;
  const { last } = await readJournal(deps.store, run);
  const journal = openJournal(run, last, deps);
  for (const { outcome } of failures) noteDone(journal, { outcome, wrote: undefined }, true);
  await journal.commit();
  await finishIfStored(run, deps);
}

type Pass = {
  readonly renew: () => Promise<boolean>;
  /** Final outcomes that are tried again all the same. */
  readonly again: readonly OutcomeKind[];
};

/** Applies planned resources as part of a run, except those that its journal says are done with. */
async function workOn(
  run: string,
  resources: readonly PlannedResource[],
  deps: RunDeps,
  { renew, again }: Pass,
): Promise<Worked> {
  const { store, clock } = deps;
  const { state, last } = await readJournal(store, run);
  const work = resources.flatMap((planned) => workLeft(planned, state, again));
  const byKey = new Map(work.map(({ planned }) => [resourceKey(planned.resource), planned]));
  const failures: Failure[] = [];
  let renewedMs = clock.now();
  const { left, ended } = await applyChanges(work, {
    ...deps,
    noteOutcome: (outcome) => {
      const planned = outcome.resource && byKey.get(resourceKey(outcome.resource));
      if (planned !== undefined && outcome.kind === "failed") failures.push({ planned, outcome });
      deps.noteOutcome(outcome);
    },
    journal: openJournal(run, last, deps),
    renew: async () => {
      if (clock.now() < renewedMs + LEASE_MS / 2) return true;
      renewedMs = clock.now();
      return renew();
    },
  });
  return { ended, left: left.map(({ planned }) => planned), failures };
}

type PlannedItem = Work & { readonly planned: PlannedResource };

/** A resource that still has to be worked on; none where its journal has a final outcome. */
function workLeft(
  planned: PlannedResource,
  state: JournalState,
  again: readonly OutcomeKind[],
): readonly PlannedItem[] {
  const known = state.get(resourceKey(planned.resource));
  if (known?.done?.final && !again.includes(known.done.kind)) return [];
  return [{ ...plannedWork(planned, known?.open ?? null, digestOfTags), planned }];
}

async function finishIfStored(run: string, deps: RunDeps): Promise<void> {
  const stored = await readRun(deps.store, run).catch((error: unknown) => {
    // A slice may come from elsewhere: then there is a journal and no plan to compare it with.
    if (error instanceof RunError && error.code === "no-run") return null;
    throw error;
  });
  if (stored !== null) await finishWhenComplete(run, stored.plan.resources, deps);
}

/** Finishes a run when each of its resources has a final outcome; `null` while one has not. */
async function finishWhenComplete(
  run: string,
  resources: readonly PlannedResource[],
  { store, clock }: RunDeps,
): Promise<RunReport["summary"] | null> {
  const { state } = await readJournal(store, run);
  const kinds = resources.map(({ resource }) => {
    const done = state.get(resourceKey(resource))?.done;
    return done?.final ? done.kind : null;
  });
  if (kinds.includes(null)) return null;
  const summary: Record<string, number> = {};
  for (const kind of kinds) if (kind !== null) summary[kind] = (summary[kind] ?? 0) + 1;
  await storeReport(store, run, { finishedAt: toIsoTime(clock.now()), summary });
  await endLease(run, store);
  return summary;
}
