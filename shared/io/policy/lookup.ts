import { realpath } from "node:fs/promises";
import { dirname, isAbsolute, join, relative, sep } from "node:path";
import { tableName } from "../../core/policy/compile.ts";
import type { LookupUse } from "../../core/policy/lookups.ts";
import type { LookupTable } from "../../core/policy/policy.ts";
import { type Mistake, type Problem, quote } from "../../core/policy/problem.ts";
import { expectName } from "../../core/policy/suggest.ts";
import { readCsv } from "./csv.ts";
import { readJsonTable } from "./json-table.ts";
import { errorCode, LOOKUP_BYTES_MAX, readText } from "./read.ts";
import { buildTable, LOOKUP_ROWS_MAX, type RawTable } from "./table.ts";

export type Lookups = {
  readonly tables: { readonly [table: string]: LookupTable };
  /** What is wrong with the lookups in the policy. */
  readonly mistakes: readonly Mistake[];
  /** What is wrong in the tables' own files. */
  readonly problems: readonly Problem[];
};

type LookupFile =
  | { readonly ok: true; readonly raw: RawTable }
  | { readonly ok: false; readonly message: string; readonly expected: string };

/** Reads the tables that the policy names, each relative to the policy's own folder. */
export async function readLookups(
  policyFile: string,
  uses: readonly LookupUse[],
): Promise<Lookups> {
  const folder = dirname(policyFile);
  const files = new Map<string, LookupFile>();
  for (const file of new Set(uses.map(({ lookup }) => lookup))) {
    files.set(file, await readLookup(folder, file));
  }
  const tables = new Map<string, LookupTable>();
  const problems: Problem[] = [];
  const mistakes = uses.flatMap((use) => {
    const file = files.get(use.lookup);
    return file === undefined ? [] : checkUse(use, file);
  });

  for (const [name, [use, columns]] of groupByTable(uses)) {
    const file = files.get(use.lookup);
    if (file?.ok !== true || (use.key !== undefined && !file.raw.columns.includes(use.key)))
      continue;
    const built = buildTable(file.raw, use.key, columns);
    tables.set(name, built.table);
    const found = [...file.raw.problems, ...built.problems];
    problems.push(...found.map((problem) => ({ file: join(folder, use.lookup), ...problem })));
  }
  return { tables: Object.fromEntries(tables), mistakes, problems: distinct(problems) };
}

/** A use of each table, and the columns that all of its uses read. */
function groupByTable(uses: readonly LookupUse[]) {
  const groups = new Map<string, readonly [use: LookupUse, columns: readonly string[]]>();
  for (const use of uses) {
    const [, columns = []] = groups.get(tableName(use)) ?? [];
    groups.set(tableName(use), [use, [...columns, use.column]]);
  }
  return groups;
}

async function readLookup(folder: string, file: string): Promise<LookupFile> {
  const outside = {
    ok: false,
    message: `${quote(file)} leaves the folder of the policy`,
    expected: "a file in the same folder or below it",
  } as const;
  if (leaves(folder, join(folder, file)) || isAbsolute(file)) return outside;
  try {
    if (leaves(await realpath(folder), await realpath(join(folder, file)))) return outside;
  } catch (error) {
    // That the file is missing or cannot be reached is told by reading it.
    if (errorCode(error) === null) throw error;
  }
  const read = await readText(join(folder, file), LOOKUP_BYTES_MAX);
  if (!read.ok) return { ...read, message: `${quote(file)}: ${read.message}` };
  const raw = file.endsWith(".json") ? readJsonTable(read.text) : readCsv(read.text);
  if (raw.rows.length <= LOOKUP_ROWS_MAX) return { ok: true, raw };
  const message = `${quote(file)} has ${raw.rows.length} rows`;
  return { ok: false, message, expected: `at most ${LOOKUP_ROWS_MAX} rows` };
}

function leaves(folder: string, target: string): boolean {
  const path = relative(folder, target);
  return path === ".." || path.startsWith(`..${sep}`) || isAbsolute(path);
}

function checkUse(use: LookupUse, file: LookupFile): readonly Mistake[] {
  const mistake = (step: string, message: string, expected: string): Mistake => ({
    level: "error",
    path: [...use.path, step],
    at: "value",
    message,
    expected,
  });
  if (!file.ok) return [mistake("lookup", file.message, file.expected)];
  const { columns } = file.raw;
  // A table that could not be read has no columns, and its own problems.
  if (columns.length === 0 && file.raw.problems.length > 0) return [];
  return (["column", "key"] as const).flatMap((step) => {
    const name = use[step];
    if (name === undefined || columns.includes(name)) return [];
    const message = `${use.lookup} has no column ${quote(name)}`;
    return [mistake(step, message, expectName(name, columns, "a table with rows"))];
  });
}

function distinct(problems: readonly Problem[]): readonly Problem[] {
  return [...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values()];
}
