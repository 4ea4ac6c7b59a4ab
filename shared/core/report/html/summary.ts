import type { AuditReport } from "../../audit/audit-report.ts";
import type { Status } from "../../audit/finding.ts";
import { grouped, percentText, shownScore } from "../coverage.ts";
import { nextSteps } from "../next-step.ts";
import { SEVERITIES } from "../wording.ts";
import { bar, own, share } from "./markup.ts";
import { severityHtml } from "./rules.ts";
import type { Tally } from "./tally.ts";
import { hasTrend, trendHtml } from "./trend.ts";

type Card = {
  readonly name: string;
  readonly value: string;
  readonly note: string;
  readonly tone?: string;
};

/** The order of the bar, from what is well to what nobody knows. */
const PARTS: readonly (readonly [status: Status, name: string])[] = [
  ["pass", "Pass"],
  ["exempt", "Exempt"],
  ["fail", "Fail"],
  ["error", "Error"],
  ["skipped", "Skipped"],
];

/** The cards, how all resources stand, and the score over time. */
export function summaryHtml(report: AuditReport, tally: Tally): string {
  const cards = cardsOf(report, tally).map(
    ({ name, value, note, tone }) =>
      `<li><span class="k">${name}</span><span class="v${tone === undefined ? "" : ` ${tone}`}">${value}</span><span class="d">${note}</span></li>`,
  );
  return (
    `<section id="summary" aria-labelledby="h-summary"><h2 id="h-summary">Summary</h2>` +
    `<ul class="cards">${cards.join("")}</ul>` +
    `<div class="two">${(hasTrend(report.trend) ? trendPanels : firstPanels)(report, tally)}</div></section>`
  );
}

function trendPanels(report: AuditReport, tally: Tally): string {
  return (
    panel("Score over time", trendHtml(report.trend)) +
    panel("How resources stand", standingHtml(report) + gradesHtml(tally))
  );
}

/** Without a past there is more room for what is. */
function firstPanels(report: AuditReport, tally: Tally): string {
  const note =
    '<p class="m later">The score over time appears here when a second audit with a score is in the history.</p>';
  return (
    panel("Violations by severity", gradesHtml(tally)) +
    panel("How resources stand", standingHtml(report) + note)
  );
}

function panel(name: string, body: string): string {
  return `<div class="panel"><h3>${name}</h3>${body}</div>`;
}

function cardsOf(report: AuditReport, { violations, untagged }: Tally): readonly Card[] {
  const { summary } = report;
  const taggable = summary.pass + summary.fail + summary.exempt + summary.error;
  const bad = (number: number) => (number > 0 ? { tone: "bad-v" } : {});
  return [
    scoreCard(report, taggable),
    { name: "Resources", value: grouped(taggable + summary.skipped), note: "secrets and keys" },
    {
      name: "Violations",
      value: grouped(violations),
      note: `on ${grouped(summary.fail)} failing resources`,
      ...bad(violations),
    },
    { name: "Untagged", value: grouped(untagged), note: "without any tag", ...bad(untagged) },
    { name: "Exempt", value: grouped(summary.exempt), note: "by the policy" },
    { name: "Skipped", value: grouped(summary.skipped), note: "never to be tagged" },
    {
      name: "Errors",
      value: grouped(summary.error),
      note: "could not be examined",
      ...bad(summary.error),
    },
    changeCard(report),
  ];
}

/** Good and bad are said of a score: an audit of nothing has none. What nobody examined may be better or worse. */
function scoreCard(report: AuditReport, taggable: number): Card {
  const { complete, summary } = report;
  const score = shownScore(report, summary.score);
  const card = { name: "Compliant", value: percentText(score) };
  if (score === null)
    return complete
      ? { ...card, note: "no taggable resource" }
      : { ...card, note: "no taggable resource that is known", tone: "bad-v" };
  const known = complete ? "" : " that are known";
  const ofAll = percentText(shownScore(report, summary.scoreOfAll));
  const note = `of ${grouped(taggable)} taggable${known}; ${ofAll} of all`;
  return { ...card, note, tone: complete && score >= 95 ? "ok-v" : "bad-v" };
}

function changeCard({ trend }: AuditReport): Card {
  const [before, now] = trend.slice(-2);
  const name = "Since the last audit";
  if (before === undefined || now === undefined)
    return { name, value: "–", note: "no audit before" };
  const change = now.fail - before.fail;
  const value = change === 0 ? "±0" : `${change > 0 ? "+" : "−"}${grouped(Math.abs(change))}`;
  const tone = change > 0 ? { tone: "bad-v" } : change < 0 ? { tone: "ok-v" } : {};
  const points = before.score === null || now.score === null ? null : now.score - before.score;
  const note = points === null ? "failing" : `failing; score ${signed(points)} points`;
  return { name, value, note, ...tone };
}

function signed(number: number): string {
  const tenth = Math.round(number * 10) / 10;
  if (tenth === 0) return "±0";
  return `${tenth > 0 ? "+" : "−"}${Math.abs(tenth)}`;
}

function standingHtml({ summary }: AuditReport): string {
  const all = PARTS.reduce((sum, [status]) => sum + summary[status], 0);
  const parts = PARTS.map(([status]) => ({ part: status, percent: share(summary[status], all) }));
  const legend = PARTS.map(
    ([status, name]) =>
      `<li><svg aria-hidden="true" viewBox="0 0 1 1"><rect class="${status}" width="1" height="1"/></svg>${name} ${grouped(summary[status])}</li>`,
  );
  const big = bar(parts).replace('class="bar"', 'class="bar big"');
  return `${big}<ul class="legend">${legend.join("")}</ul>`;
}

/** Violations by severity: numbers with bars. */
function gradesHtml({ grades }: Tally): string {
  const most = Math.max(1, ...Object.values(grades));
  const rows = SEVERITIES.map((grade) => {
    const number = grades[grade];
    return `<tr><th scope="row">${severityHtml(grade)}</th><td>${bar([{ part: "fail", percent: share(number, most) }])}</td><td class="n">${grouped(number)}</td></tr>`;
  });
  return `<table class="grades"><caption class="vh">Violations by severity</caption><tbody>${rows.join("")}</tbody></table>`;
}

/** What the reader can do about it, with commands. */
export function nextHtml(report: AuditReport): string {
  const steps = nextSteps(report).map(
    ({ text, commands }) =>
      `<li>${own(text)}${commands.length === 0 ? "" : "<br>"}${commands.map((command) => `<code>${own(command)}</code>`).join("")}</li>`,
  );
  const body =
    steps.length === 0
      ? "<p>Nothing: all is as the policy says.</p>"
      : `<ol class="next">${steps.join("")}</ol>`;
  return `<section id="next" aria-labelledby="h-next"><h2 id="h-next">What to do next</h2><div class="panel">${body}</div></section>`;
}
