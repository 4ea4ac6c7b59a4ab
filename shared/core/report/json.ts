import type { AuditReport } from "../audit/audit-report.ts";
import type { Finding } from "../audit/finding.ts";
import { COLUMNS } from "./column.ts";

/** Fields of the report in their order: what matters first, findings one per line. */
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
  "trend",
] as const satisfies readonly (keyof AuditReport)[];

/**
 * The report as it is, as JSON (infra/schema/audit.schema.json): one field a line, one finding a line, so
 * that two reports can be compared by line. Every value comes back exactly, lone surrogates included.
 */
export function* jsonPieces(report: AuditReport): Generator<string> {
  yield "{\n";
  for (const field of FIELDS) yield `${JSON.stringify(field)}: ${JSON.stringify(report[field])},\n`;
  yield '"findings": [';
  let separator = "\n";
  for (const finding of report.findings) {
    yield `${separator}${JSON.stringify(inOrder(finding))}`;
    separator = ",\n";
  }
  yield "\n]\n}\n";
}

function inOrder(finding: Finding) {
  return Object.fromEntries(COLUMNS.map((column) => [column, finding[column]]));
}
