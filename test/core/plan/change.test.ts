import { expect, test } from "vitest";
import { change, keepAll } from "../../../shared/core/plan/change.ts";
import { movesTag } from "../../../shared/core/plan/plan.ts";
import type { TagChange, TagOp } from "../../../shared/core/tag.ts";

// Rows are compared strictly: a field that is there and undefined would be a column of the plan file.

test("a row holds what is known of it, and no more", () => {
  const nothing = {
    from: undefined,
    to: undefined,
    source: undefined,
    reason: undefined,
    adjustedFrom: undefined,
    passed: undefined,
  };
  expect(change("Owner", "keep", nothing)).toStrictEqual({ key: "Owner", op: "keep" });
  expect(change("Owner", "keep", { passed: [] })).toStrictEqual({ key: "Owner", op: "keep" });
});

test("a row holds all that is known of it, empty texts too", () => {
  const fields = {
    from: "",
    to: "ann",
    source: "creator.name",
    reason: "valid",
    adjustedFrom: "Ann",
    passed: [{ source: "const", reason: "invalid" }],
  } as const;
  expect(change("Owner", "overwrite", fields)).toStrictEqual({
    key: "Owner",
    op: "overwrite",
    ...fields,
  });
});

test("each tag that stays has a row with its value and the reason", () => {
  const kept = keepAll(
    [
      { key: "owner", value: "ann" },
      { key: "OWNER", value: "" },
    ],
    "alias",
  );
  expect(kept).toStrictEqual([
    { key: "owner", op: "keep", from: "ann", reason: "alias" },
    { key: "OWNER", op: "keep", from: "", reason: "alias" },
  ]);
});

const gone = (key: string): TagChange => ({ key, op: "delete", from: "ann" });
const put = (op: TagOp, source?: string): TagChange => change("Owner", op, { to: "ann", source });

test.each<[string, boolean, readonly TagChange[]]>([
  ["an alias is merged into a new key", true, [put("create", "alias owner"), gone("owner")]],
  ["an alias fills an empty key", true, [put("overwrite", "alias owner"), gone("owner")]],
  ["a key is renamed", true, [put("create", "rename owner"), gone("owner")]],
  ["one of several keys is renamed", true, [gone("Old"), put("create", "rename b"), gone("b")]],
  ["the value comes from elsewhere", false, [put("create", "const"), gone("owner")]],
  ["the value says no source", false, [put("create"), gone("owner")]],
  ["another alias gave the value", false, [put("create", "alias OWNER"), gone("owner")]],
  ["the alias stays", false, [put("create", "alias owner"), change("owner", "keep", {})]],
  ["there is no room for the key", false, [put("refuse", "alias owner"), gone("owner")]],
  ["the key had the value before", false, [put("keep", "alias owner"), gone("owner")]],
  ["nothing is written beside", false, [gone("owner")]],
  ["nothing changes", false, []],
])("where %s, a value moves: %s", (_where, moves, changes) => {
  expect(movesTag({ changes })).toBe(moves);
});
