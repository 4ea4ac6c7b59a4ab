import type { InventoryItem } from "../../core/inventory/item.ts";
import { exceeds } from "../../core/limits.ts";
import type { Policy } from "../../core/policy/policy.ts";
import { RESOURCE_KINDS, type ResourceRef, type ResourceType } from "../../core/resource.ts";
import { isHalfWay, type JournalledResource, resourceKey } from "../../core/run/journal.ts";
import type { InventoryCount, PlannedResource, RunPlan } from "../../core/run/run-plan.ts";
import { isWrite } from "../../core/run/step.ts";
import { undoChanges } from "../../core/run/undo.ts";
import type { TagSet } from "../../core/tag.ts";
import { toIsoTime } from "../../core/time.ts";
import type { Clock } from "../clock.ts";
import { digestOfTags, sealPlan } from "../digest.ts";
import { type InventoryDeps, readInventory } from "../inventory.ts";
import type { Store } from "../store/store.ts";
import { readJournal } from "./journal.ts";
import { RunError, readRun, requireRunName } from "./run-store.ts";

export type UndoDeps = InventoryDeps & {
  readonly store: Store;
  readonly policy: Policy;
  readonly clock: Clock;
  readonly region: string | null;
  readonly project: string;
};

/** A plan that takes a run back, and what it cannot take back. */
export type MadeUndo = {
  readonly plan: RunPlan;
  /** Resources of the run that are not there any more. */
  readonly gone: readonly ResourceRef[];
  readonly unreadable: readonly ResourceRef[];
};

/**
 * Plans the reverse of a run from its journal: for each key only what that run wrote and nobody changed
 * since. A plan like any other, so that it can be looked at, applied, and undone. Costs the pages of the
 * kinds that the run touched. Throws a `RunError` where there is no such run, and `CloudError`.
 */
export async function makeUndoPlan(run: string, deps: UndoDeps): Promise<MadeUndo> {
  const { store, policy, clock, region, project } = deps;
  requireRunName(run);
  await requireOwnProject(run, deps);
  const { state } = await readJournal(store, run);
  if (state.size === 0)
    throw new RunError("no-run", `${store.url} has no journal of a run ${run}: nothing to undo`);
  const open = new Map([...state].filter(([, known]) => known.open !== null || known.touched));
  const types = [...new Set([...open.values()].map(({ resource }) => resource.type))];
  const inventory: Partial<Record<ResourceType, InventoryCount>> = {};
  const found: PlannedResource[] = [];
  const unreadable: ResourceRef[] = [];
  const note = (type: ResourceType, count: InventoryCount) => {
    inventory[type] = count;
  };
  const take = ({ resource, tags }: InventoryItem) => {
    const known = open.get(resourceKey(resource));
    if (known === undefined) return;
    open.delete(resourceKey(resource));
    if (tags === null) unreadable.push(resource);
    else found.push(planUndo(known, tags, run, policy));
  };
  for await (const page of readInventory(types, deps, note)) for (const item of page) take(item);
  const resources = found.filter(({ changes }) => changes.some(isWrite));
  const unresolved = found.filter(({ changes }) => changes.length > 0 && !changes.some(isWrite));
  const plan = sealPlan({
    kind: "plan",
    version: 1,
    createdAt: toIsoTime(clock.now()),
    policy: { hash: policy.hash },
    region,
    project,
    origin: { by: "undo", run },
    inventory,
    selected: found.length,
    resources,
    unresolved,
  });
  return { plan, gone: [...open.values()].map(({ resource }) => resource), unreadable };
}

/** A run of another project has nothing here; runs of single messages have no plan that could tell. */
async function requireOwnProject(run: string, { store, project }: UndoDeps): Promise<void> {
  const stored = await readRun(store, run).catch((error: unknown) => {
    if (error instanceof RunError && error.code === "no-run") return null;
    throw error;
  });
  if (stored !== null && stored.plan.project !== project)
    throw new RunError("other-project", `the run ${run} was one of another project`);
}

function planUndo(
  known: JournalledResource,
  current: TagSet,
  run: string,
  { limits: { keyProfile } }: Policy,
): PlannedResource {
  const { resource, steps } = known;
  const { limits } = RESOURCE_KINDS[resource.type];
  const changes = undoChanges(steps.values(), current, { run, halfWay: isHalfWay(known) });
  return {
    resource,
    digest: digestOfTags(current),
    profile: exceeds(limits(keyProfile), current) ? "extended" : keyProfile,
    changes: changes.map(({ passed: _, ...row }) => row),
  };
}
