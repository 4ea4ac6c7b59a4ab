import { describe, expect, test } from "vitest";
import { type Census, createCensus } from "../../../shared/core/inventory/census.ts";
import type { InventoryItem } from "../../../shared/core/inventory/item.ts";

const item = (id: string, about: Partial<InventoryItem> = {}): InventoryItem => ({
  resource: { type: "key", id },
  facts: { type: "key", fields: new Map(), hasEvent: false },
  tags: new Map(),
  skip: null,
  ...about,
});
const untold = (id: string) => item(id, { tags: null });

/** A census after a first reading of these, of which the service counts so many. */
function censusOf(counted: number | null, ...items: readonly InventoryItem[]): Census {
  const census = createCensus();
  census.begin(counted);
  for (const one of items) census.meet(one, "query");
  return census;
}

const idsOf = (census: Census) => census.unread().map(({ resource }) => resource.id);

describe("one reading", () => {
  test("counts each id once, however often it comes", () => {
    const census = createCensus();
    census.begin(2);
    const isNew = ["a", "b", "a", "b"].map((id) => census.meet(item(id), "query"));
    expect(isNew).toEqual([true, true, false, false]);
    expect(census.agrees()).toBe(true);
    expect(census.count()).toEqual({ counted: 2, examined: 2, skipped: 0, unreadable: 0 });
  });

  test.each([
    [null, true],
    [1, false],
    [2, true],
    [3, false],
  ])("of two, where the service counts %j, agrees: %s", (counted, agrees) => {
    const census = censusOf(counted, item("a"), item("b"));
    expect(census.agrees()).toBe(agrees);
    expect(census.count()).toEqual({ counted, examined: 2, skipped: 0, unreadable: 0 });
  });

  test("examines what the query tells, and counts what is skipped wherever it was met", () => {
    const census = createCensus();
    census.begin(2);
    census.meet(item("a"), "query");
    census.meet(item("b", { skip: "default-key" }), "query");
    census.meet(item("c", { tags: null, skip: "pending-deletion" }), "list");
    expect(census.agrees()).toBe(true);
    expect(census.count()).toEqual({ counted: 2, examined: 2, skipped: 2, unreadable: 0 });
  });

  test("tells whom it could not read, until it can", () => {
    const census = censusOf(2, item("a"), untold("b"));
    expect(idsOf(census)).toEqual(["b"]);
    expect(census.agrees()).toBe(false);
    expect(census.count()).toEqual({ counted: 2, examined: 1, skipped: 0, unreadable: 1 });

    expect(census.meet(item("b"), "query")).toBe(true);
    expect(idsOf(census)).toEqual([]);
    expect(census.agrees()).toBe(true);
    expect(census.count()).toEqual({ counted: 2, examined: 2, skipped: 0, unreadable: 0 });
  });

  test("does not agree where somebody could not be read, though the service gives no number", () => {
    const census = censusOf(null, untold("a"));
    expect(census.agrees()).toBe(false);
    expect(idsOf(census)).toEqual(["a"]);
  });

  test("could read whoever was read once", () => {
    const census = censusOf(1, item("a"));
    expect(census.meet(untold("a"), "list")).toBe(false);
    expect(idsOf(census)).toEqual([]);
    expect(census.agrees()).toBe(true);
  });
});

