import fc from "fast-check";
import { expect, test } from "vitest";
import { batchesOf } from "../../../shared/io/queue/batches.ts";

const bytesOf = (texts: readonly string[]) =>
  texts.reduce((sum, text) => sum + Buffer.byteLength(JSON.stringify(text)), 0);

test("batches hold every text once, in order, and stay within both limits", () => {
  const texts = fc.array(fc.string({ unit: "grapheme", maxLength: 20 }));
  const limit = fc.integer({ min: 1, max: 60 });
  fc.assert(
    fc.property(texts, fc.integer({ min: 1, max: 5 }), limit, (all, countMax, bytesMax) => {
      const batches = batchesOf(all, countMax, bytesMax);
      expect(batches.flat()).toEqual(all);
      for (const batch of batches) {
        expect(batch.length).toBeGreaterThan(0);
        expect(batch.length).toBeLessThanOrEqual(countMax);
        if (batch.length > 1) expect(bytesOf(batch)).toBeLessThanOrEqual(bytesMax);
      }
    }),
  );
});

test("a batch is no smaller than it must be", () => {
  expect(batchesOf(["aa", "bb", "cc"], 9, 8)).toEqual([["aa", "bb"], ["cc"]]);
  expect(batchesOf(["aa", "bb", "cc"], 1, 99)).toEqual([["aa"], ["bb"], ["cc"]]);
  expect(batchesOf([], 1, 1)).toEqual([]);
});
