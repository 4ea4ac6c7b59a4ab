import type { AuditReport, KeyCount, RuleCount } from "../../audit/audit-report.ts";
import { grouped, percentText } from "../coverage.ts";
import { SEVERITIES } from "../wording.ts";
import { bar, chip, outside, own, section, share, table } from "./markup.ts";

/** More keys than this are in the JSON only. */
const KEYS_MAX = 200;
const VALUES_SHOWN_MAX = 5;

/** Every rule of the policy, broken ones first. */
export function rulesHtml({ rules }: AuditReport): string {
  const most = Math.max(1, ...rules.map(({ fail, exempt, error }) => fail + exempt + error));
  const rows = [...rules].sort(byGravity).map((rule) => ruleRow(rule, most));
  const head = ["Rule", "Severity", "#Fail", "#Error", "#Exempt", "#Skipped", "Share"];
  const broken = rules.filter(({ fail }) => fail > 0).length;
  const lead = `${grouped(broken)} of ${grouped(rules.length)} rules are broken. A rule's name shows its findings.`;
  const body =
    rows.length === 0
      ? "<p>The policy has no rule.</p>"
      : `<p class="lead">${own(lead)}</p>${table("rules", "Findings by rule", head, rows)}`;
  return section("rules", "By rule", body);
}

function byGravity(one: RuleCount, other: RuleCount): number {
  const broken = Number(other.fail + other.error > 0) - Number(one.fail + one.error > 0);
  const severity = SEVERITIES.indexOf(one.severity) - SEVERITIES.indexOf(other.severity);
  return broken || severity || other.fail - one.fail || (one.id < other.id ? -1 : 1);
}

function ruleRow(rule: RuleCount, most: number): string {
  const { id, severity, description, fail, error, exempt, skipped } = rule;
  const found = fail + error + exempt + skipped > 0;
  const name = found ? `<a class="rule" href="#findings">${outside(id)}</a>` : outside(id);
  const parts = [
    { part: "fail", percent: share(fail, most) },
    { part: "error", percent: share(error, most) },
    { part: "exempt", percent: share(exempt, most) },
  ];
  const numbers = [fail, error, exempt, skipped].map(
    (number) => `<td class="n">${grouped(number)}</td>`,
  );
  const text = description === "" ? "" : `<br><span class="m">${outside(description)}</span>`;
  return `<tr><th scope="row">${name}${text}</th><td>${severityHtml(severity)}</td>${numbers.join("")}<td class="barcell">${bar(parts)}</td></tr>`;
}

/** A severity as a coloured word. */
export function severityHtml(severity: string): string {
  return `<b class="sev ${severity}">${severity}</b>`;
}

/** Every tag key in use or declared: how many resources have it, and which values are the most frequent. */
export function keysHtml({ keys, types }: AuditReport): string {
  const examined = types.secret.examined + types.key.examined;
  const shown = keys.slice(0, KEYS_MAX).map((key) => keyRow(key, examined));
  const head = ["Key", "#Resources", "Present", "#Distinct", "Most frequent values", "#Invalid"];
  const more = keys.length - shown.length;
  const lead = `${grouped(keys.length)} keys on ${grouped(examined)} examined resources.${more > 0 ? ` ${grouped(more)} more are in the JSON.` : ""}`;
  const body =
    shown.length === 0
      ? "<p>No tag key is declared or in use.</p>"
      : table("keys", "Inventory of tag keys", head, shown);
  return `<section id="keys" aria-labelledby="h-keys"><h2 id="h-keys">Tag keys</h2><p class="lead">${lead}</p>${body}</section>`;
}

function keyRow(count: KeyCount, examined: number): string {
  const { key, declared, resources, distinct, more, values, invalid } = count;
  const present = Math.min(100, share(resources, examined));
  const known = declared ? "" : ' <span class="sev idle">undeclared</span>';
  const list = values
    .slice(0, VALUES_SHOWN_MAX)
    .map(
      ({ value, resources: number }) =>
        `<li>${chip(value)} <span class="m">${grouped(number)}</span></li>`,
    );
  return (
    `<tr><th scope="row">${chip(key)}${known}</th><td class="n">${grouped(resources)}</td>` +
    `<td class="barcell">${bar([{ part: "has", percent: present }])}<span class="m">${percentText(Math.floor(present * 10) / 10)}</span></td>` +
    `<td class="n">${grouped(distinct)}${more ? "+" : ""}</td><td><ul class="vals">${list.join("")}</ul></td><td class="n">${grouped(invalid)}</td></tr>`
  );
}