describe("rows without an id", () => {
  test.each([
    ["none", 0, 0, 0],
    ["of the query", 2, 0, 2],
    ["of the list", 0, 3, 3],
    ["of both", 2, 2, 4],
    ["fewer than none, as a page that says too little of itself leaves them", -2, -1, 0],
  ])("%s make the reading disagree and are unreadable", (_which, query, list, unreadable) => {
    const census = censusOf(null, item("a"));
    census.missRows("query", query);
    census.missRows("list", list);
    expect(census.agrees()).toBe(unreadable === 0);
    expect(census.count()).toEqual({ counted: null, examined: 1, skipped: 0, unreadable });
  });

  test("add up over the pages", () => {
    const census = censusOf(null);
    for (const rows of [1, 0, 2]) census.missRows("query", rows);
    expect(census.count().unreadable).toBe(3);
  });

  test.each([
    [0, 1, 1],
    [1, 1, 1],
    [3, 1, 3],
    [1, 2, 2],
  ])("%i of the query are some of the %i that only the list names", (rows, listed, unreadable) => {
    const census = censusOf(null);
    census.missRows("query", rows);
    for (let index = 0; index < listed; index++) census.meet(untold(`k-${index}`), "list");
    expect(census.count().unreadable).toBe(unreadable);
  });

  test("of the query are none of those that it names and that could not be read", () => {
    const census = censusOf(null, untold("a"));
    census.missRows("query", 1);
    expect(census.count().unreadable).toBe(2);
  });

  test("stay where they were first met: in the query, though the list names them too", () => {
    const census = censusOf(null, untold("a"));
    census.meet(untold("a"), "list");
    census.missRows("query", 1);
    expect(census.count().unreadable).toBe(2);
  });
});

describe("a second reading", () => {
  test("that agrees is believed alone: whom it does not meet is gone", () => {
    const census = censusOf(3, item("a"), item("b", { skip: "default-key" }));
    census.begin(1);
    expect(census.meet(item("a"), "query")).toBe(false);
    expect(census.agrees()).toBe(true);
    expect(census.count()).toEqual({ counted: 1, examined: 1, skipped: 0, unreadable: 0 });
  });

  test("that does not agree adds to the first: whoever was met in either counts", () => {
    const census = censusOf(3, item("a"), item("b", { skip: "default-key" }));
    census.begin(3);
    expect(census.meet(item("a"), "query")).toBe(false);
    expect(census.meet(item("c"), "query")).toBe(true);
    expect(census.meet(item("c"), "query")).toBe(false);
    expect(census.agrees()).toBe(false);
    expect(census.count()).toEqual({ counted: 3, examined: 3, skipped: 1, unreadable: 0 });
  });

  test("begins without the missing rows of the first", () => {
    const census = censusOf(1, item("a"));
    census.missRows("query", 1);
    census.missRows("list", 1);
    census.begin(1);
    census.meet(item("a"), "query");
    expect(census.agrees()).toBe(true);
    expect(census.count().unreadable).toBe(0);
  });

  test("forgets whom the first could not read where it agrees without them", () => {
    const census = censusOf(2, item("a"), untold("b"));
    census.begin(1);
    census.meet(item("a"), "query");
    expect(idsOf(census)).toEqual([]);
    expect(census.count()).toEqual({ counted: 1, examined: 1, skipped: 0, unreadable: 0 });
  });

  test("keeps whom the first could not read where it does not agree", () => {
    const census = censusOf(2, item("a"), untold("b"));
    census.begin(2);
    census.meet(item("a"), "query");
    expect(idsOf(census)).toEqual(["b"]);
    expect(census.count()).toEqual({ counted: 2, examined: 1, skipped: 0, unreadable: 1 });
  });

  test("can read whom the first could not", () => {
    const census = censusOf(1, untold("a"));
    census.begin(1);
    expect(census.meet(item("a"), "query")).toBe(true);
    expect(census.agrees()).toBe(true);
    expect(census.count()).toEqual({ counted: 1, examined: 1, skipped: 0, unreadable: 0 });
  });

  test("that cannot read whom the first could leaves them read", () => {
    const census = censusOf(1, item("a"));
    census.begin(1);
    expect(census.meet(untold("a"), "query")).toBe(false);
    expect(idsOf(census)).toEqual([]);
    expect(census.agrees()).toBe(false);
    expect(census.count()).toEqual({ counted: 1, examined: 1, skipped: 0, unreadable: 0 });
  });

  test("that cannot read them either does not agree, and tells them as it met them", () => {
    const census = censusOf(null, untold("a"));
    census.begin(null);
    expect(census.meet(untold("a"), "list")).toBe(false);
    expect(census.agrees()).toBe(false);
    census.missRows("query", 1);
    expect(census.count().unreadable).toBe(1);
  });
});
