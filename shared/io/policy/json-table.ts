import { isJsonObject } from "../../core/json-value.ts";
import { formatPath, type Path } from "../../core/policy/problem.ts";
import { limitProblems, type RawTable, type Row } from "./table.ts";
import { type ParsedText, type PlacedProblem, parseText } from "./text.ts";

/** The one column of a table whose rows are plain text. */
const TEXT_COLUMN = "value";

const TABLE = "an object of row key to { column: text } or to text, or a list of row objects";
const CELL = "text in quotes";

/** Reads a table of JSON; of a list of rows, the first field of the first row is the key. */
export function readJsonTable(text: string): RawTable {
  const parsed = parseText(text);
  const { value } = parsed;
  if (!parsed.readable) return { columns: [], rows: [], problems: parsed.problems };
  if (!isJsonObject(value) && !Array.isArray(value)) {
    const problem = placed(parsed, [], "this is not a table", TABLE);
    return { columns: [], rows: [], problems: [...parsed.problems, problem] };
  }
  const steps: Path = Array.isArray(value) ? [...value.keys()] : parsed.keysAt([]);
  const first = Array.isArray(value)
    ? steps.flatMap((step) => parsed.keysAt([step])).at(0)
    : undefined;
  const problems: PlacedProblem[] = [...parsed.problems];

  const rows = steps.flatMap((step): readonly Row[] => {
    const cells = readCells(parsed, [step], valueAt(value, step), problems);
    if (cells === null) return [];
    const name = first === undefined ? String(step) : (cells.get(first) ?? "");
    return [{ name, cells, ...parsed.placeOf([step], first === undefined ? "key" : "value") }];
  });
  const columns = [...new Set(rows.flatMap(({ cells }) => [...cells.keys()]))];
  return { columns, rows, problems: limitProblems(problems) };
}

function valueAt(table: unknown, step: string | number): unknown {
  if (Array.isArray(table) && typeof step === "number") return table[step];
  return isJsonObject(table) ? table[step] : undefined;
}

function readCells(
  parsed: ParsedText,
  path: Path,
  row: unknown,
  problems: PlacedProblem[],
): ReadonlyMap<string, string> | null {
  if (typeof row === "string" && typeof path[0] === "string") return new Map([[TEXT_COLUMN, row]]);
  if (!isJsonObject(row)) {
    problems.push(placed(parsed, path, "this is not a row", TABLE));
    return null;
  }
  const cells = new Map<string, string>();
  for (const column of parsed.keysAt(path)) {
    const cell = row[column];
    if (typeof cell === "string") cells.set(column, cell);
    else problems.push(placed(parsed, [...path, column], "this is not text", CELL));
  }
  return cells;
}

function placed(parsed: ParsedText, path: Path, message: string, expected: string): PlacedProblem {
  return { ...parsed.placeOf(path, "value"), path: formatPath(path), message, expected };
}
