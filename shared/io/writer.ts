import { CloudError } from "../core/error.ts";
import { samePlan, type TagPlan, writesOf } from "../core/plan/plan.ts";
import type { ResourceRef } from "../core/resource.ts";
import type { TagSet } from "../core/tag.ts";
import type { Budget } from "./cloud.ts";
import type { TagApi } from "./tag-api.ts";

/** A plan together with the tags that it was made from. */
export type PlannedTags = { readonly plan: TagPlan; readonly current: TagSet };

/** What came of a plan: the plan that holds in the end, and whether something of ours was written. */
export type Written = { readonly plan: TagPlan; readonly wrote: boolean };

export type WriteDeps = {
  readonly tags: TagApi;
  readonly budget: Budget;
  /** Reads the tags again and plans once more. */
  readonly replan: () => Promise<PlannedTags>;
};

/**
 * Brings a resource to its plan with one batch action, and survives what may happen meanwhile.
 *
 * A refused create (400: somebody was faster, or the key exists and the service does not replace
 * values, which the documents leave open) is planned once more from what is there now. So is a
 * create whose answer was lost. The same plan again is a permanent failure, unless it replaces
 * values: those are then deleted, created, and put back when that fails.
 */
export async function writeTags(
  resource: ResourceRef,
  first: PlannedTags,
  deps: WriteDeps,
): Promise<Written> {
  if (isEmpty(first.plan)) return { plan: first.plan, wrote: false };
  const failed = await tryCreate(resource, first.plan, deps);
  if (failed === null) return { plan: first.plan, wrote: true };

  const second = await deps.replan();
  if (isEmpty(second.plan)) return settled(first, second);
  if (failed.code !== "rejected") throw failed;
  if (!samePlan(first.plan, second.plan)) {
    const failedAgain = await tryCreate(resource, second.plan, deps);
    if (failedAgain === null) return { plan: second.plan, wrote: true };
    if (failedAgain.code !== "rejected") throw failedAgain;
  }
  if (writesOf(second.plan).overwrite.size === 0) throw failed;
  await replace(resource, second, deps);
  return { plan: second.plan, wrote: true };
}

function isEmpty(plan: TagPlan): boolean {
  const { create, overwrite } = writesOf(plan);
  return create.size + overwrite.size === 0;
}

/** `null` when it worked; the error when it was refused or its answer may have been lost. */
async function tryCreate(
  resource: ResourceRef,
  plan: TagPlan,
  { tags, budget }: WriteDeps,
): Promise<CloudError | null> {
  const { create, overwrite } = writesOf(plan);
  try {
    await tags.createTags(resource, new Map([...create, ...overwrite]), budget);
    return null;
  } catch (error) {
    if (error instanceof CloudError && MAY_HAVE_CHANGED.includes(error.code)) return error;
    throw error;
  }
}

const MAY_HAVE_CHANGED: readonly string[] = ["rejected", "unavailable", "unreachable"];

/**
 * Nothing is left to do. If our values are there, our write arrived and its answer did not (or
 * somebody wrote the very same, which is as good): the first plan is what was done.
 */
function settled(first: PlannedTags, second: PlannedTags): Written {
  const { create, overwrite } = writesOf(first.plan);
  const ours = [...create, ...overwrite].some(([key, value]) => second.current.get(key) === value);
  return ours ? { plan: first.plan, wrote: true } : { plan: second.plan, wrote: false };
}

/** For a service that refuses to create a key that exists: out with the old value, in with the new. */
async function replace(
  resource: ResourceRef,
  { plan, current }: PlannedTags,
  { tags, budget }: WriteDeps,
): Promise<void> {
  const { create, overwrite } = writesOf(plan);
  const old = new Map([...current].filter(([key]) => overwrite.has(key)));
  await tags.deleteTags(resource, [...overwrite.keys()], budget);
  try {
    await tags.createTags(resource, new Map([...create, ...overwrite]), budget);
  } catch (error) {
    await tags.createTags(resource, old, budget);
    throw error;
  }
}
