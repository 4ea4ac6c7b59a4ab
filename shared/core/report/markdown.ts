import type { AuditReport, RuleCount } from "../audit/audit-report.ts";
import type { Finding } from "../audit/finding.ts";
import {
  completenessText,
  coverageOf,
  coverageText,
  grouped,
  numbered,
  percentText,
  scopeText,
  shownScore,
} from "./coverage.ts";
import { nextSteps } from "./next-step.ts";
import { shorten, visible } from "./visible.ts";
import { REASON_TEXTS, SEVERITIES } from "./wording.ts";

/** Comments of merge requests take 65,536 characters at the least; whoever posts it may add a line. */
const CHARACTERS_MAX = 65_000;
const FINDINGS_MAX = 100;
const RULES_MAX = 60;
const SCOPES_MAX = 40;
const OWNERS_MAX = 10;
const VALUE_CODE_POINTS_MAX = 80;

/**
 * The audit as Markdown for a merge request, at most 65,000 characters: completeness first, then the
 * summary, the rules, what to do next, and the gravest findings.
 *
 * Whatever comes from outside stands in code spans, which know neither links nor mentions nor HTML, with a
 * fence longer than any run of backticks inside. Values are cut to 80 characters, and lists to so many lines, so
 * that all but the findings takes three quarters of the room at most, whatever the report holds. In tables a pipe
 * is shown by its name, `⟨U+007C⟩`.
 */
export function* markdownPieces(report: AuditReport): Generator<string> {
  let left = CHARACTERS_MAX - 200;
  const whole = [
    ...headLines(report),
    ...ruleLines(report),
    ...ownerLines(report),
    ...nextLines(report),
  ];
  for (const line of whole) {
    left -= line.length + 1;
    yield `${line}\n`;
  }
  yield `### Gravest findings\n\n`;
  let worst = 0;
  let shown = 0;
  for (const finding of report.findings) {
    if (finding.status !== "fail" && finding.status !== "error") continue;
    worst += 1;
    // None that comes later is shown where one did not fit: they come in their order.
    if (shown === FINDINGS_MAX || shown < worst - 1) continue;
    const line = findingLine(finding);
    if (left < line.length) continue;
    left -= line.length;
    shown += 1;
    yield line;
  }
  if (worst === 0) yield "None.\n";
  if (shown < worst) yield `\n… and ${grouped(worst - shown)} more; the CSV holds all.\n`;
}

function headLines(report: AuditReport): readonly string[] {
  const { summary } = report;
  const score = `${percentText(shownScore(report, summary.score))}${report.complete ? "" : " of what is known"}`;
  const all = percentText(shownScore(report, summary.scoreOfAll));
  const scopes = coverageOf(report).map(({ scope, type, count, short }) => {
    const problem = scope.problem === null || !short ? "" : `; ${code(scope.problem)}`;
    return `- ${short ? "**incomplete** " : ""}${type}s in ${code(scopeText(scope))}: ${coverageText(count)}${problem}`;
  });
  return [
    "## Tag audit",
    "",
    `**${completenessText(report)}**`,
    "",
    ...scopes.slice(0, SCOPES_MAX),
    ...(scopes.length > SCOPES_MAX ? [`- … and ${scopes.length - SCOPES_MAX} more`] : []),
    ...(scopes.length > 0 ? [""] : []),
    "| Score | Of all | Pass | Fail | Exempt | Skipped | Error |",
    "|---:|---:|---:|---:|---:|---:|---:|",
    `| ${[score, all, ...[summary.pass, summary.fail, summary.exempt, summary.skipped, summary.error].map(grouped)].join(" | ")} |`,
    "",
    `Policy ${code(report.policy.hash.slice(0, 12))}, finished ${code(report.finishedAt)}, ${numbered(report.findings.length, "finding")}.`,
    "",
  ];
}

function ruleLines({ rules }: AuditReport): readonly string[] {
  const broken = rules.filter(({ fail, error, exempt }) => fail + error + exempt > 0);
  if (broken.length === 0) return [];
  const ordered = [...broken].sort(byGravity);
  const more = ordered.length - RULES_MAX;
  return [
    "### By rule",
    "",
    "| Rule | Severity | Fail | Error | Exempt |",
    "|---|---|---:|---:|---:|",
    ...ordered
      .slice(0, RULES_MAX)
      .map(
        ({ id, severity, fail, error, exempt }) =>
          `| ${code(id.replaceAll("|", "⟨U+007C⟩"))} | ${severity} | ${[fail, error, exempt].map(grouped).join(" | ")} |`,
      ),
    ...(more > 0 ? [`| … and ${more} more | | | | |`] : []),
    "",
  ];
}

/** Who has most to do, and how much of it a plan would do. */
function ownerLines({ owners, changes }: AuditReport): readonly string[] {
  const failing = owners.list.filter(({ failing }) => failing > 0).slice(0, OWNERS_MAX);
  const plan =
    changes.total === 0
      ? []
      : [
          `A plan would make ${numbered(changes.total, "change")} on ${numbered(changes.resources, "resource")}.`,
          "",
        ];
  if (failing.length === 0) return plan;
  const named = failing.map(
    ({ owner, failing: number }) =>
      `- ${owner === null ? "nobody named" : code(owner)}: ${numbered(number, "failing resource")}`,
  );
  return ["### By owner", "", ...named, "", ...plan];
}

function byGravity(one: RuleCount, other: RuleCount): number {
  return (
    SEVERITIES.indexOf(one.severity) - SEVERITIES.indexOf(other.severity) || other.fail - one.fail
  );
}

function nextLines(report: AuditReport): readonly string[] {
  const steps = nextSteps(report);
  if (steps.length === 0) return [];
  return [
    "### What to do next",
    "",
    ...steps.map(
      ({ text, commands }, index) =>
        `${index + 1}. ${text}${commands.length === 0 ? "" : ` ${commands.map(code).join(", then ")}`}`,
    ),
    "",
  ];
}

function findingLine(finding: Finding): string {
  const { severity, status, rule_id, reason, resource_name, resource_id, suggestion } = finding;
  const named = (name: string, value: string | null) =>
    value === null ? [] : [`${name} ${code(value)}`];
  const where = finding.resource_type === null ? "policy" : finding.resource_type;
  const parts = [
    `**${severity}** ${status} ${code(rule_id)} ${where}${resource_name === null ? "" : ` ${code(resource_name)}`}`,
    ...named("id", resource_id),
    ...named("in", finding.region),
    ...named("key", finding.tag_key),
    REASON_TEXTS[reason],
    ...named("found", finding.actual),
    ...named("expected", finding.expected),
    ...named("suggested", suggestion),
  ];
  return `- ${parts.join(", ")}\n`;
}

/** A code span that shows the value and nothing else. */
function code(value: string): string {
  const text = shorten(visible(value), VALUE_CODE_POINTS_MAX);
  if (text === "") return "(empty)";
  const runs = [...text.matchAll(/`+/g)].map(([run]) => run.length);
  const fence = "`".repeat(Math.max(0, ...runs) + 1);
  const pad = /^[ `]|[ `]$/.test(text) ? " " : "";
  return `${fence}${pad}${text}${pad}${fence}`;
}
