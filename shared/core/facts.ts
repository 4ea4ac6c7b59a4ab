import type { ResourceType } from "./resource.ts";
import type { TagSet } from "./tag.ts";

/** Fields that only a creation event knows. Bulk retagging and audits have none of them. */
export const EVENT_FIELDS = [
  "creator.name",
  "creator.id",
  "creator.type",
  "creator.domain",
  "creator.ip",
  "creator.agent",
  "event.time",
  "event.id",
  "event.type",
] as const;

/** Fields of the resource itself: from the trace where it has them, else from one more read. */
export const RESOURCE_FIELDS = [
  "resource.name",
  "resource.id",
  "resource.type",
  "resource.state",
  "resource.createdAt",
  "resource.kmsKeyId",
  "resource.secretType",
  "resource.keySpec",
  "resource.enterpriseProject",
] as const;

/** Every field that `from` and `lookup … by` may name. Times are ISO 8601 in UTC. */
export const FIELDS = [...EVENT_FIELDS, ...RESOURCE_FIELDS, "region", "project"] as const;

export type EventField = (typeof EVENT_FIELDS)[number];
export type ResourceField = (typeof RESOURCE_FIELDS)[number];
export type Field = (typeof FIELDS)[number];

/** Something a plan wants to know and that was not read: a field, or the encrypting key's tags. */
export type Need = ResourceField | "keyTags";

/**
 * All that is known about a resource apart from its tags.
 *
 * "Not read" is not "has none": a field that is missing from the map was not read, a field that is
 * `null` is known to be absent.
 */
export type Facts = {
  readonly type: ResourceType;
  readonly fields: ReadonlyMap<Field, string | null>;
  /** False in bulk runs and audits: sources that need an event are passed over as `no-event`. */
  readonly hasEvent: boolean;
  /** Tags of the key that encrypts a secret. `undefined`: not read. `null`: there is none to read. */
  readonly keyTags?: TagSet | null;
};

/** Does only a creation event know this field? */
export function isEventField(field: Field): field is EventField {
  const ofEvents: readonly Field[] = EVENT_FIELDS;
  return ofEvents.includes(field);
}
