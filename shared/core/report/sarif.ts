import type { AuditReport } from "../audit/audit-report.ts";
import type { Finding, Status } from "../audit/finding.ts";
import type { Severity } from "../policy/policy.ts";
import { NO_LINES, type PolicyLines } from "../policy/policy-lines.ts";
import { completenessText, coverageOf, coverageText, scopeText } from "./coverage.ts";
import { findingText, locationOf, ruleHelp, subjectOf } from "./wording.ts";

/** Code-scanning services refuse a file with more results than this; the gravest come first. */
const RESULTS_MAX = 25_000;
const DEFAULT_POLICY_FILE = "infra/policy/tag-policy.yaml";
const SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json";

/** What an audit itself does not know: the policy file, so that a finding can point at its rule. */
export type PolicyPlace = {
  /** As the repository knows it: relative, with slashes. */
  readonly file: string;
  /** What is not among them points at the file's first line. */
  readonly lines: PolicyLines;
};

const LEVELS: { readonly [Grade in Severity]: "error" | "warning" | "note" } = {
  critical: "error",
  high: "error",
  medium: "warning",
  low: "note",
};

/** Scores as code-scanning services sort them: 9 and above is critical, 7 high, 4 medium. */
const SCORES: { readonly [Grade in Severity]: string } = {
  critical: "9.5",
  high: "8.0",
  medium: "5.5",
  low: "3.0",
};

const KINDS: { readonly [Name in Status]: "fail" | "open" | "notApplicable" | "pass" } = {
  error: "open",
  fail: "fail",
  exempt: "notApplicable",
  skipped: "notApplicable",
  pass: "pass",
};

type Rule = { readonly id: string; readonly severity: Severity; readonly description: string };

/**
 * The audit as SARIF 2.1.0: a result for each finding, at its rule's line in the policy file (services that
 * show results need a file; a function has only the compiled policy, and points at the file) and at the resource as a logical location. Only `fail` has a level; what is
 * exempt or skipped is `notApplicable`, what could not be read is `open`. Values stand exactly in
 * `properties`; in messages `{ } [ ] \` are escaped as SARIF 3.11.5 and 3.11.6 want it.
 */
export function* sarifPieces(report: AuditReport, policy?: PolicyPlace): Generator<string> {
  const rules = rulesOf(report);
  const indexes = new Map(rules.map(({ id }, index) => [id, index]));
  const place = policy ?? { file: DEFAULT_POLICY_FILE, lines: NO_LINES };
  const { name, version } = report.tool;
  yield `{\n"$schema": ${JSON.stringify(SCHEMA)},\n"version": "2.1.0",\n"runs": [{\n`;
  yield `"tool": {"driver": ${JSON.stringify({ name, version, rules: rules.map(ruleEntry) })}},\n`;
  yield `"automationDetails": {"id": "tagwarden/"},\n`;
  yield `"invocations": [${JSON.stringify(invocation(report))}],\n`;
  yield `"columnKind": "utf16CodeUnits",\n"results": [`;
  let separator = "\n";
  for (const finding of report.findings.slice(0, RESULTS_MAX)) {
    yield separator + JSON.stringify(result(finding, indexes.get(finding.rule_id) ?? -1, place));
    separator = ",\n";
  }
  yield "\n]\n}]\n}\n";
}

/** The rules of the report, and those that only its findings name. */
function rulesOf({ rules, findings }: AuditReport): readonly Rule[] {
  const known = new Map<string, Rule>(rules.map((rule) => [rule.id, rule]));
  for (const { rule_id, severity } of findings)
    if (!known.has(rule_id)) known.set(rule_id, { id: rule_id, severity, description: "" });
  return [...known.values()];
}

function ruleEntry({ id, severity, description }: Rule) {
  const help = ruleHelp(id);
  return {
    id,
    shortDescription: { text: escapeMessage(description === "" ? id : description) },
    fullDescription: { text: escapeMessage(help) },
    help: { text: escapeMessage(help), markdown: escapeMessage(help) },
    defaultConfiguration: { level: LEVELS[severity] },
    properties: { tags: ["tags", "compliance"], "security-severity": SCORES[severity] },
  };
}

function invocation(report: AuditReport) {
  const short = coverageOf(report).filter((one) => one.short);
  const left = report.findings.length - RESULTS_MAX;
  const notes = [
    ...(report.complete ? [] : [notification("error", completenessText(report))]),
    ...short.map(({ scope, type, count }) => {
      const problem = scope.problem === null ? "" : `; ${scope.problem}`;
      const text = `${type}s in ${scopeText(scope)}: ${coverageText(count)}${problem}`;
      return notification("error", text);
    }),
    ...(left > 0 ? [notification("warning", `${left} lesser findings are in the CSV only`)] : []),
  ];
  return {
    executionSuccessful: report.complete,
    startTimeUtc: report.startedAt,
    endTimeUtc: report.finishedAt,
    ...(notes.length === 0 ? {} : { toolExecutionNotifications: notes }),
  };
}

function notification(level: "error" | "warning", text: string) {
  return { level, message: { text: escapeMessage(text) } };
}

function result(finding: Finding, ruleIndex: number, { file, lines }: PolicyPlace) {
  const { rule_id, severity, status, fingerprint } = finding;
  const kind = KINDS[status];
  return {
    ruleId: rule_id,
    ...(ruleIndex < 0 ? {} : { ruleIndex }),
    kind,
    level: kind === "fail" ? LEVELS[severity] : "none",
    message: { text: escapeMessage(`${subjectOf(finding)}: ${findingText(finding)}`) },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: uriOf(file) },
          region: { startLine: lineOf(finding, lines) },
        },
        logicalLocations: [
          {
            name: finding.resource_name ?? finding.resource_id ?? "policy",
            fullyQualifiedName: locationOf(finding),
            kind: "resource",
          },
        ],
      },
    ],
    partialFingerprints: { "tagwarden/v1": fingerprint },
    ...suppressions(finding),
    properties: finding,
  };
}

/** The line that a finding is about: its exemption's, its rule's, its part of the policy's, or its tag's. */
function lineOf(finding: Finding, { rules, tags, exemptions, parts }: PolicyLines): number {
  const { rule_id, status, exemption_id, tag_key, actual, resource_type } = finding;
  const ofPolicy = resource_type === null && status === "fail";
  return (
    (ofPolicy ? exemptions.get(exemption_id ?? "") : undefined) ??
    rules.get(rule_id) ??
    (ofPolicy ? parts.get(actual ?? "") : undefined) ??
    tags.get(tag_key ?? "") ??
    1
  );
}

function suppressions({ exemption_id, exemption_expires, status }: Finding) {
  if (status !== "exempt") return {};
  const until = exemption_expires === null ? "" : `, until ${exemption_expires}`;
  return {
    suppressions: [{ kind: "external", justification: `${exemption_id ?? "exempt"}${until}` }],
  };
}

/** Braces and brackets mean placeholders and links in a message (SARIF 2.1.0, 3.11.5 and 3.11.6). */
function escapeMessage(text: string): string {
  return text.replace(/[\\[\]]/g, "\\$&").replace(/[{}]/g, "$&$&");
}

function uriOf(file: string): string {
  const whole = file.replaceAll("\\", "/").replace(/\p{Cs}/gu, "\ufffd");
  return whole.split("/").map(encodeURIComponent).join("/");
}
