import { readdirSync } from "node:fs";

/** Of all that can be broken, what tests must notice at least, in per cent. */
export const SCORE_MIN = 95;

const CORE = new URL("../../shared/core/", import.meta.url);

/** The folders of the core, and `root` for the files beside them. */
export const PARTS = [
  ...readdirSync(CORE, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort(),
  "root",
];

/** What Stryker calls a part, or a file. */
export function globOf(part) {
  if (!PARTS.includes(part)) return part;
  return part === "root" ? "shared/core/*.ts" : `shared/core/${part}/**/*.ts`;
}

/** The part that a file of the core belongs to. */
export function partOf(file) {
  const [, , part, rest] = file.split("/");
  return rest === undefined ? "root" : part;
}

/** The part of the judged mutants that was noticed, in per cent. */
export function scoreOf(rows) {
  const noticed = rows.reduce((sum, row) => sum + row.noticed, 0);
  const judged = rows.reduce((sum, row) => sum + row.noticed + row.unnoticed, 0);
  return (100 * noticed) / judged;
}

/** A table in Markdown; `unjudged` are those that no test program could be started with. */
export function formatParts(rows) {
  const sum = (field) => rows.reduce((total, row) => total + row[field], 0);
  const all = {
    part: "all",
    mutants: sum("mutants"),
    noticed: sum("noticed"),
    unnoticed: sum("unnoticed"),
    unjudged: sum("unjudged"),
  };
  const cells = (row) =>
    [
      row.part,
      row.mutants,
      row.noticed,
      row.unnoticed,
      row.unjudged,
      scoreOf([row]).toFixed(1),
    ].join(" | ");
  return [
    "| part | mutants | noticed | not | unjudged | % |",
    "|---|---|---|---|---|---|",
    ...[...rows, all].map((row) => `| ${cells(row)} |`),
  ].join("\n");
}
