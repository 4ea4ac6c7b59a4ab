import { CloudError } from "../core/error.ts";
import { samePlan, type TagPlan, writesOf } from "../core/plan/plan.ts";
import { RESOURCE_KINDS, type ResourceRef } from "../core/resource.ts";
import type { TagChange, TagSet } from "../core/tag.ts";
import type { Clock } from "./clock.ts";
import type { Budget } from "./cloud.ts";
import { newError } from "./failure.ts";
import type { TagApi } from "./tag-api.ts";

/** A plan together with the tags that it was made from. */
export type PlannedTags = { readonly plan: TagPlan; readonly current: TagSet };

/** What came of a plan: the plan that holds in the end, and whether something of ours was written. */
export type Written = { readonly plan: TagPlan; readonly wrote: boolean };

export type WriteDeps = {
  readonly tags: TagApi;
  readonly clock: Clock;
  readonly budget: Budget;
  /** Reads the tags again and plans once more. */
  readonly replan: () => Promise<PlannedTags>;
  /** Told of tags that were to be replaced and of which nobody could make sure that they are back. */
  readonly noteLost: (lost: readonly TagChange[]) => void;
};

/** Kept back from a replacement for putting the old values back: two calls with a retry each. */
const PUT_BACK_MS = 3_000;

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
  if (samePlan(first.plan, second.plan)) return replaceOrThrow(resource, second, failed, deps);

  const failedAgain = await tryCreate(resource, second.plan, deps);
  if (failedAgain === null) return { plan: second.plan, wrote: true };
  if (failedAgain.code !== "rejected") throw failedAgain;
  return replaceOrThrow(resource, second, failedAgain, deps);
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
 * Nothing is left to do. If all our values are there, our write arrived and its answer did not (or
 * somebody wrote the very same, which is as good): the first plan is what was done.
 */
function settled(first: PlannedTags, second: PlannedTags): Written {
  const { create, overwrite } = writesOf(first.plan);
  const ours = [...create, ...overwrite].every(([key, value]) => second.current.get(key) === value);
  return ours ? { plan: first.plan, wrote: true } : { plan: second.plan, wrote: false };
}

/** For a service that refuses to create a key that exists: out with the old value, in with the new. */
async function replaceOrThrow(
  resource: ResourceRef,
  { plan, current }: PlannedTags,
  refused: CloudError,
  deps: WriteDeps,
): Promise<Written> {
  const { overwrite } = writesOf(plan);
  const { hopelessCodes } = RESOURCE_KINDS[resource.type];
  if (overwrite.size === 0 || hopelessCodes.includes(refused.serviceCode)) throw refused;

  const { tags, clock, budget } = deps;
  const deadlineMs = budget.deadlineMs - PUT_BACK_MS;
  if (clock.now() + PUT_BACK_MS >= deadlineMs)
    throw newError({ operation: "Replace" }, { code: "deadline", detail: refused.message });
  const early = { ...budget, deadlineMs };
  try {
    await tags.deleteTags(resource, [...overwrite.keys()], early);
    const failed = await tryCreate(resource, plan, { ...deps, budget: early });
    if (failed !== null) throw failed;
  } catch (error) {
    const old = new Map([...current].filter(([key]) => overwrite.has(key)));
    await putBack(resource, old, deps);
    throw error;
  }
  return { plan, wrote: true };
}

/** Gives back what a replacement took, as far as it is missing; what remains missing is noted. */
async function putBack(
  resource: ResourceRef,
  old: TagSet,
  { tags, budget, noteLost }: WriteDeps,
): Promise<void> {
  let missing = [...old];
  try {
    const now = await tags.readTags(resource, budget);
    missing = missing.filter(([key]) => !now.has(key));
    if (missing.length > 0) await tags.createTags(resource, new Map(missing), budget);
  } catch (error) {
    if (!(error instanceof CloudError)) throw error;
    noteLost(missing.map(([key, from]) => ({ key, op: "delete", from, reason: "lost" })));
  }
}
