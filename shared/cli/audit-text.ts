import type { AuditReport } from "../core/audit/audit-report.ts";
import type { Finding } from "../core/audit/finding.ts";
import { RESOURCE_TYPES } from "../core/resource.ts";
import type { Remedied } from "../io/audit/remediation.ts";
import { wrap } from "./table.ts";
import type { Terminal } from "./terminal.ts";
import { printable } from "./text-width.ts";

const FINDINGS_SHOWN_MAX = 20;

/** Shows an audit: how complete it is first, then how it stands, rule by rule, and the gravest findings. */
export function showAudit(
  report: AuditReport,
  failing: readonly Finding[],
  onlyNew: boolean,
  terminal: Terminal,
): void {
  const { data, paint } = terminal;
  showCompleteness(report, terminal);
  const { summary } = report;
  const score = summary.score === null ? "no taggable resource" : `score ${summary.score} %`;
  data(
    `${score}: ${summary.pass} pass, ${summary.fail} fail, ${summary.exempt} exempt, ${summary.skipped} skipped, ${summary.error} error`,
  );
  const broken = report.rules.filter(({ fail, exempt, error }) => fail + exempt + error > 0);
  if (broken.length > 0) {
    data("");
    terminal.table({
      head: ["Rule", "Severity", "Fail", "Exempt", "Error"],
      rows: broken.map(({ id, severity, fail, exempt, error }) => [
        id,
        severity,
        `${fail}`,
        `${exempt}`,
        `${error}`,
      ]),
    });
  }
  if (failing.length === 0) {
    if (onlyNew) data("\nNothing new since the baseline.");
    return;
  }
  data("");
  data(paint.bold(onlyNew ? "New since the baseline" : "Findings"));
  terminal.table({
    head: ["Resource", "Rule", "Reason", "Found → suggested"],
    rows: failing.slice(0, FINDINGS_SHOWN_MAX).map(rowOf),
  });
  const more = failing.length - FINDINGS_SHOWN_MAX;
  if (more > 0) data(`and ${more} more; --out html=report.html shows them`);
}

function rowOf(finding: Finding): readonly string[] {
  const { resource_type, resource_name, resource_id, rule_id } = finding;
  const { tag_key, reason, actual, suggestion } = finding;
  const resource = [resource_type ?? "policy", resource_name ?? resource_id ?? ""].join(" ").trim();
  // A rule of a tag has the key in its name; an alias it has not.
  const key = tag_key === null || rule_id.startsWith(`${tag_key}.`) ? null : tag_key;
  const found = [key, actual].filter((part) => part !== null).join(": ");
  const suggested = suggestion === null ? "" : `→ ${suggestion}`;
  return [resource, rule_id, reason, [found, suggested].join(" ").trim()];
}

/** With several regions and projects each has lines of its own: a sum hides who is missing. */
function showCompleteness({ complete, scopes, types }: AuditReport, terminal: Terminal): void {
  const { data, paint, width } = terminal;
  if (!complete) data(paint.red("INCOMPLETE: not everything could be examined"));
  for (const scope of scopes) {
    const { region, project, problem } = scope;
    const place = [region, project].filter((part) => part !== null).join(" ");
    if (scopes.length > 1) {
      data(place);
      showCounts(scope.types, "  ", terminal);
    }
    if (problem !== null)
      for (const line of wrap(printable(`  ${place}: ${problem}`), width)) data(paint.red(line));
  }
  if (scopes.length > 1) data("all together");
  showCounts(types, scopes.length > 1 ? "  " : "", terminal);
}

function showCounts(types: AuditReport["types"], indent: string, { data }: Terminal): void {
  for (const type of RESOURCE_TYPES) {
    const { counted, examined, skipped, errors } = types[type];
    const told = counted === null ? "the API gives no count" : `the API counts ${counted}`;
    const rest = errors > 0 ? `, ${errors} not read` : "";
    data(`${indent}${type}s: ${told}, examined ${examined}, skipped ${skipped}${rest}`);
  }
}

/** Says what became of the fixable findings. */
export function showRemedied(remedied: readonly Remedied[], terminal: Terminal): void {
  for (const { run, changes, broken, ending, superseded } of remedied) {
    for (const old of superseded) terminal.note(`run ${old} is discarded: ${run} takes its place`);
    if (broken.length > 0)
      terminal.fail(
        `a guard stops run ${run}: ${broken.join("; ")}. Apply it with: tagwarden apply --resume ${run}`,
      );
    else if (ending === null)
      terminal.note(`${changes} resources can be put right: tagwarden apply --resume ${run}`);
    else terminal.note(`run ${run} ${ending.kind}: ${changes} resources; tagwarden status ${run}`);
  }
}
