import type { AuditReport } from "../../audit/audit-report.ts";
import type { Finding } from "../../audit/finding.ts";
import { grouped } from "../coverage.ts";
import { shorten } from "../visible.ts";
import { REASON_TEXTS } from "../wording.ts";
import { chip, dayHtml, NOTHING, outside, own } from "./markup.ts";
import { severityHtml } from "./rules.ts";

/** The gravest findings are on the page, all of them are in the CSV. */
export const FINDINGS_MAX = 10_000;

/** Longer values are cut on the page; a value of a tag has at most 255 characters. */
const VALUE_CODE_POINTS_MAX = 300;

const HEAD: readonly string[] = [
  "Severity",
  "Status",
  "Rule",
  "Resource",
  "Where",
  "Finding",
  "Fix",
  "Since",
];

const SELECTS: readonly (readonly [id: string, name: string])[] = [
  ["severity", "Severity"],
  ["status", "Status"],
  ["rule", "Rule"],
  ["type", "Type"],
];

/** All findings as a table, up to a limit that the page names; filters appear where scripts run. */
export function* findingsPieces({ findings }: AuditReport): Generator<string> {
  const all = findings.length;
  const left = all - FINDINGS_MAX;
  yield `<section id="findings" aria-labelledby="h-findings"><h2 id="h-findings">Findings</h2>`;
  if (all === 0) {
    yield `<p class="lead">None.</p></section>`;
    return;
  }
  const rest =
    left > 0 ? ` These are the ${grouped(FINDINGS_MAX)} gravest; all are in the CSV.` : "";
  yield `<p class="lead">${grouped(all)} in all, gravest first.${rest}</p>${CONTROLS}`;
  yield `<div class="scroll" role="group" tabindex="0" aria-label="Findings table"><table class="findings"><caption class="vh">Findings</caption><thead><tr>`;
  yield HEAD.map((name) => `<th scope="col">${name}</th>`).join("");
  yield `</tr></thead><tbody id="rows">\n`;
  for (const finding of findings.slice(0, FINDINGS_MAX)) yield row(finding);
  yield `</tbody></table></div><button id="more" type="button" hidden>Show more</button></section>`;
}

const CONTROLS =
  `<div class="controls" role="search" aria-label="Filter the findings"><div class="q"><label for="q">Text (names, ids, keys, values)</label><input id="q" type="search" autocomplete="off" spellcheck="false"></div>` +
  SELECTS.map(
    ([id, name]) =>
      `<div><label for="${id}">${name}</label><select id="${id}"><option value="">All</option></select></div>`,
  ).join("") +
  `<div class="by"><label for="by">Sort by</label><select id="by"><option value="-1">Gravest first</option></select></div>` +
  `<div><button id="clear" type="button">Clear</button></div></div>` +
  `<p class="count" id="count" role="status"></p><p class="vh" id="said" role="status"></p>`;

/** One row; end tags that HTML does not need are left out, ten thousand times. */
function row(finding: Finding): string {
  const { severity, status, rule_id, resource_type, region, enterprise_project, first_seen } =
    finding;
  const where = [resource_type ?? "policy", region, enterprise_project].flatMap((part) =>
    part === null ? [] : [outside(part)],
  );
  return (
    `<tr class="${resource_type ?? "policy"}"><td>${severityHtml(severity)}<td>${status}<td>${outside(rule_id)}<td>${resource(finding)}` +
    `<td>${where.join(" · ")}<td>${what(finding)}<td>${fix(finding)}<td>${dayHtml(first_seen)}\n`
  );
}

function resource({ resource_type, resource_name, resource_id }: Finding): string {
  if (resource_type === null) return NOTHING;
  const name = resource_name === null ? "" : outside(resource_name);
  return resource_id === null
    ? name
    : `${name}<span class="id"><code>${outside(resource_id)}</code></span>`;
}

function what({ reason, tag_key, actual, expected, suggestion }: Finding): string {
  const cut = (text: string) => chip(shorten(text, VALUE_CODE_POINTS_MAX));
  const values = [actual, suggestion].flatMap((value) => (value === null ? [] : [cut(value)]));
  const wanted =
    expected === null
      ? ""
      : `<span class="why">expected ${outside(shorten(expected, VALUE_CODE_POINTS_MAX))}</span>`;
  return `${tag_key === null ? "" : `${chip(tag_key)} `}${own(REASON_TEXTS[reason])}${values.length === 0 ? "" : `: ${values.join(" → ")}`}${wanted}`;
}

function fix({ fix_action, fixable, status, exemption_expires }: Finding): string {
  if (status === "exempt")
    return exemption_expires === null ? "exempt" : `exempt until ${outside(exemption_expires)}`;
  if (status !== "fail") return NOTHING;
  if (fix_action === null) return fixable ? "by a plan" : "by hand";
  return outside(shorten(fix_action, VALUE_CODE_POINTS_MAX));
}
