/**
 * Goal: an alarm can tell that creations are not seen any more, from what an audit reads anyway.
 * Method: enumerated resources, around the borders of the time between two audits.
 */
import { describe, expect, test } from "vitest";
import { createArrivals } from "../../../shared/core/audit/arrivals.ts";
import type { InventoryItem } from "../../../shared/core/inventory/item.ts";
import { constant, from, policy, rule, source } from "../plan/builders.ts";
import { item, NOW_MS } from "./fixture.ts";

const DAY_MS = 86_400_000;
const [GRACE_MS, VISIBLE_MS] = [120_000, 600_000];
const guards = {
  ...policy({}).guards,
  grace: { defaultMs: 5_000, byAgent: [{ agent: "terraform", ms: GRACE_MS }] },
  visibleMs: VISIBLE_MS,
};
const SETTLE_MS = GRACE_MS + VISIBLE_MS;
const ofDefault = policy({ guards, tags: [rule("Env", { sources: [constant("dev")] })] });
const ofCreator = policy({
  guards,
  tags: [rule("By", { aliases: ["by"], sources: [from("creator.name")] })],
});
const ofKey = policy({
  guards,
  tags: [rule("Cost", { sources: [source({ kind: "inherit", of: "kmsKey" })] }), rule("Contact")],
});
const ofBoth = policy({
  guards,
  tags: [
    rule("Env", { sources: [constant("dev")] }),
    rule("Cost", { sources: [source({ kind: "inherit", of: "kmsKey" })] }),
    rule("Contact"),
  ],
});
const created = (ms: number) => ({
  fields: { "resource.createdAt": new Date(NOW_MS + ms).toISOString() },
});
const yesterday = created(-DAY_MS / 2);

function count(rules: typeof ofDefault, items: readonly InventoryItem[]) {
  const arrivals = createArrivals(rules, { sinceMs: NOW_MS - DAY_MS, nowMs: NOW_MS });
  for (const one of items) arrivals.take(one);
  return arrivals.count();
}

describe("of what was created since the last audit", () => {
  test.each([
    ["has no tag", ofDefault, item({}, yesterday), 1],
    ["has only tags of others", ofDefault, item({ Team: "x" }, yesterday), 1],
    ["has an empty tag", ofDefault, item({ Env: "" }, yesterday), 1],
    ["has a tag that creation writes", ofDefault, item({ Env: "prod" }, yesterday), 0],
    ["has none of its creator", ofCreator, item({}, yesterday), 1],
    ["has its creator under an alias", ofCreator, item({ by: "ann" }, yesterday), 0],
    ["can have no tag on creation", ofKey, item({}, { ...yesterday, type: "key" }), 0],
    ["has one of those that creation writes", ofBoth, item({ Cost: "x" }, yesterday), 0],
    ["has one that creation never writes", ofBoth, item({ Contact: "x" }, yesterday), 1],
    ["can have some on creation", ofBoth, item({}, { ...yesterday, type: "key" }), 1],
    ["has tags that cannot be read", ofDefault, item(null, yesterday), 0],
  ])("one that %s is missed or not", (_, rules, one, missed) => {
    expect(count(rules, [one])).toEqual({ created: 1, missed });
  });

  test("nothing counts that may not be tagged, or whose time is not told", () => {
    const skipped = item({}, { ...yesterday, skip: "pending-deletion" });
    const timeless = item({}, { fields: { "resource.createdAt": undefined } });
    expect(count(ofDefault, [skipped, timeless])).toEqual({ created: 0, missed: 0 });
  });

  test("each is counted by one audit, once its function had the time to tag it", () => {
    const at = (ms: number) => count(ofDefault, [item({}, created(ms))]).created;
    expect(at(-SETTLE_MS)).toBe(1);
    expect(at(-SETTLE_MS + 1)).toBe(0);
    expect(at(-DAY_MS - SETTLE_MS + 1)).toBe(1);
    expect(at(-DAY_MS - SETTLE_MS)).toBe(0);
  });
});
