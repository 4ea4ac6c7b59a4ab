import { expect, test } from "vitest";
import { contradictionsIn } from "../../../shared/core/run/contradiction.ts";
import type { Edits } from "../../../shared/core/run/edits.ts";

test.each<[string, Edits, string]>([
  ["a key is renamed to itself", { rename: { A: "A" } }, '"A" is renamed to itself'],
  [
    "a key is renamed and renamed to",
    { rename: { A: "B", B: "C" } },
    '"B" is renamed, and another key is renamed to it',
  ],
  ["a key is renamed and set", { rename: { A: "B" }, set: { A: "1" } }, '"A" is renamed and set'],
  ["a key is set and unset", { set: { A: "1" }, unset: ["A"] }, '"A" is set and unset'],
  [
    "values are mapped in a chain",
    { map: { A: { x: "y", y: "z" } } },
    '"A": "x" is mapped to "y", which is mapped, too',
  ],
])("edits contradict each other where %s", (_what, edits, sentence) => {
  expect(contradictionsIn(edits)).toEqual([sentence]);
});

test("each contradiction is told", () => {
  const edits = {
    rename: { A: "B", B: "A" },
    set: { A: "1", C: "2" },
    unset: ["A", "C"],
    map: { D: { x: "y", y: "x" } },
  };
  expect(contradictionsIn(edits)).toHaveLength(7);
});

test("edits that can all be meant do not contradict each other", () => {
  const edits = {
    rename: { a: "A", b: "A" },
    map: { A: { x: "y", y: "y" }, B: { y: "z" } },
    set: { C: "1" },
    unset: ["a", "D"],
  };
  expect(contradictionsIn(edits)).toEqual([]);
  expect(contradictionsIn({})).toEqual([]);
});
