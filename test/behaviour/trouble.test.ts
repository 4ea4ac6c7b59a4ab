/**
 * Goal: what each trouble comes to in each use, as the README tells it.
 * Method: the real functions against the local cloud, each trouble alone; the README's table must be the result.
 */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { TROUBLES, type Uses } from "./trouble.ts";
import { ENDINGS } from "./uses.ts";

const README = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
const USES = ["creation", "bulk", "audit"] as const satisfies readonly Uses[];
const HEAD = "| What happens | A new secret | One of a bulk run | An audit |";

test.each(TROUBLES)("what the README says of: $name", async (trouble) => {
  const cells: string[] = [];
  for (const use of USES)
    cells.push(trouble.never?.includes(use) ? "–" : await ENDINGS[use](trouble));
  const told = README.split("\n").find((line) => line.startsWith(`| ${trouble.name} |`)) ?? "";
  expect(told).toBe(`| ${[trouble.name, ...cells].join(" | ")} |`);
});

test("the README tells of these troubles and of no other", () => {
  const [, rest = ""] = README.split(`${HEAD}\n|---|---|---|---|\n`);
  const rows = rest.slice(0, rest.indexOf("\n\n")).split("\n");
  expect(rows.map((row) => row.split(" | ")[0])).toEqual(TROUBLES.map(({ name }) => `| ${name}`));
});
