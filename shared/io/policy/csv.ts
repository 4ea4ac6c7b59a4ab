import { CsvError, parse } from "csv-parse/sync";
import { quote } from "../../core/policy/problem.ts";
import { limitProblems, type RawTable, type Row } from "./table.ts";
import type { PlacedProblem } from "./text.ts";

type CsvRecord = { readonly cells: readonly string[]; readonly line: number };

const QUOTES: { readonly [code: string]: string } = {
  CSV_QUOTE_NOT_CLOSED: "a quoted cell is not closed",
  CSV_INVALID_CLOSING_QUOTE: "text follows the end of a quoted cell",
  INVALID_OPENING_QUOTE: "a quote stands inside a cell that is not quoted",
};

/** Reads a table of comma-separated values (RFC 4180) with a header row; the first column is its key. */
export function readCsv(text: string): RawTable {
  const { records, problem } = parseCsv(text);
  if (problem !== null) return { columns: [], rows: [], problems: [problem] };
  const [header, ...body] = records;
  if (header === undefined) {
    const empty = placed(1, "(header)", "the file is empty", "a header row");
    return { columns: [], rows: [], problems: [empty] };
  }
  const columns = header.cells;
  const problems = [
    ...checkHeader(header),
    ...body.flatMap(({ cells, line }) =>
      cells.length === columns.length
        ? []
        : [
            placed(
              line,
              cells[0] ?? "",
              `the row has ${cells.length} cells`,
              `${columns.length} cells`,
            ),
          ],
    ),
  ];
  return {
    columns,
    rows: body.map((record) => toRow(record, columns)),
    problems: limitProblems(problems),
  };
}

function parseCsv(text: string): {
  readonly records: readonly CsvRecord[];
  readonly problem: PlacedProblem | null;
} {
  const records: CsvRecord[] = [];
  try {
    parse(text, {
      trim: true,
      record_delimiter: ["\r\n", "\n", "\r"],
      relax_column_count: true,
      skip_empty_lines: true,
      on_record: (cells: readonly string[], { lines }) => {
        // `lines` counts to the end of the record, whose cells may hold line breaks.
        const breaks = cells.join("").match(/\r\n|\r|\n/g)?.length ?? 0;
        records.push({ cells, line: lines - breaks });
        return null;
      },
    });
    return { records, problem: null };
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = typeof error.lines === "number" ? error.lines : 1;
    const message = QUOTES[error.code] ?? `the table cannot be read (${error.code})`;
    return { records: [], problem: placed(line, "(row)", message, "cells as in RFC 4180") };
  }
}

function checkHeader({ cells, line }: CsvRecord): readonly PlacedProblem[] {
  return cells.flatMap((name, index) => {
    if (name === "") return [placed(line, "(header)", `column ${index + 1} has no name`, "a name")];
    if (name === "__proto__")
      return [placed(line, name, `${name} cannot be a column`, "another name")];
    const twice = cells.indexOf(name) < index;
    return twice
      ? [placed(line, name, `the column ${quote(name)} stands twice`, "each column once")]
      : [];
  });
}

function toRow({ cells, line }: CsvRecord, columns: readonly string[]): Row {
  return {
    name: cells[0] ?? "",
    cells: new Map(columns.map((column, index) => [column, cells[index] ?? ""])),
    line,
    column: 1,
  };
}

function placed(line: number, path: string, message: string, expected: string): PlacedProblem {
  return { line, column: 1, path, message, expected };
}
