import { type Facts, type Field, RESOURCE_FIELDS, type ResourceField } from "../facts.ts";

/** A field's value (`null`: known to be absent), or which field must be read first. */
export type FieldReading =
  | { readonly read: true; readonly value: string | null }
  | { readonly read: false; readonly need: ResourceField };

/**
 * Looks a field up in the facts. Only a resource's own fields can still be read: an event field, the
 * region or the project that is not there is absent for good.
 */
export function readField(facts: Facts, field: Field): FieldReading {
  if (field === "resource.type") return { read: true, value: facts.type };
  const value = facts.fields.get(field);
  if (value !== undefined) return { read: true, value };
  const need = RESOURCE_FIELDS.find((name) => name === field);
  return need === undefined ? { read: true, value: null } : { read: false, need };
}
