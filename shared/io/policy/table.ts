import type { LookupTable } from "../../core/policy/policy.ts";
import { type Problem, quote } from "../../core/policy/problem.ts";
import type { PlacedProblem } from "./text.ts";

/** Most rows of a lookup table. */
export const LOOKUP_ROWS_MAX = 20_000;
/** Most problems that are reported of one table. */
const TABLE_PROBLEMS_MAX = 20;

export type Row = {
  /** The text of the default key. */
  readonly name: string;
  readonly cells: ReadonlyMap<string, string>;
  readonly line: number;
  readonly column: number;
};

/** A lookup file as it is written, before it is known which columns are used. */
export type RawTable = {
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
  readonly problems: readonly PlacedProblem[];
};

export type BuiltTable = {
  readonly table: LookupTable;
  readonly problems: readonly PlacedProblem[];
};

/** The rows by their key, with the columns that are used. `key` is a column that exists. */
export function buildTable(
  raw: RawTable,
  key: string | undefined,
  columns: readonly string[],
): BuiltTable {
  const lines = new Map<string, number>();
  const table = new Map<string, { readonly [column: string]: string }>();
  const problems: PlacedProblem[] = [];

  for (const row of raw.rows) {
    const name = key === undefined ? row.name : (row.cells.get(key) ?? "");
    const problem = checkName(name, lines.get(name));
    if (problem !== null) {
      const { line, column } = row;
      problems.push({ line, column, path: name === "" ? "(row)" : name, ...problem });
      continue;
    }
    lines.set(name, row.line);
    const cells = [...row.cells].filter(([column]) => columns.includes(column));
    table.set(name, Object.fromEntries(cells));
  }
  return { table: Object.fromEntries(table), problems: limitProblems(problems) };
}

function checkName(
  name: string,
  firstLine: number | undefined,
): Pick<Problem, "message" | "expected"> | null {
  if (name === "") return { message: "the row has no key", expected: "text in the key column" };
  if (name === "__proto__") return { message: `${name} cannot be a key`, expected: "another key" };
  if (firstLine === undefined) return null;
  const message = `the key ${quote(name)} stands twice, first in line ${firstLine}`;
  return { message, expected: "each key once" };
}

/** The first of many problems of one table, and how many more there are. */
export function limitProblems(problems: readonly PlacedProblem[]): readonly PlacedProblem[] {
  const shown = problems.slice(0, TABLE_PROBLEMS_MAX);
  const last = shown[shown.length - 1];
  const more = problems.length - shown.length;
  if (last === undefined || more === 0) return problems;
  return [...shown, { ...last, message: `${more} more problems of this table`, expected: "none" }];
}
