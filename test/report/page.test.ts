import { describe, expect, test } from "vitest";
import type { AuditReport, RuleCount, TrendPoint } from "../../shared/core/audit/audit-report.ts";
import type { Finding } from "../../shared/core/audit/finding.ts";
import { changesPieces } from "../../shared/core/report/html/changes.ts";
import { findingsPieces } from "../../shared/core/report/html/findings.ts";
import { ownersHtml } from "../../shared/core/report/html/owners.ts";
import { htmlPieces } from "../../shared/core/report/html/page.ts";
import { placesHtml } from "../../shared/core/report/html/places.ts";
import { exemptionsHtml, logHtml } from "../../shared/core/report/html/record.ts";
import { rulesHtml } from "../../shared/core/report/html/rules.ts";
import { summaryHtml } from "../../shared/core/report/html/summary.ts";
import { tallyOf } from "../../shared/core/report/html/tally.ts";
import { trendHtml } from "../../shared/core/report/html/trend.ts";
import { finding, report } from "./audit.ts";
import { CLEAN, EMPTY, SMALL } from "./samples.ts";

describe("a card of the summary", () => {
  /** Value, tone and note of a card. */
  const card = (name: string, changes: Partial<AuditReport>) => {
    const html = summaryHtml({ ...CLEAN, ...changes }, tallyOf([]));
    const [, tone, value, note] =
      new RegExp(
        `${name}</span><span class="v([^"]*)">([^<]*)</span><span class="d">([^<]*)<`,
      ).exec(html) ?? [];
    return `${value}|${tone}|${note}`;
  };
  const point = (fail: number, score: number | null): TrendPoint => ({
    at: "2026-11-21T03:00:00Z",
    complete: true,
    score,
    fail,
    resources: 9,
  });
  const since = (...trend: readonly TrendPoint[]) => card("Since the last audit", { trend });

  test("tells what changed since the last audit", () => {
    expect(since(point(1_005, 90), point(5, 91.26))).toBe(
      "−1,000| ok-v|failing; score +1.3 points",
    );
    expect(since(point(5, 90), point(6, 89.5))).toBe("+1| bad-v|failing; score −0.5 points");
    expect(since(point(9, 1), point(5, 90), point(5, 90.04))).toBe("±0||failing; score ±0 points");
  });

  test("compares no score that is not there, and no audit that was not made", () => {
    expect(since(point(5, null), point(5, 90))).toBe("±0||failing");
    expect(since(point(5, 90), point(5, null))).toBe("±0||failing");
    expect(since(point(5, 90))).toBe("–||no audit before");
    expect(since()).toBe("–||no audit before");
  });

  test("is good from a score of 95 % on, where the audit is complete", () => {
    const tone = (score: number | null, complete = true) =>
      card("Compliant", { complete, summary: { ...CLEAN.summary, score } }).split("|")[1];
    expect([tone(95), tone(94.9), tone(95, false)]).toEqual([" ok-v", " bad-v", " bad-v"]);
  });

  test("is neither good nor bad where there is nothing to be compliant", () => {
    const nothing = (complete: boolean) =>
      card("Compliant", { complete, summary: { ...EMPTY.summary, skipped: 3, scoreOfAll: 0 } });
    expect(nothing(true)).toBe("–||no taggable resource");
    expect(nothing(false)).toBe("–| bad-v|no taggable resource that is known");
  });
});

test("a resource is counted once as failing and once as untagged, whatever is wrong with it", () => {
  const same: Partial<Finding> = { region: "r", enterprise_project: "e", resource_type: "key" };
  const tally = tallyOf([
    finding(1, { ...same, severity: "high", reason: "untagged" }),
    finding(1, { ...same, severity: "low", reason: "untagged" }),
    finding(1, { ...same, severity: "low", status: "error" }),
    finding(1, { ...same, status: "exempt" }),
    finding(1, { ...same, severity: "low", resource_id: null }),
  ]);
  expect(tally).toEqual({
    violations: 3,
    grades: { critical: 0, high: 1, medium: 0, low: 2 },
    untagged: 1,
    cells: [{ type: "key", region: "r", enterpriseProject: "e", failing: 1 }],
  });
});

test("the place where most resources fail comes first, and of two the first by name", () => {
  const at = (number: number, enterprise_project: string, region: string) =>
    finding(number, { enterprise_project, region, resource_type: "key" });
  const findings = [at(2, "b", "y"), at(4, "a", "y"), at(6, "c", "x"), at(8, "c", "x")];
  const html = placesHtml(report(findings), tallyOf(findings));
  const heat = html.slice(html.indexOf('class="heat"'));
  const heads = (scope: string) =>
    [...heat.matchAll(new RegExp(`<th scope="${scope}"><bdi>([^<]*)<`, "g"))].map(
      ([, name]) => name,
    );
  expect(heads("row")).toEqual(["c", "a", "b"]);
  expect(heads("col")).toEqual(["key x", "key y"]);
});

