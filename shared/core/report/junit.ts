import type { AuditReport, RuleCount } from "../audit/audit-report.ts";
import { type Finding, STATUSES, type Status } from "../audit/finding.ts";
import {
  type Coverage,
  completenessText,
  coverageOf,
  coverageText,
  numbered,
  scopeText,
} from "./coverage.ts";
import { type Case, type CaseOutcome, suitesPieces } from "./junit-suite.ts";
import { findingText, locationOf, subjectOf } from "./wording.ts";

/** Readers of JUnit hold a whole file; the gravest come first. */
const FINDINGS_MAX = 25_000;

const OUTCOMES: { readonly [Name in Status]: CaseOutcome } = {
  error: "error",
  fail: "failure",
  exempt: "skipped",
  skipped: "skipped",
  pass: "pass",
};

/**
 * The audit as JUnit XML: a suite for each rule, a case for each resource, and one suite that says whether
 * everything was examined. A case fails once however much is wrong with the resource (one failure per case
 * is all that readers expect); the 25,000 gravest findings are told, and how many are not. An exempt or skipped one is `skipped`, one that could not be read is an
 * `error`. A rule without findings has one case that passes.
 */
export function* junitPieces(report: AuditReport): Generator<string> {
  yield* suitesPieces(report.startedAt, suitesOf(report));
}

function* suitesOf(report: AuditReport): Generator<readonly [string, readonly Case[]]> {
  const coverage = coverageOf(report).map(coverageCase);
  yield ["completeness", [wholeCase(report), ...coverage, ...leftOutCases(report)]];
  const byRule = new Map<string, Finding[]>(report.rules.map(({ id }) => [id, []]));
  for (const finding of report.findings.slice(0, FINDINGS_MAX)) {
    const known = byRule.get(finding.rule_id);
    if (known === undefined) byRule.set(finding.rule_id, [finding]);
    else known.push(finding);
  }
  const broken = new Set(report.rules.filter(isBroken).map(({ id }) => id));
  // A rule of which no finding is told is not one that passes.
  for (const [rule, findings] of byRule)
    if (findings.length > 0 || !broken.has(rule)) yield [rule, casesOf(rule, findings)];
}

function isBroken({ fail, exempt, error, skipped }: RuleCount): boolean {
  return fail + exempt + error + skipped > 0;
}

function leftOutCases({ findings }: AuditReport): readonly Case[] {
  const left = findings.length - FINDINGS_MAX;
  if (left <= 0) return [];
  const lines = [`${numbered(left, "lesser finding")} left out; the CSV holds all`];
  return [{ name: "lesser findings", group: "completeness", outcome: "skipped", type: "", lines }];
}

function wholeCase(report: AuditReport): Case {
  const lines = [completenessText(report)];
  const outcome = report.complete ? "pass" : "error";
  return { name: "the audit", group: "completeness", outcome, type: "incomplete", lines };
}

function coverageCase({ scope, type, count, short }: Coverage): Case {
  const lines = [...(scope.problem === null ? [] : [scope.problem]), coverageText(count)];
  const outcome = short ? "error" : "pass";
  return {
    name: `${type}s in ${scopeText(scope)}`,
    group: "completeness",
    outcome,
    type: "incomplete",
    lines,
  };
}

function casesOf(rule: string, findings: readonly Finding[]): readonly Case[] {
  if (findings.length === 0)
    return [{ name: "no finding", group: rule, outcome: "pass", type: "", lines: [] }];
  const byPlace = new Map<string, Finding[]>();
  for (const finding of findings) {
    const place = locationOf(finding);
    const known = byPlace.get(place);
    if (known === undefined) byPlace.set(place, [finding]);
    else known.push(finding);
  }
  return [...byPlace].map(([place, found]) => resourceCase(rule, place, found));
}

function resourceCase(rule: string, place: string, findings: readonly Finding[]): Case {
  const worst = STATUSES.find((status) => findings.some((finding) => finding.status === status));
  const decisive = findings.filter(({ status }) => status === worst);
  const [first] = decisive;
  const subject = first === undefined ? "" : `${subjectOf(first)} `;
  return {
    name: `${subject}(${place})`,
    group: rule,
    outcome: OUTCOMES[worst ?? "pass"],
    type: first?.reason ?? "",
    lines: decisive.map(findingText),
  };
}
