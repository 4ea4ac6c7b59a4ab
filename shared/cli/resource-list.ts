import { resolve } from "node:path";
import { listWords, quote } from "../core/policy/problem.ts";
import { isResourceId, RESOURCE_TYPES, type ResourceType } from "../core/resource.ts";
import { readCsv } from "../io/policy/csv.ts";
import { readText } from "../io/policy/read.ts";
import type { Row } from "../io/policy/table.ts";
import { EXIT, Stop } from "./exit-code.ts";
import type { World } from "./world.ts";

/** Some hundred thousand resources with a few columns. */
const LIST_BYTES_MAX = 50_000_000;
const ID_COLUMNS = ["id", "resource_id"] as const;
const TYPE_COLUMN = "type";

/** The resources that a file lists: ids without duplicates, and their kinds where every row says it. */
export type ResourceList = {
  readonly ids: readonly string[];
  readonly types: readonly ResourceType[] | null;
};

/**
 * Reads a list of resources as CSV: a column `id` or `resource_id`, and perhaps `type`; other columns are
 * not looked at, and the case of the header does not matter. Where the file is not that, throws a `Stop` with
 * its name and line and what was expected.
 */
export async function readResourceList(
  path: string,
  allowed: readonly ResourceType[],
  { cwd }: World,
): Promise<ResourceList> {
  const read = await readText(resolve(cwd, path), LIST_BYTES_MAX);
  if (!read.ok) throw bad(path, null, read.message, read.expected);
  const { columns, rows, problems } = readCsv(read.text);
  const [problem] = problems;
  if (problem !== undefined) throw bad(path, problem.line, problem.message, problem.expected);
  const idColumn = ID_COLUMNS.map((name) => findColumn(columns, name)).find(isText);
  if (idColumn === undefined)
    throw bad(path, 1, "there is no column of ids", `a column ${listWords(ID_COLUMNS)}`);
  if (rows.length === 0) throw bad(path, 1, "no row follows the header", "a row for each resource");

  const typeColumn = findColumn(columns, TYPE_COLUMN);
  const ids = rows.map((row) => readId(row, idColumn, path));
  const types = rows.map((row) => readType(row, typeColumn, allowed, path));
  const named = types.filter((type) => type !== null);
  return {
    ids: [...new Set(ids)],
    types: named.length < types.length ? null : [...new Set(named)],
  };
}

function findColumn(columns: readonly string[], name: string): string | undefined {
  return columns.find((column) => column.toLowerCase() === name);
}

function isText(value: string | undefined): value is string {
  return value !== undefined;
}

function readId({ cells, line }: Row, column: string, path: string): string {
  const cell = cells.get(column) ?? "";
  const id = cell.toLowerCase();
  if (isResourceId(id)) return id;
  throw bad(path, line, `${quote(cell)} is not an id`, "a UUID");
}

function readType(
  { cells, line }: Row,
  column: string | undefined,
  allowed: readonly ResourceType[],
  path: string,
): ResourceType | null {
  const cell = column === undefined ? "" : (cells.get(column) ?? "");
  if (cell === "") return null;
  const type = RESOURCE_TYPES.find((name) => name === cell.toLowerCase());
  if (type !== undefined && allowed.includes(type)) return type;
  const others = type === undefined ? "is no type" : "is not a type that --type allows";
  throw bad(path, line, `${quote(cell)} ${others}`, listWords(allowed));
}

function bad(path: string, line: number | null, message: string, expected: string): Stop {
  const place = line === null ? path : `${path}:${line}`;
  return new Stop(EXIT.usage, `${place}: ${message}; expected ${expected}`);
}
