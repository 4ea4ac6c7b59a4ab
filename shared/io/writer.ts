import type { CloudError } from "../core/error.ts";
import { movesTag, samePlan, type TagPlan, writesOf } from "../core/plan/plan.ts";
import { RESOURCE_KINDS, type ResourceRef } from "../core/resource.ts";
import { newError } from "./failure.ts";
import { deleteThenCreate } from "./replacement.ts";
import { type PlannedTags, tryCreate, tryWrite, type WriteDeps, type Written } from "./write.ts";

/**
 * Brings a resource to its plan, and survives what may happen meanwhile. What is new is created first;
 * then, where a tag moves to another key, a read makes sure that it arrived; then what is to go is
 * deleted. Only where there is no room for both is the order the other way round.
 */
export async function writeTags(
  resource: ResourceRef,
  first: PlannedTags,
  deps: WriteDeps,
): Promise<Written> {
  if (needsRoom(resource, first)) return makeRoom(resource, first, deps);
  const put = await putTags(resource, first, deps);
  if ("full" in put) return makeRoom(resource, put.full, deps);
  const left = writesOf(put.plan).remove;
  if (left.length === 0) return put;
  const gone = await removeTags(resource, movesTag(put.plan) ? null : left, deps);
  return { plan: put.plan, wrote: put.wrote || gone };
}

/** Must a key go before all that is new can be there? */
function needsRoom({ type }: ResourceRef, { plan, current }: PlannedTags): boolean {
  const { tagsMax } = RESOURCE_KINDS[type].limits(plan.profile);
  const { create, remove } = writesOf(plan);
  return remove.length > 0 && create.size > 0 && current.size + create.size > tagsMax;
}

/** What came of putting tags: written, or nothing, because somebody took the room meanwhile. */
type Put = Written | { readonly full: PlannedTags };

/**
 * Writes what a plan creates and overwrites with one batch action.
 *
 * A refused create (400: somebody was faster, or the key exists and the service does not replace
 * values, which the documents leave open) is planned once more from what is there now. So is a
 * create whose answer was lost. The same plan again is a permanent failure, unless it replaces
 * values: those are then deleted, created, and put back when that fails. Where a fresh read shows that the
 * room is taken, nothing more is written.
 */
async function putTags(resource: ResourceRef, first: PlannedTags, deps: WriteDeps): Promise<Put> {
  if (putsNothing(first.plan)) return { plan: first.plan, wrote: false };
  const failed = await tryCreate(resource, first.plan, deps);
  if (failed === null) return { plan: first.plan, wrote: true };

  const second = await deps.replan();
  if (putsNothing(second.plan)) return settled(first, second);
  if (failed.code !== "rejected") throw failed;
  if (mustMakeRoom(resource, second, failed)) return { full: second };
  if (samePlan(first.plan, second.plan)) return replaceOrThrow(resource, second, failed, deps);

  const failedAgain = await tryCreate(resource, second.plan, deps);
  if (failedAgain === null) return { plan: second.plan, wrote: true };
  if (failedAgain.code !== "rejected") throw failedAgain;
  return replaceOrThrow(resource, second, failedAgain, deps);
}

/** Would what was refused be taken if keys that are to go went first? The service may know of less room than we do. */
function mustMakeRoom(resource: ResourceRef, planned: PlannedTags, refused: CloudError): boolean {
  if (isHopeless(resource, refused)) return false;
  const isLate = isFull(resource, refused) && writesOf(planned.plan).remove.length > 0;
  return isLate || needsRoom(resource, planned);
}

function putsNothing(plan: TagPlan): boolean {
  const { create, overwrite } = writesOf(plan);
  return create.size + overwrite.size === 0;
}

/**
 * Nothing is left to do. If all our values are there, our write arrived and its answer did not (or
 * somebody wrote the very same, which is as good): the first plan is what was done.
 */
function settled(first: PlannedTags, second: PlannedTags): Written {
  const { create, overwrite } = writesOf(first.plan);
  const ours = [...create, ...overwrite].every(([key, value]) => second.current.get(key) === value);
  return ours ? { plan: first.plan, wrote: true } : { plan: second.plan, wrote: false };
}

/**
 * Deletes the keys, or (`null`) those that a fresh read still finds to be deleted once everything else
 * is in place. Answers whether something was deleted.
 */
async function removeTags(
  resource: ResourceRef,
  keys: readonly string[] | null,
  deps: WriteDeps,
): Promise<boolean> {
  const left = keys ?? (await removalsLeft(deps));
  if (left.length === 0) return false;
  const { tags, budget } = deps;
  const failed = await tryWrite(tags.deleteTags(resource, left, budget));
  if (failed === null) return true;
  // Whether deleting a key that is gone is refused is not established; and the answer may be lost.
  const still = await removalsLeft(deps);
  if (still.length === 0) return true;
  if (failed.code !== "rejected" || still.length === left.length) throw failed;
  await tags.deleteTags(resource, still, budget);
  return true;
}

/** Reads once more: what is to go may go only when what is to stay is there. */
async function removalsLeft({ replan }: WriteDeps): Promise<readonly string[]> {
  const { plan } = await replan();
  if (!putsNothing(plan))
    throw newError({ operation: "Verify" }, { code: "unavailable", detail: "not-verified" });
  return writesOf(plan).remove;
}

/** Is it refused for what is asked, so that taking tags away first would not help? */
function isHopeless({ type }: ResourceRef, { serviceCode }: CloudError): boolean {
  return RESOURCE_KINDS[type].hopelessCodes.includes(serviceCode);
}

/** Is it refused because it would be one tag too many? */
function isFull({ type }: ResourceRef, { serviceCode }: CloudError): boolean {
  return RESOURCE_KINDS[type].fullCodes.includes(serviceCode);
}

/** For a service that refuses to create a key that exists: out with the old value, in with the new. */
async function replaceOrThrow(
  resource: ResourceRef,
  planned: PlannedTags,
  refused: CloudError,
  deps: WriteDeps,
): Promise<Written> {
  const { overwrite } = writesOf(planned.plan);
  if (overwrite.size === 0 || isFull(resource, refused) || isHopeless(resource, refused))
    throw refused;
  await deleteThenCreate(resource, planned, [...overwrite.keys()], refused.message, deps);
  return { plan: planned.plan, wrote: true };
}

/** For a resource that is full: what is to go goes first, and comes back when the rest fails. */
async function makeRoom(
  resource: ResourceRef,
  planned: PlannedTags,
  deps: WriteDeps,
): Promise<Written> {
  const { overwrite, remove } = writesOf(planned.plan);
  // A refused overwrite would need a second exchange on a resource that is short of room: one does both.
  const keys = [...remove, ...overwrite.keys()];
  await deleteThenCreate(resource, planned, keys, "no-room", deps);
  return { plan: planned.plan, wrote: true };
}
