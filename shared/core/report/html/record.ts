import type { AuditLogEntry, AuditReport } from "../../audit/audit-report.ts";
import type { ExemptionState, ExemptionUse } from "../../audit/exemption-use.ts";
import { parseTime } from "../../time.ts";
import { grouped } from "../coverage.ts";
import { dayHtml, outside, own, section, table, timeHtml } from "./markup.ts";

const STATES: { readonly [State in ExemptionState]: readonly [tone: string, name: string] } = {
  "in-use": ["good", "in use"],
  unused: ["medium", "unused"],
  expired: ["high", "expired"],
  unknown: ["idle", "not known"],
};

/** Every exemption of the policy: who answers for it, why, how long, and how often it was needed. */
export function exemptionsHtml({ exemptions }: AuditReport): string {
  const head = ["Rule", "Resources", "Owner", "Reason", "Last day", "#Excuses", "State"];
  const body =
    exemptions.length === 0
      ? "<p>The policy has none.</p>"
      : `<p class="lead">In the order of the policy. An exemption that excuses nothing should go.</p>${table("exempt-list", "Exemptions", head, exemptions.map(exemptionRow))}`;
  return section("exemptions", "Exemptions", body);
}

function exemptionRow(exemption: ExemptionUse): string {
  const { rule, resource, owner, reason, expires, findings, state } = exemption;
  const [tone, name] = STATES[state];
  const last = expires === null ? '<span class="m">no end</span>' : dayHtml(expires);
  return (
    `<tr><th scope="row">${outside(rule)}</th><td>${outside(resource)}</td><td>${outside(owner)}</td><td>${outside(reason)}</td>` +
    `<td class="d">${last}</td><td class="n">${grouped(findings)}</td><td><span class="sev ${tone}">${name}</span></td></tr>`
  );
}

/** What an auditor asks: when, by which version and policy, and what was asked of the services and answered. */
export function logHtml(report: AuditReport): string {
  const { startedAt, finishedAt, tool, policy, log } = report;
  const facts = [
    ["Started", timeHtml(startedAt)],
    ["Finished", timeHtml(finishedAt)],
    ["Tool", `${own(tool.name)} ${outside(tool.version)}`],
    ["Policy (SHA-256)", `<code>${outside(policy.hash)}</code>`],
    ["Requests", grouped(log.reduce((sum, { requests }) => sum + requests, 0))],
    ["Sent again", grouped(log.reduce((sum, { retries }) => sum + retries, 0))],
  ];
  const list = facts
    .map(([name, value]) => `<div><dt>${name}</dt><dd>${value}</dd></div>`)
    .join("");
  const head = [
    "Region",
    "Project",
    "Type",
    "Read from",
    "#Seconds",
    "#Requests",
    "#Pages",
    "#Sent again",
    "#API counts",
    "#Examined",
    "#Skipped",
    "#Errors",
    "Problem",
  ];
  const rows = log.map((entry) => logRow(entry, report));
  const body =
    rows.length === 0
      ? '<p class="m">Nobody counted the requests.</p>'
      : table("log", "Requests by region, project and type", head, rows);
  return section("log", "Run log", `<dl class="facts panel">${list}</dl>${body}`);
}

function logRow(entry: AuditLogEntry, { scopes }: AuditReport): string {
  const { region, project, type, startedAt, finishedAt, requests, pages, retries } = entry;
  const scope = scopes.find((one) => one.project === project && one.region === region);
  const count = scope?.types[type];
  const seconds =
    ((parseTime(finishedAt) ?? Number.NaN) - (parseTime(startedAt) ?? Number.NaN)) / 1_000;
  const numbers = [
    Number.isFinite(seconds) ? String(Math.round(seconds * 10) / 10) : "–",
    ...[requests, pages, retries].map(grouped),
    ...[count?.counted, count?.examined, count?.skipped, count?.errors].map((number) =>
      number === undefined || number === null ? "–" : grouped(number),
    ),
  ];
  const problem = scope?.problem ?? null;
  return (
    `<tr><td>${region === null ? "–" : outside(region)}</td><td>${outside(project)}</td><td>${type}</td><td class="d">${timeHtml(startedAt)}</td>` +
    `${numbers.map((number) => `<td class="n">${number}</td>`).join("")}<td>${problem === null ? '<span class="m">none</span>' : outside(problem)}</td></tr>`
  );
}
