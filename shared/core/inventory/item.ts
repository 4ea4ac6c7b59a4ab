import type { Facts, Field } from "../facts.ts";
import type { JsonObject } from "../json-value.ts";
import { isDefaultKeyAlias, type ResourceRef, type ResourceType } from "../resource.ts";
import type { TagSet } from "../tag.ts";
import { type FieldNames, ItemFields, type Told, textIn } from "./item-fields.ts";

/** Why a resource is never to be tagged: it is a service's own key, or about to be deleted. */
export type SkipReason = "default-key" | "pending-deletion";

/** One resource as a list of many tells it. */
export type InventoryItem = {
  readonly resource: ResourceRef;
  /** Without an event. A field that is missing was not told; one that is `null` is known to be absent. */
  readonly facts: Facts;
  /** `null`: not known, which is not the same as none. */
  readonly tags: TagSet | null;
  readonly skip: SkipReason | null;
};

/** Where the lists come from; fields of every resource in them. */
export type InventoryPlace = { readonly region: string | null; readonly project: string };

/** How the description of one kind is read: which of its fields says what. */
type Description = FieldNames & {
  readonly id: string;
  readonly name: string;
  readonly skip: (detail: JsonObject) => SkipReason | null;
};

/** One row a kind (dew-api.md 1.2 and 2.2). */
export const DESCRIPTIONS: { readonly [Type in ResourceType]: Description } = {
  secret: {
    id: "id",
    name: "name",
    texts: new Map<Field, string>([
      ["resource.state", "state"],
      ["resource.kmsKeyId", "kms_key_id"],
      ["resource.secretType", "secret_type"],
      ["resource.enterpriseProject", "enterprise_project_id"],
    ]),
    createdAt: "create_time",
    never: new Set<Field>(["resource.keySpec"]),
    skip: ({ state }) => (state === "PENDING_DELETE" ? "pending-deletion" : null),
  },
  key: {
    id: "key_id",
    name: "key_alias",
    texts: new Map<Field, string>([
      ["resource.state", "key_state"],
      ["resource.keySpec", "key_spec"],
      ["resource.enterpriseProject", "sys_enterprise_project_id"],
    ]),
    createdAt: "creation_date",
    never: new Set<Field>(["resource.kmsKeyId", "resource.secretType"]),
    skip: ({ default_key_flag: flag, key_alias: alias, key_state: state }) => {
      if (flag === "1" || isDefaultKeyAlias(textIn(alias))) return "default-key";
      return state === "4" ? "pending-deletion" : null;
    },
  },
};

/** What a row of a list says of a resource. */
export type ItemRow = {
  readonly id: string;
  readonly detail: JsonObject | null;
  /** Its name where the description has none. */
  readonly name: string | null;
  readonly tags: TagSet | null;
};

/** A resource by its row. Without a description (`null`) little is known of it, and no field is taken for absent. */
export function describeItem(
  type: ResourceType,
  { id, detail, name: rowName, tags }: ItemRow,
  { region, project }: Pick<Told, "region" | "project">,
): InventoryItem {
  const kind = DESCRIPTIONS[type];
  const name = textIn(detail?.[kind.name]) ?? rowName;
  const fields = new ItemFields({ type, id, name, detail, region, project }, kind);
  return {
    resource: name === null ? { type, id } : { type, id, name },
    facts: { type, fields, hasEvent: false },
    tags,
    skip: detail === null ? null : kind.skip(detail),
  };
}
