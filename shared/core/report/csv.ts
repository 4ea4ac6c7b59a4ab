import type { AuditReport } from "../audit/audit-report.ts";
import type { Finding } from "../audit/finding.ts";
import { COLUMNS } from "./column.ts";

/** Spreadsheets read UTF-8 as something else without it. */
const BYTE_ORDER_MARK = "\ufeff";
const LINE_END = "\r\n";

/**
 * What a spreadsheet could take for a formula: `= + - @` (full-width ones too), also behind white space
 * or controls that it drops, and a leading tab or line end. Also the apostrophe that defuses it, so that
 * it can be told which ones are ours.
 */
const RISKY = /^(?:[\s\p{Cc}\p{Cf}]*[=+\-@＝＋－＠]|[\t\r\n']|[\s\p{Cc}]+')/u;

/**
 * All findings as CSV (RFC 4180): UTF-8 with a byte order mark, lines end in CR LF, columns of `COLUMNS`.
 *
 * Formula-safe and reversible: a cell that a spreadsheet could take for a formula, or that starts with an
 * apostrophe, gets an apostrophe in front. Who reads the file with a program drops one leading
 * apostrophe. All that is not null is quoted, so that a spreadsheet that splits at semicolons finds no
 * formula inside a cell; a null is empty and not quoted. Half a character (a lone surrogate) has no form
 * in UTF-8 and becomes U+FFFD; the JSON keeps it.
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
  return `"${RISKY.test(text) ? "'" : ""}${text.replaceAll('"', '""')}"`;
}
