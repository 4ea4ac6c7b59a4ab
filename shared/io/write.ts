import { CloudError } from "../core/error.ts";
import { type TagPlan, writesOf } from "../core/plan/plan.ts";
import type { ResourceRef } from "../core/resource.ts";
import type { TagChange, TagSet } from "../core/tag.ts";
import type { Clock } from "./clock.ts";
import type { Budget } from "./cloud.ts";
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
  /** Told of tags that were taken away for a moment and of which nobody could make sure that they are back. */
  readonly noteLost: (lost: readonly TagChange[]) => void;
};

/** Writes what a plan creates and overwrites with one batch action; answers like `tryWrite`. */
export async function tryCreate(
  resource: ResourceRef,
  plan: TagPlan,
  { tags, budget }: WriteDeps,
): Promise<CloudError | null> {
  const { create, overwrite } = writesOf(plan);
  return tryWrite(tags.createTags(resource, new Map([...create, ...overwrite]), budget));
}

/** `null` when it worked; the error when it was refused or its answer may have been lost. */
export async function tryWrite(write: Promise<void>): Promise<CloudError | null> {
  try {
    await write;
    return null;
  } catch (error) {
    if (error instanceof CloudError && MAY_HAVE_CHANGED.includes(error.code)) return error;
    throw error;
  }
}

const MAY_HAVE_CHANGED: readonly string[] = ["rejected", "unavailable", "unreachable"];
