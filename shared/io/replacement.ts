import { CloudError } from "../core/error.ts";
import { writesOf } from "../core/plan/plan.ts";
import type { ResourceRef } from "../core/resource.ts";
import type { TagSet } from "../core/tag.ts";
import { newError } from "./failure.ts";
import { type PlannedTags, tryCreate, type WriteDeps } from "./write.ts";

/**
 * Kept back for putting back what was taken: two calls with a retry each. One by one takes longer; what there is no
 * time for is noted as lost.
 */
const PUT_BACK_MS = 3_000;

/** Tags that were taken away, or some of them. */
type Taken = readonly (readonly [key: string, value: string])[];

/**
 * Takes keys away, writes what the plan creates and overwrites, and puts them back when that fails. Does
 * nothing at all where the time might not be enough for putting back.
 */
export async function deleteThenCreate(
  resource: ResourceRef,
  planned: PlannedTags,
  keys: readonly string[],
  detail: string,
  deps: WriteDeps,
): Promise<void> {
  const { tags, clock, budget } = deps;
  const deadlineMs = budget.deadlineMs - PUT_BACK_MS;
  if (clock.now() + PUT_BACK_MS >= deadlineMs)
    throw newError({ operation: "Replace" }, { code: "deadline", detail });
  const early = { ...budget, deadlineMs };
  try {
    await tags.deleteTags(resource, keys, early);
    await createAll(resource, planned, { ...deps, budget: early });
  } catch (error) {
    if (!(await putBack(resource, planned, keys, deps))) throw error;
  }
}

/**
 * Writes what the plan creates and overwrites. Where somebody wrote some of it meanwhile, and the service
 * refuses keys that exist, the rest is written: what was taken away must not be missing in the end.
 */
async function createAll(
  resource: ResourceRef,
  { plan }: PlannedTags,
  deps: WriteDeps,
): Promise<void> {
  const failed = await tryCreate(resource, plan, deps);
  if (failed === null) return;
  if (failed.code !== "rejected") throw failed;
  const { create, overwrite } = writesOf(plan);
  const rest = await deps.replan();
  const left = writesOf(rest.plan);
  if (left.overwrite.size > 0 || left.create.size === create.size + overwrite.size) throw failed;
  const failedAgain = left.create.size === 0 ? null : await tryCreate(resource, rest.plan, deps);
  if (failedAgain !== null) throw failedAgain;
}

/**
 * Gives back what was taken, as far as it is missing; what remains missing is noted. Answers whether
 * there was no need to, because the write had arrived and only its answer had not.
 */
async function putBack(
  resource: ResourceRef,
  { plan, current }: PlannedTags,
  keys: readonly string[],
  { tags, budget, noteLost }: WriteDeps,
): Promise<boolean> {
  let missing: Taken = [...current].filter(([key]) => keys.includes(key));
  try {
    const now = await tags.readTags(resource, budget);
    if (isInPlace(plan, now)) return true;
    missing = missing.filter(([key]) => !now.has(key));
    missing = await giveBack(resource, missing, { tags, budget });
  } catch (error) {
    if (!(error instanceof CloudError)) throw error;
  }
  if (missing.length > 0)
    noteLost(missing.map(([key, from]) => ({ key, op: "delete", from, reason: "lost" })));
  return false;
}

/**
 * Writes tags together; where that is refused, as when somebody took a place meanwhile, one by one. Answers those of
 * which nobody can say that they are there.
 */
async function giveBack(
  resource: ResourceRef,
  given: Taken,
  deps: Pick<WriteDeps, "tags" | "budget">,
): Promise<Taken> {
  if (given.length === 0) return [];
  try {
    await deps.tags.createTags(resource, new Map(given), deps.budget);
    return [];
  } catch (error) {
    if (!(error instanceof CloudError)) throw error;
    if (error.code !== "rejected" || given.length === 1) return given;
    const left: Taken[number][] = [];
    for (const one of given) left.push(...(await giveBack(resource, [one], deps)));
    return left;
  }
}

/** Is everything there that the plan writes, and everything gone that it deletes? */
function isInPlace(plan: PlannedTags["plan"], now: TagSet): boolean {
  const { create, overwrite, remove } = writesOf(plan);
  const there = [...create, ...overwrite].every(([key, value]) => now.get(key) === value);
  return there && remove.every((key) => !now.has(key));
}
