import type { Facts } from "../facts.ts";
import { RESOURCE_KINDS } from "../resource.ts";
import type { TagSet } from "../tag.ts";
import type { InventoryItem } from "./item.ts";

/** The tags of the keys of an inventory, for the secrets that they encrypt and that come after them. */
export type KeyTags = {
  note(item: InventoryItem): void;
  /** The facts with the encrypting key's tags, as far as they are known. */
  addTo(facts: Facts): Facts;
};

/**
 * Holds the tags of keys. A key that no list names has no tags to read, and a default key can have none
 * (dew-api.md 2.2); the tags of one that is there but could not be read stay unread.
 */
export function createKeyTags(): KeyTags {
  const known = new Map<string, TagSet | "unread">();
  return {
    note({ resource: { type, id }, tags, skip }) {
      if (RESOURCE_KINDS[type].hasEncryptingKey || skip === "default-key") return;
      known.set(id, tags ?? "unread");
    },
    addTo(facts) {
      const keyId = facts.fields.get("resource.kmsKeyId");
      if (!RESOURCE_KINDS[facts.type].hasEncryptingKey || keyId === undefined) return facts;
      const tags = keyId === null ? null : (known.get(keyId) ?? null);
      if (tags === "unread") return facts;
      const { type, fields, hasEvent } = facts;
      return { type, fields, hasEvent, keyTags: tags };
    },
  };
}
