/**
 * Goal: what broken core the tests do not notice is said, and why that is right, and the README shows how much it is.
 * Method: the sentences beside the source that they speak of, and beside what was kept of the last whole run. What is
 * noticed is for `npm run mutate` to find out.
 */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { formatParts, PARTS, partOf, SCORE_MIN, scoreOf } from "./parts.mjs";
import { readSurvivors } from "./survivors.mjs";

const read = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), "utf8");
const kept: readonly { readonly part: string; readonly unjudged: number }[] = JSON.parse(
  read("test/mutation/results.json"),
);

test("every part of the core was mutated", () => {
  expect(kept.map(({ part }) => part)).toEqual(PARTS);
});

describe.each(kept)("in $part", (row) => {
  test("enough is noticed", () => {
    expect(scoreOf([row])).toBeGreaterThanOrEqual(SCORE_MIN);
    expect(row.unjudged).toBe(0);
  });

  test("each sentence about what is not noticed is one, and about source that is there", async () => {
    const survivors = await readSurvivors([row.part]);
    for (const { file, why, name } of survivors) {
      expect(partOf(file), file).toBe(row.part);
      expect(why).toMatch(/^\S.{30,}\.$/s);
      const [original = ""] = name.split(" → ");
      const source = read(file).replace(/\s+/g, " ");
      expect(source, `${file}: ${name}`).toContain(original.replace(/…$/, ""));
    }
  });
});

test("the README shows what was kept", () => {
  expect(read("README.md")).toContain(`\n${formatParts(kept)}\n`);
});
