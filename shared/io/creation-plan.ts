import type { Detail } from "../core/answer.ts";
import { CloudError } from "../core/error.ts";
import type { Facts, Need } from "../core/facts.ts";
import { planTags } from "../core/plan/plan.ts";
import type { Policy } from "../core/policy/policy.ts";
import { isResourceId, type ResourceRef } from "../core/resource.ts";
import type { TagSet } from "../core/tag.ts";
import { parseTime } from "../core/time.ts";
import { completeFacts, factsOf, type Place } from "../core/trace/creation-facts.ts";
import type { Decision } from "../core/trace/decision.ts";
import type { Identity } from "../core/trace/identity.ts";
import type { Trace } from "../core/trace/trace.ts";
import type { Budget } from "./cloud.ts";
import { newError } from "./failure.ts";
import type { TagApi } from "./tag-api.ts";
import type { PlannedTags } from "./write.ts";

/** By how much the clocks of two services may differ. */
const CLOCKS_DIFFER_MS = 60_000;

/** A decision to tag. */
export type ToTag = Extract<Decision, { readonly do: "tag" }>;

export type PlanDeps = { readonly policy: Policy; readonly tags: TagApi };

/** A resource by its id; a secret that is known only by its name costs one ShowSecret. */
export async function locate(
  identity: Exclude<Identity, { readonly by: "nothing" }>,
  { tags }: PlanDeps,
  budget: Budget,
): Promise<{ readonly ref: ResourceRef; readonly detail: Detail | null }> {
  if (identity.by === "id") return { ref: identity.ref, detail: null };
  const detail = await tags.describeSecretByName(identity.name, budget);
  return { ref: { type: "secret", id: detail.id, name: identity.name }, detail };
}

/** Was the holder of the name created after the trace? Then it is another one, with another creator. */
function isYounger({ fields }: Detail, { timeMs }: Trace): boolean {
  const createdMs = parseTime(fields.get("resource.createdAt"));
  return timeMs !== null && createdMs !== null && createdMs > timeMs + CLOCKS_DIFFER_MS;
}

/** Where a traced resource is, what is known of it, and what its creation wants. */
export type TracedPlan = PlannedTags & { readonly ref: ResourceRef; readonly facts: Facts };

/** Finds the resource of a trace, reads its tags and plans what its creation wants. */
export async function planTraced(
  trace: Trace,
  { creation, identity }: ToTag,
  deps: PlanDeps & Place,
  budget: Budget,
  noteFound: (ref: ResourceRef) => void,
): Promise<TracedPlan> {
  const { ref, detail } = await locate(identity, deps, budget);
  if (detail !== null && creation.createdByUser && isYounger(detail, trace))
    throw newError({ operation: "ShowSecret" }, { code: "absent", detail: "created again since" });
  noteFound(ref);
  const traced = factsOf(trace, creation, ref, deps);
  const known = detail === null ? traced : completeFacts(traced, detail);
  return { ref, ...(await planCreation(ref, known, deps, budget)) };
}

/**
 * Reads a resource's tags and plans its creation tags. What the policy asks for and the trace lacks
 * (a field, the encrypting key's tags) is read only when a missing tag depends on it. Answers with
 * the completed facts, so that planning once more costs one read.
 */
export async function planCreation(
  ref: ResourceRef,
  known: Facts,
  deps: PlanDeps,
  budget: Budget,
): Promise<PlannedTags & { readonly facts: Facts }> {
  const current = await deps.tags.readTags(ref, budget);
  const plan = (facts: Facts) => planTags(deps.policy, facts, current, "creation");
  let facts = known;
  let planned = plan(facts);
  while (planned.needs.length > 0) {
    facts = await supply(planned.needs, ref, facts, deps, budget);
    planned = plan(facts);
  }
  return { plan: planned, current, facts };
}

/** Supplies at least one of the needs, so that asking again comes to an end. */
async function supply(
  needs: readonly Need[],
  ref: ResourceRef,
  facts: Facts,
  { tags }: PlanDeps,
  budget: Budget,
): Promise<Facts> {
  if (needs.some((need) => need !== "keyTags")) {
    const detail = await tags.describe(ref, budget);
    if (detail.defaultKey)
      throw newError({ operation: "Describe" }, { code: "untaggable", detail: "default-key" });
    return completeFacts(facts, detail);
  }
  const keyId = facts.fields.get("resource.kmsKeyId");
  return { ...facts, keyTags: await readKeyTags(keyId, tags, budget) };
}

/** `null` where there is no key to read: none is named, or it does not exist. */
async function readKeyTags(id: unknown, tags: TagApi, budget: Budget): Promise<TagSet | null> {
  if (!isResourceId(id)) return null;
  try {
    return await tags.readTags({ type: "key", id }, budget);
  } catch (error) {
    if (!(error instanceof CloudError)) throw error;
    // A default key can have no tags; whether asking for them is refused is not established.
    if (error.code === "absent" || error.detail === "default-key") return null;
    // What is said of the key must not be taken for a verdict on the secret.
    throw error.code === "untaggable" ? newError(error, { ...error, code: "rejected" }) : error;
  }
}
