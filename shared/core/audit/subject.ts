import type { InventoryItem } from "../inventory/item.ts";
import type { Policy } from "../policy/policy.ts";
import { type Subject, UNREAD } from "../selector.ts";

/** What selectors are asked about a resource as it is. */
export function subjectOf({ facts, tags }: InventoryItem, { selectors }: Policy): Subject {
  return { facts, selectors, tagValue: (key) => (tags === null ? UNREAD : tags.get(key)) };
}
