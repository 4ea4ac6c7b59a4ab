import type { AuditReport } from "../../audit/audit-report.ts";
import {
  type Coverage,
  completenessText,
  coverageOf,
  coverageText,
  grouped,
  scopeText,
} from "../coverage.ts";
import { outside, own, section, table, timeHtml } from "./markup.ts";

/** More scopes than this are folded; the table below has all. */
const LINES_MAX = 8;

/** The name of the page, what it is about, and first of all whether everything was examined. */
export function headerHtml(report: AuditReport): string {
  const { scopes, policy, tool } = report;
  const regions = [...new Set(scopes.map(({ region }) => region ?? "region not known"))];
  const coverage = coverageOf(report);
  const short = coverage.filter((one) => one.short);
  const lines = report.complete ? coverage : [...short, ...coverage.filter((one) => !one.short)];
  return (
    `<header class="w"><h1>Tag audit</h1><ul class="meta">` +
    `<li>Regions <b>${regions.length === 0 ? "none" : regions.map(outside).join(", ")}</b></li>` +
    `<li>Projects <b>${grouped(new Set(scopes.map(({ project }) => project)).size)}</b></li>` +
    `<li>Finished <b>${timeHtml(report.finishedAt)}</b></li>` +
    `<li>Policy <b>${outside(policy.hash.slice(0, 12))}</b></li>` +
    `<li>${own(tool.name)} <b>${outside(tool.version)}</b></li></ul>` +
    `<div class="banner${report.complete ? "" : " bad"}"><strong>${own(completenessText(report))}</strong>` +
    `${linesHtml(lines)}</div>` +
    `${navigation}</header>`
  );
}

function linesHtml(lines: readonly Coverage[]): string {
  if (lines.length === 0) return "";
  return `<ul>${lines.slice(0, LINES_MAX).map(lineHtml).join("")}${foldedHtml(lines.length)}</ul>`;
}

function lineHtml({ scope, type, count, short }: Coverage): string {
  const problem = short && scope.problem !== null ? ` – ${outside(scope.problem)}` : "";
  return `<li${short ? ' class="short"' : ""}>${type}s in ${outside(scopeText(scope))}: ${coverageText(count)}${problem}</li>`;
}

function foldedHtml(number: number): string {
  const more = number - LINES_MAX;
  return more > 0 ? `<li>and ${more} more, see <a href="#coverage">coverage</a></li>` : "";
}

const LINKS: readonly (readonly [id: string, name: string])[] = [
  ["summary", "Summary"],
  ["next", "What to do next"],
  ["rules", "By rule"],
  ["keys", "Tag keys"],
  ["places", "By type and region"],
  ["owners", "By owner"],
  ["findings", "Findings"],
  ["changes", "Proposed changes"],
  ["exemptions", "Exemptions"],
  ["coverage", "Coverage"],
  ["log", "Run log"],
];

const navigation = `<nav aria-label="Sections"><ul>${LINKS.map(
  ([id, name]) => `<li><a href="#${id}">${name}</a></li>`,
).join("")}</ul></nav>`;

/** What the services count, and what of it was examined, for each region, project and type. */
export function coverageHtml(report: AuditReport): string {
  const rows = coverageOf(report).map(({ scope, type, count, short }) => {
    const { counted, examined, skipped, errors } = count;
    const state = short
      ? `<span class="sev high">incomplete</span> ${scope.problem === null ? "" : outside(scope.problem)}`
      : '<span class="sev good">complete</span>';
    const numbers = [
      counted === null ? "no count" : grouped(counted),
      grouped(examined),
      grouped(skipped),
      grouped(errors),
    ];
    return (
      `<tr><td>${scope.region === null ? "–" : outside(scope.region)}</td><td>${outside(scope.project)}</td><td>${type}</td>` +
      `${numbers.map((number) => `<td class="n">${number}</td>`).join("")}<td>${state}</td></tr>`
    );
  });
  const head = [
    "Region",
    "Project",
    "Type",
    "#API counts",
    "#Examined",
    "#Skipped",
    "#Errors",
    "State",
  ];
  const body =
    rows.length === 0
      ? "<p>No region and no project was audited.</p>"
      : `<p class="lead">Examined are all whose tags were read, those that are skipped included.</p>${table("coverage", "Coverage by region, project and type", head, rows)}`;
  return section("coverage", "Coverage", body);
}
