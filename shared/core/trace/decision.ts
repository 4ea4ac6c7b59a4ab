import { RESOURCE_KINDS, type ResourceType } from "../resource.ts";
import {
  type Creation,
  creationOf,
  isTagTrace,
  UNTRACEABLE_CREATIONS,
  type UntraceableReason,
} from "./creation-trace.ts";
import { type Identity, identify } from "./identity.ts";
import { TRACE_LAYOUTS, textsAt } from "./layout.ts";
import type { Trace } from "./trace.ts";

/**
 * Why a trace is no reason to tag anything.
 *
 * - `tag-trace`: a call that tags, perhaps our own (the loop guard).
 * - `other-trace`: it creates nothing that we tag.
 * - `replica`: a replica of a key; its id lives in another region.
 * - `batch-import`: secrets that were imported together; the trace has no ids, the audit finds them.
 * - `other-service`: a creation's name, but another service's resource type.
 * - `other-type`: a creation, but for the other creation function.
 * - `failed-trace`: the call failed, so there is nothing new.
 * - `default-key`: a key that a service owns; it cannot be tagged.
 */
export const IGNORE_REASONS = [
  "tag-trace",
  "other-trace",
  "replica",
  "batch-import",
  "other-service",
  "other-type",
  "failed-trace",
  "default-key",
] as const;
export type IgnoreReason = (typeof IGNORE_REASONS)[number];

/** What a creation function does with a trace. `no-id`: neither an id nor a name that can be used. */
export type Decision =
  | {
      readonly do: "tag";
      readonly creation: Creation;
      readonly identity: Exclude<Identity, { readonly by: "nothing" }>;
    }
  | { readonly do: "ignore"; readonly reason: IgnoreReason }
  | { readonly do: "reject"; readonly reason: "no-id" };

/**
 * Decides whether a trace is a creation that the function for `type` tags.
 *
 * Trace names and resource types are compared without case, and an empty resource type is accepted.
 * `service_type` is not looked at: which one CSMS has is not established (dew-api.md 6.3).
 */
export function decide(trace: Trace, type: ResourceType): Decision {
  const creation = creationOf(trace.name);
  if (creation === null) return { do: "ignore", reason: reasonOf(trace) };
  const reason = ignoreReasonOf(trace, creation, type);
  if (reason !== null) return { do: "ignore", reason };

  const identity = identify(trace, type);
  if (identity.by === "nothing") return { do: "reject", reason: "no-id" };
  return { do: "tag", creation, identity };
}

/** Why a trace whose name is not that of a creation is ignored. */
function reasonOf(trace: Trace): "tag-trace" | "other-trace" | UntraceableReason {
  if (isTagTrace(trace.name)) return "tag-trace";
  const row = UNTRACEABLE_CREATIONS.find(
    ({ type, words }) => concerns(trace, type) && words.every((word) => word.test(trace.name)),
  );
  return row?.reason ?? "other-trace";
}

function ignoreReasonOf(trace: Trace, creation: Creation, type: ResourceType): IgnoreReason | null {
  if (!concerns(trace, creation.type)) return "other-service";
  if (creation.type !== type) return "other-type";
  if (!trace.succeeded) return "failed-trace";
  const { names, isDefault, isReplica } = TRACE_LAYOUTS[type];
  if (isDefault(trace, [trace.resourceName, ...textsAt(trace, names)])) return "default-key";
  if (isReplica(trace)) return "replica";
  return null;
}

/** Is the trace about this kind of resource? One without a resource type may be about any. */
export function concerns(trace: Trace, type: ResourceType): boolean {
  const resourceType = trace.resourceType.trim().toLowerCase();
  return resourceType === "" || RESOURCE_KINDS[type].traceTypes.includes(resourceType);
}
