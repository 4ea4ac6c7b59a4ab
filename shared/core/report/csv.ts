import type { AuditReport } from "../audit/audit-report.ts";
import type { Finding } from "../audit/finding.ts";
import { COLUMNS } from "./column.ts";

/** Spreadsheets read UTF-8 as something else without it. */
const BYTE_ORDER_MARK = "\ufeff";
const LINE_END = "\r\n";

/**
 * Where a spreadsheet could see a formula: at the start of a cell, and where one that splits at semicolons,
 * tabs or lines would see a start, before `= + - @` (full-width ones too), behind white space, controls and
 * quotes that it drops; and a leading tab or line end. Also before an apostrophe, so that ours can be told.
 */
const RISKY = /(?<=^|[;\t\r\n])(?=[\s\p{Cc}\p{Cf}"]*[=+\-@＝＋－＠]|')|^(?=[\t\r\n])/gu;

/**
 * All findings as CSV (RFC 4180): UTF-8 with a byte order mark, lines end in CR LF, columns of `COLUMNS`.
 *
 * Formula-safe and reversible: an apostrophe stands before what a spreadsheet could take for a formula, and
 * before an apostrophe at such a place. Who reads the file with a program drops one apostrophe at the start
 * of a cell and after each semicolon, tab, CR and LF: `cell.replace(/(^|[;\t\r\n])'/g, "$1")`.
 *
 * All that is not null is quoted; a null is empty and not quoted. Half a character (a lone surrogate) has no
 * form in UTF-8 and becomes U+FFFD; the JSON keeps it.
 */
export function* csvPieces({ findings }: AuditReport): Generator<string> {
  yield `${BYTE_ORDER_MARK}${COLUMNS.join(",")}${LINE_END}`;
  for (const finding of findings) yield `${row(finding)}${LINE_END}`;
}

function row(finding: Finding): string {
  return COLUMNS.map((column) => cell(finding[column])).join(",");
}

function cell(value: string | number | boolean | null): string {
  if (value === null) return "";
  const text = String(value).replace(/\p{Cs}/gu, "\ufffd");
  return `"${text.replace(RISKY, "'").replaceAll('"', '""')}"`;
}
