import { describe, expect, test } from "vitest";
import { undoChanges } from "../../../shared/core/run/undo.ts";
import type { TagChange } from "../../../shared/core/tag.ts";
import { tags } from "../plan/builders.ts";

type Entries = { readonly [key: string]: string };

/** What takes back one step, where these tags are there now. */
const undone = (before: string | null, after: string | null, now: Entries, halfWay = false) =>
  undoChanges([{ key: "A", before, after }], tags(now), { run: "r-1", halfWay });

describe("taking back", () => {
  test.each<[string, string | null, string | null, Entries, TagChange]>([
    [
      "a creation deletes",
      null,
      "new",
      { A: "new" },
      { key: "A", op: "delete", from: "new", reason: "undo" },
    ],
    [
      "a replacement writes the value before",
      "old",
      "new",
      { A: "new" },
      { key: "A", op: "overwrite", from: "new", to: "old", source: "undo r-1" },
    ],
    [
      "a deletion creates",
      "old",
      null,
      {},
      { key: "A", op: "create", to: "old", source: "undo r-1" },
    ],
    [
      "keeps a value that somebody wrote after the run",
      null,
      "new",
      { A: "mine" },
      { key: "A", op: "keep", from: "mine", reason: "changed-since" },
    ],
    [
      "keeps what somebody created after it was deleted",
      "old",
      null,
      { A: "mine" },
      { key: "A", op: "keep", from: "mine", reason: "changed-since" },
    ],
    [
      "does not put back what somebody deleted after the run",
      "old",
      "new",
      {},
      { key: "A", op: "keep", reason: "changed-since" },
    ],
  ])("%s", (_what, before, after, now, row) => {
    expect(undone(before, after, now)).toStrictEqual([row]);
  });

  test.each<[string, string | null, string | null, Entries]>([
    ["a creation that is gone", null, "new", {}],
    ["a replacement that somebody took back", "old", "new", { A: "old" }],
    ["a deletion that somebody took back", "old", null, { A: "old" }],
  ])("has no row for %s", (_what, before, after, now) => {
    expect(undone(before, after, now)).toEqual([]);
    expect(undone(before, after, now, true)).toEqual([]);
  });

  test("a run that stopped half way puts back a key that is missing, and no other", () => {
    const row = { key: "A", op: "create", to: "old", source: "undo r-1" };
    expect(undone("old", "new", {}, true)).toStrictEqual([row]);
    const mine = { key: "A", op: "keep", from: "mine", reason: "changed-since" };
    expect(undone("old", "new", { A: "mine" }, true)).toStrictEqual([mine]);
  });

  test("several steps takes back each", () => {
    const steps = [
      { key: "A", before: null, after: "1" },
      { key: "B", before: "2", after: null },
    ];
    const rows = undoChanges(steps, tags({ A: "1" }), { run: "r-1", halfWay: false });
    expect(rows.map(({ key, op }) => [key, op])).toEqual([
      ["A", "delete"],
      ["B", "create"],
    ]);
  });
});