describe("the rules of the page", () => {
  const rule = (id: string, counts: Partial<RuleCount> = {}): RuleCount => ({
    id,
    severity: "low",
    description: "",
    fail: 0,
    exempt: 0,
    error: 0,
    skipped: 0,
    ...counts,
  });
  const htmlOf = (...rules: readonly RuleCount[]) => rulesHtml({ ...CLEAN, rules });

  test("stand broken ones first, then by severity, by failures and by name", () => {
    const html = htmlOf(
      rule("b"),
      rule("a"),
      rule("c", { exempt: 4 }),
      rule("unread", { fail: 1, error: 1 }),
      rule("two", { fail: 2 }),
      rule("grave", { severity: "critical" }),
      rule("error", { error: 1, severity: "medium" }),
    );
    const names = [...html.matchAll(/<bdi>([^<]*)</g)].map(([, name]) => name);
    expect(names).toEqual(["error", "two", "unread", "grave", "a", "b", "c"]);
  });

  test("have a bar of all that was found, and a link where anything was", () => {
    const html = htmlOf(
      rule("a", { fail: 1, error: 2, exempt: 1 }),
      rule("b", { fail: 1, exempt: 1 }),
    );
    expect(html).toContain('<rect class="fail" x="0" width="25" height="8"/>');
    expect(html).toContain('<rect class="error" x="25" width="50" height="8"/>');
    for (const counts of [{ skipped: 1 }, { fail: 1, exempt: 1 }, { fail: 1, error: 1, exempt: 2 }])
      expect(htmlOf(rule("a", counts))).toContain(
        '<a class="rule" href="#findings"><bdi>a</bdi></a>',
      );
    expect(htmlOf(rule("a"))).not.toContain("<a ");
  });
});

describe("the line of scores", () => {
  const point = (at: string, score: number | null, complete = true): TrendPoint => ({
    at,
    complete,
    score,
    fail: 2,
    resources: 1_000,
  });

  test("leaves a gap where an audit has no score, and tells days as far as they are known", () => {
    const html = trendHtml([
      point("x2026-11-20T", 50),
      point("b", null),
      point("2026-11-22", 100, false),
    ]);
    expect(html.match(/<polyline[^>]*points="([^"]*)"/)?.[1]).toBe("40,166 626,12");
    expect(html).toContain('points="40,166 40,166 626,12 626,166"');
    expect(html).toContain('<circle cx="40" cy="166" r="4"/><circle class="part" cx="626"');
    expect(html).toContain("3 audits: from 50 % on  to 100 % on 2026-11-22.");
    expect(html).toContain('<td>2026-11-22</td><td class="n">100 %</td>');
    expect(html).toContain('<td><bdi>b</bdi></td><td class="n">–</td>');
  });
});

test("an exemption's state has words and a tone", () => {
  const [one] = SMALL.exemptions;
  if (one === undefined) throw new Error("the sample has no exemption");
  const state = (name: typeof one.state) =>
    /<span class="sev [^<]*/.exec(
      exemptionsHtml({ ...CLEAN, exemptions: [{ ...one, state: name }] }),
    )?.[0];
  expect(state("in-use")).toBe('<span class="sev good">in use');
  expect(state("unused")).toBe('<span class="sev medium">unused');
  expect(state("expired")).toBe('<span class="sev high">expired');
  expect(state("unknown")).toBe('<span class="sev idle">not known');
});

test("an owner without a violation has none for the worst", () => {
  const owner = { owner: "a", resources: 1, failing: 0, findings: 0, fixable: 0, worst: null };
  const html = ownersHtml({ ...CLEAN, owners: { tag: null, list: [owner], others: 0 } });
  expect(html).toContain('<td><span class="sev good">none</span></td></tr>');
});

test("a change is told without a name and a region where there are none", () => {
  const [change] = SMALL.changes.list;
  if (change === undefined) throw new Error("the sample has no change");
  const list = [{ ...change, resource_name: null, region: null }];
  const changes = { total: 1, resources: 1, list };
  const html = [...changesPieces({ ...CLEAN, changes })].join("");
  expect(html).toContain('<tbody>\n<tr><td><span class="id">');
  expect(html).toContain(`<td>${change.resource_type}<td>`);
});

test("a finding says what puts it right, and nothing where there is nothing to put right", () => {
  const fix = (fields: Partial<Finding>) => {
    const findings = [finding(1, { fix_action: null, fixable: false, ...fields })];
    const html = [...findingsPieces({ ...CLEAN, findings })].join("");
    return html.split("<td>").at(-2);
  };
  expect(fix({})).toBe("by hand");
  expect(fix({ fixable: true })).toBe("by a plan");
  expect(fix({ fix_action: "create Owner" })).toBe("<bdi>create Owner</bdi>");
  expect(fix({ status: "exempt" })).toBe("exempt");
  expect(fix({ status: "skipped" })).toBe('<span class="m">–</span>');
  expect(fix({ status: "error" })).toBe('<span class="m">–</span>');
});

describe("an audit of nothing", () => {
  test("has words where there are no places and no rules, and no empty frames", () => {
    const html = [...htmlPieces(EMPTY)].join("");
    expect(html).toContain("<li>Regions <b>none</b></li><li>Projects <b>0</b></li>");
    expect(html).toContain("<p>No region and no project was audited.</p>");
    expect(html).toContain("<p>No place was audited.</p>");
    expect(html).toContain("<p>The policy has no rule.</p>");
    expect(html).not.toMatch(/<(b|ul|tbody|p|span)[^>]*><\/\1>/);
    expect(html).toMatch(/<strong>Complete[^<]*<\/strong><\/div>/);
  });
});

test("the log of a place that the audit does not tell has no counts", () => {
  const html = logHtml({ ...SMALL, scopes: [] });
  expect(html).toContain('<td class="n">–</td>'.repeat(4));
  expect(html).not.toContain("undefined");
});
