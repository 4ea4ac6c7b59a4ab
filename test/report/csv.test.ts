import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { AuditReport } from "../../shared/core/audit/audit-report.ts";
import { COLUMNS } from "../../shared/core/report/column.ts";
import { FORMATS } from "../../shared/core/report/formats.ts";
import { anyReport } from "./any-report.ts";
import { finding, report } from "./audit.ts";
import { HOSTILE } from "./hostile.ts";
import { CLEAN, EMPTY, HOSTILE_REPORT, SMALL } from "./samples.ts";

const render = (report: AuditReport) => [...FORMATS.csv.render(report)].join("");

type Row = { readonly [column: string]: string | null };

/** Reads the file as its comment says that a program should. */
function read(text: string): readonly Row[] {
  return parse(Buffer.from(text), {
    bom: true,
    columns: true,
    record_delimiter: "\r\n",
    cast: (cell, { quoting }) => {
      if (!quoting) return cell === "" ? null : cell;
      return cell.replace(/(^|[;\t\r\n])'/g, "$1");
    },
  });
}

const inUtf8 = (text: string) => text.replace(/\p{Cs}/gu, "\ufffd");

function expected({ findings }: AuditReport): readonly Row[] {
  return findings.map((one) =>
    Object.fromEntries(
      COLUMNS.map((column) => [column, one[column] === null ? null : inUtf8(String(one[column]))]),
    ),
  );
}

describe("the CSV of a report", () => {
  test.each(Object.entries({ SMALL, HOSTILE_REPORT }))("gives %s back exactly", (_name, report) => {
    expect(read(render(report))).toEqual(expected(report));
  });

  test("gives any report back exactly", () => {
    fc.assert(
      fc.property(anyReport, (report) => {
        expect(read(render(report))).toEqual(expected(report));
      }),
      { numRuns: 100 },
    );
  });

  test.each([CLEAN, EMPTY])("has its header without findings, $#", (report) => {
    expect(render(report)).toBe(`\ufeff${COLUMNS.join(",")}\r\n`);
  });

  test("tells a value that is empty from none", () => {
    const [row] = read(render(report([finding(1, { actual: "", expected: null })])));
    expect(row).toMatchObject({ actual: "", expected: null });
  });

  test.each(HOSTILE)("holds nothing that a spreadsheet takes for a formula: %j", (value) => {
    const fields = { actual: value, tag_key: value };
    const text = render(report([finding(1, fields)]));
    // As a spreadsheet splits it, by comma, semicolon or tab, quotes honoured.
    for (const delimiter of [",", ";", "\t"]) {
      const cells: string[][] = parse(text.slice(1), {
        delimiter,
        relax_quotes: true,
        relax_column_count: true,
      });
      for (const cell of cells.flat())
        expect(cell).not.toMatch(/^[\s\p{Cc}\p{Cf}]*[=+\-@＝＋－＠]/u);
    }
  });
});
