import { expect, test } from "vitest";
import type { Facts } from "../../../shared/core/facts.ts";
import type { InventoryItem } from "../../../shared/core/inventory/item.ts";
import { createKeyTags } from "../../../shared/core/inventory/key-tags.ts";

const TAGS = new Map([["CostCenter", "CC-1"]]);

function noted(...items: readonly Partial<InventoryItem>[]) {
  const keyTags = createKeyTags();
  for (const about of items)
    keyTags.note({
      resource: { type: "key", id: "k" },
      facts: { type: "key", fields: new Map(), hasEvent: false },
      tags: TAGS,
      skip: null,
      ...about,
    });
  return keyTags;
}

const encryptedBy = (keyId: string | null, type: Facts["type"] = "secret"): Facts => ({
  type,
  fields: new Map([["resource.kmsKeyId", keyId]]),
  hasEvent: false,
});

test.each<[string, Partial<InventoryItem>, Facts["keyTags"]]>([
  ["its tags", {}, TAGS],
  ["its tags, though it is pending deletion", { skip: "pending-deletion" }, TAGS],
  ["none to read, as a default key", { skip: "default-key" }, null],
  ["none to read, where no list names it", { resource: { type: "key", id: "other" } }, null],
  ["none to read, where only a secret has its id", { resource: { type: "secret", id: "k" } }, null],
])("a secret's key has %s", (_what, about, keyTags) => {
  const facts = encryptedBy("k");
  expect(noted(about).addTo(facts)).toStrictEqual({ ...facts, keyTags });
});

test("a secret that no key encrypts has no key tags to read", () => {
  const facts = encryptedBy(null);
  expect(noted({}).addTo(facts)).toStrictEqual({ ...facts, keyTags: null });
});

test.each<[string, Partial<InventoryItem>, Facts]>([
  ["the key is there and could not be read", { tags: null }, encryptedBy("k")],
  ["nobody read which key encrypts it", {}, { ...encryptedBy(null), fields: new Map() }],
  ["it is a key itself", {}, encryptedBy("k", "key")],
])("the facts stay as they are where %s", (_why, about, facts) => {
  expect(noted(about).addTo(facts)).toBe(facts);
});
