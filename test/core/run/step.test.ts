import { describe, expect, test } from "vitest";
import { changesLeft, isWrite, stepsOf } from "../../../shared/core/run/step.ts";
import type { TagChange } from "../../../shared/core/tag.ts";
import { tags } from "../plan/builders.ts";

const created: TagChange = { key: "New", op: "create", to: "n", source: "set" };
const replaced: TagChange = { key: "Env", op: "overwrite", from: "prd", to: "prod", source: "map" };
const deleted: TagChange = { key: "Old", op: "delete", from: "o", reason: "unset" };
const kept: TagChange = { key: "Kept", op: "keep", from: "k", reason: "valid" };
const refused: TagChange = { key: "Bad", op: "refuse", to: "b", reason: "no-room" };
const rows = [created, kept, replaced, refused, deleted];

test("rows that create, overwrite or delete change a resource", () => {
  expect(rows.filter(isWrite)).toEqual([created, replaced, deleted]);
});

describe("the steps of a journal", () => {
  test("are what a plan's rows write, before and after", () => {
    expect(stepsOf(rows)).toEqual([
      { key: "New", before: null, after: "n" },
      { key: "Env", before: "prd", after: "prod" },
      { key: "Old", before: "o", after: null },
    ]);
  });

  test.each<[string, TagChange, string | null, string | null]>([
    ["a tag that is put back was not there", { ...replaced, op: "create" }, null, "prod"],
    ["a deletion leaves nothing, whatever it names", { ...deleted, to: "x" }, "o", null],
    ["an empty value is a value", { ...replaced, from: "", to: "" }, "", ""],
    ["a row of a file may leave out an empty value", { key: "A", op: "create" }, null, ""],
    ["and what it replaces", { key: "A", op: "overwrite", to: "a" }, null, "a"],
  ])("%s", (_what, row, before, after) => {
    expect(stepsOf([row])).toEqual([{ key: row.key, before, after }]);
  });
});

describe("what is left of a plan", () => {
  test.each<[string, { readonly [key: string]: string }, readonly TagChange[] | null]>([
    ["is all of it where nothing was written", { Env: "prd", Old: "o" }, rows.filter(isWrite)],
    ["is nothing where all was written", { New: "n", Env: "prod" }, []],
    ["is what was not written", { New: "n", Env: "prd" }, [replaced]],
    ["is what is still to be deleted", { New: "n", Env: "prod", Old: "o" }, [deleted]],
    [
      "creates again what was taken away to be replaced",
      { New: "n" },
      [{ ...replaced, op: "create" }],
    ],
    [
      "does not look at rows that write nothing",
      { New: "n", Env: "prod", Kept: "x", Bad: "y" },
      [],
    ],
    ["is unknown where somebody created the key", { New: "x", Env: "prd" }, null],
    ["is unknown where somebody gave it another value", { Env: "x" }, null],
    ["is unknown where somebody changed what was to go", { Env: "prd", Old: "x" }, null],
  ])("%s", (_what, current, left) => {
    expect(changesLeft(rows, tags(current))).toEqual(left);
  });
});
