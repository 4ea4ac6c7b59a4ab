import { EVENT_FIELDS, type Facts, type Field, RESOURCE_FIELDS } from "../facts.ts";
import { valueAt } from "../json-value.ts";
import { isResourceId, type ResourceRef } from "../resource.ts";
import { parseTime, toIsoTime } from "../time.ts";
import type { Creation } from "./creation-trace.ts";
import { namesOf } from "./identity.ts";
import { DETAIL_FIELDS, type DetailField, TRACE_LAYOUTS, textsAt } from "./layout.ts";
import type { Trace } from "./trace.ts";

// The id of a secret's key goes into a path when a tag is inherited.
const DETAIL_CHECKS: { readonly [F in DetailField]?: (text: string) => boolean } = {
  "resource.kmsKeyId": isResourceId,
};
const isGiven = (text: string) => text !== "";

/** Where the function runs; a trace's own project comes first. */
export type Place = { readonly region: string | null; readonly project: string | null };

/**
 * What a creation's trace tells about its resource.
 *
 * A field of the resource that the trace lacks is left out: it was not read, and one more call could
 * read it. A field of the event that the trace lacks is `null`: nothing else could supply it; nor is
 * there a creator where the resource was only restored. What this kind cannot have is `null`, too.
 */
export function factsOf(trace: Trace, creation: Creation, ref: ResourceRef, place: Place): Facts {
  const fields = new Map<Field, string | null>();
  for (const field of EVENT_FIELDS) {
    const known = creation.createdByUser || !field.startsWith("creator.");
    fields.set(field, known ? (trace.fields.get(field) ?? null) : null);
  }
  fields.set("region", place.region);
  fields.set("project", trace.fields.get("project") ?? place.project);
  fields.set("resource.id", ref.id);
  fields.set("resource.type", ref.type);

  const name = ref.name ?? namesOf(trace, ref.type).find((candidate) => candidate !== ref.id);
  if (name !== undefined) fields.set("resource.name", name);
  const createdAtMs = createdAtMsOf(trace, creation, ref);
  if (createdAtMs !== null) fields.set("resource.createdAt", toIsoTime(createdAtMs));

  const { details } = TRACE_LAYOUTS[ref.type];
  for (const field of DETAIL_FIELDS) {
    const paths = details[field];
    const check = DETAIL_CHECKS[field] ?? isGiven;
    const value =
      paths === null ? null : [trace.fields.get(field) ?? "", ...textsAt(trace, paths)].find(check);
    if (value !== undefined) fields.set(field, value);
  }
  return { type: ref.type, fields, hasEvent: true };
}

/** What the service says of a resource wins over what its trace said; the trace fills the gaps. */
export function completeFacts(facts: Facts, detail: Pick<Facts, "fields">): Facts {
  const fields = new Map(facts.fields);
  for (const field of RESOURCE_FIELDS)
    fields.set(field, detail.fields.get(field) ?? fields.get(field) ?? null);
  return { ...facts, fields };
}

/** A restored resource is older than its trace. */
function createdAtMsOf(trace: Trace, creation: Creation, ref: ResourceRef): number | null {
  for (const path of TRACE_LAYOUTS[ref.type].createdAt) {
    const timeMs = parseTime(valueAt(trace, path));
    if (timeMs !== null) return timeMs;
  }
  return creation.createdByUser ? trace.timeMs : null;
}
