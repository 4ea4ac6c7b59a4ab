import { JsonRows } from "../json-rows.ts";
import { isJsonObject, type JsonObject, own } from "../json-value.ts";
import { isResourceId, type ResourceType } from "../resource.ts";
import type { TagSet } from "../tag.ts";
import { DESCRIPTIONS, describeItem, type InventoryItem, type InventoryPlace } from "./item.ts";
import { textIn } from "./item-fields.ts";

/** A page of the instance query. */
export type InstancePage = {
  /** One for each row, read when it is its turn; `null` for one that does not say which resource it is. */
  readonly items: Iterable<InventoryItem | null>;
  /** For certain once all items were read. */
  readonly rows: number;
  /** How many rows all pages have together, for certain then, too; `null`: the page does not say. */
  readonly total: number | null;
};

/** A page of list-keys, which knows every key but no tags. */
export type KeyPage = {
  readonly items: readonly InventoryItem[];
  /** How many keys it names, whether or not their ids can be read. */
  readonly rows: number;
  /** The marker of the next page, `null` at the end; `undefined`: there is more, but no marker. */
  readonly next: string | null | undefined;
};

/**
 * Reads a page of the instance query (dew-api.md 1.1 and 2.1): `null` where it has no list of rows.
 * Checked by hand and no further than used: a schema would take longer than reading the JSON itself.
 */
export function readInstancePage(
  type: ResourceType,
  answer: unknown,
  place: InventoryPlace,
): InstancePage | null {
  const rows = answer instanceof JsonRows ? answer : listIn(answer, "resources");
  if (rows === null) return null;
  return {
    items: readRows(type, rows, place),
    get rows() {
      return rows.length;
    },
    get total() {
      return readTotal(answer);
    },
  };
}

function listIn(answer: unknown, field: string): readonly unknown[] | null {
  const list = isJsonObject(answer) ? own(answer, field) : undefined;
  return Array.isArray(list) ? list : null;
}

function* readRows(
  type: ResourceType,
  rows: Iterable<unknown>,
  place: InventoryPlace,
): Generator<InventoryItem | null> {
  for (const row of rows) yield readInstance(type, row, place);
}

/** The number of all rows, of a page or of the action `count`; `null` where the answer has none. */
export function readTotal(answer: unknown): number | null {
  const told = answer instanceof JsonRows ? answer.rest : answer;
  const total = isJsonObject(told) ? own(told, "total_count") : undefined;
  if (typeof total === "string" && /^\d{1,9}$/.test(total)) return Number(total);
  return typeof total === "number" && Number.isInteger(total) && total >= 0 ? total : null;
}

/** Reads a page of list-keys (dew-api.md 2.2): `null` where it is none. */
export function readKeyPage(answer: unknown, place: InventoryPlace): KeyPage | null {
  if (!isJsonObject(answer)) return null;
  const { keys, key_details: details, next_marker: marker, truncated } = answer;
  if (!Array.isArray(keys) && !Array.isArray(details)) return null;
  const described = (Array.isArray(details) ? details : []).flatMap((detail: unknown) => {
    if (!isJsonObject(detail) || !isResourceId(detail.key_id)) return [];
    return [describeItem("key", { id: detail.key_id, detail, ...UNTOLD }, place)];
  });
  const known = new Set(described.map(({ resource }) => resource.id));
  const ids = Array.isArray(keys) ? keys.filter(isResourceId) : [];
  const bare = ids.filter((id) => !known.has(id));
  return {
    items: [
      ...described,
      ...bare.map((id) => describeItem("key", { id, detail: null, ...UNTOLD }, place)),
    ],
    rows: Math.max(lengthOf(keys), lengthOf(details)),
    next: nextMarker(marker, truncated),
  };
}

/** What list-keys does not say beside a description. */
const UNTOLD = { name: null, tags: null } as const;

function lengthOf(list: unknown): number {
  return Array.isArray(list) ? list.length : 0;
}

function nextMarker(marker: unknown, truncated: unknown): string | null | undefined {
  const next = typeof marker === "number" ? String(marker) : textIn(marker);
  if (truncated === false || truncated === "false") return null;
  if (next !== null) return next;
  return truncated === true || truncated === "true" ? undefined : null;
}

/** A row without a usable id, or whose parts speak of two resources, says nothing of anybody. */
function readInstance(
  type: ResourceType,
  row: unknown,
  place: InventoryPlace,
): InventoryItem | null {
  if (!isJsonObject(row)) return null;
  const { resource_id: told, resource_name: name, resource_detail, key_details, tags } = row;
  const detail = objectIn(resource_detail) ?? objectIn(key_details);
  const id = idOf(told, detail?.[DESCRIPTIONS[type].id]);
  if (id === null) return null;
  return describeItem(type, { id, detail, name: textIn(name), tags: tagsIn(tags) }, place);
}

/** The id that both say, or the one that is usable; `null` where there is none, or they are two. */
function idOf(one: unknown, other: unknown): string | null {
  if (one === other) return isResourceId(one) ? one : null;
  if (isResourceId(one)) return isResourceId(other) ? null : one;
  return isResourceId(other) ? other : null;
}

/** The object, or the first of a list: the documents show both (dew-api.md 2.1). */
function objectIn(value: unknown): JsonObject | null {
  const one: unknown = Array.isArray(value) ? value[0] : value;
  return isJsonObject(one) ? one : null;
}

/** `null` unless every entry is a tag: half a list is not known any better than none. */
function tagsIn(list: unknown): TagSet | null {
  if (!Array.isArray(list)) return null;
  const tags = new Map<string, string>();
  for (const tag of list) {
    if (!isJsonObject(tag)) return null;
    const { key, value } = tag;
    const known = typeof value === "string" || value === undefined || value === null;
    if (typeof key !== "string" || !known) return null;
    // The value is optional for an empty one (dew-api.md 1).
    tags.set(key, value ?? "");
  }
  return tags;
}
