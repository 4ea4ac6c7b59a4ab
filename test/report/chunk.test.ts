import { expect, test } from "vitest";
import { inChunks } from "../../shared/core/report/chunk.ts";

const lengths = (...pieces: readonly number[]) =>
  [...inChunks(pieces.map((length) => "x".repeat(length)))].map(({ length }) => length);

test("a chunk ends with the piece that fills it", () => {
  expect(lengths(65_535, 1, 2)).toEqual([65_536, 2]);
  expect(lengths(65_535, 2, 65_536, 1)).toEqual([65_537, 65_536, 1]);
  expect(lengths(200_000, 65_535)).toEqual([200_000, 65_535]);
});

test("no chunk is empty", () => {
  expect(lengths()).toEqual([]);
  expect(lengths(0, 0)).toEqual([]);
  expect(lengths(65_536, 0)).toEqual([65_536]);
});

test("chunks hold the pieces in their order", () => {
  const pieces = ["a".repeat(65_536), "b", "", "c"];
  expect([...inChunks(pieces)].join("")).toBe(pieces.join(""));
});
