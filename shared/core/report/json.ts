import type { AuditReport } from "../audit/audit-report.ts";
import type { Finding } from "../audit/finding.ts";
import { COLUMNS } from "./column.ts";

/** Fields of the report in their order: what matters first, changes and findings one per line at the end. */
const FIELDS = [
  "schema",
  "complete",
  "tool",
  "startedAt",
  "finishedAt",
  "policy",
  "types",
  "scopes",
  "summary",
  "rules",
  "keys",
  "owners",
  "exemptions",
  "log",
  "trend",
] as const satisfies readonly (keyof AuditReport)[];

/**
 * The report as it is, as JSON (infra/schema/audit.schema.json): one field a line, one change or finding a line, so
 * that two reports can be compared by line. Every value comes back exactly, lone surrogates included.
 */
export function* jsonPieces(report: AuditReport): Generator<string> {
  yield "{\n";
  for (const field of FIELDS) yield `${JSON.stringify(field)}: ${JSON.stringify(report[field])},\n`;
  const { total, resources, list } = report.changes;
  yield `"changes": {"total": ${total}, "resources": ${resources}, "list": [`;
  yield* linesOf(list);
  yield '\n]},\n"findings": [';
  yield* linesOf(report.findings, inOrder);
  yield "\n]\n}\n";
}

function* linesOf<Row>(rows: Iterable<Row>, form: (row: Row) => object | Row = same) {
  let separator = "\n";
  for (const row of rows) {
    yield `${separator}${JSON.stringify(form(row))}`;
    separator = ",\n";
  }
}

function same<Row>(row: Row): Row {
  return row;
}

function inOrder(finding: Finding) {
  return Object.fromEntries(COLUMNS.map((column) => [column, finding[column]]));
}
