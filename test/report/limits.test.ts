/**
 * Goal: an output that holds only so many of something holds the last one that fits, and says how many it leaves out.
 * Method: as many as fit, then one more.
 */
import { describe, expect, test } from "vitest";
import type { AuditReport, KeyCount } from "../../shared/core/audit/audit-report.ts";
import { FORMATS, type FormatName } from "../../shared/core/report/formats.ts";
import { counts, finding, report } from "./audit.ts";
import { CLEAN, SMALL } from "./samples.ts";

const render = (format: FormatName, changes: Partial<AuditReport>) =>
  [...FORMATS[format].render({ ...CLEAN, ...changes })].join("");
const some = <Item>(number: number, make: (index: number) => Item) =>
  Array.from({ length: number }, (_, index) => make(index));

/** How often something occurs in an output. */
const occurrences = (text: string, part: string | RegExp) => text.split(part).length - 1;

const scopes = (number: number): AuditReport["scopes"] =>
  some(number, (index) => ({
    region: `r-${index}`,
    project: "p",
    complete: true,
    problem: null,
    types: { secret: counts(1, 1, 0), key: counts(1, 1, 0) },
  }));

const rule = (index: number) => ({
  id: `rule-${index}`,
  severity: "low" as const,
  description: "",
  fail: 1,
  exempt: 0,
  error: 0,
  skipped: 0,
});

describe("the header of the page", () => {
  const header = (number: number) => {
    const html = render("html", { scopes: scopes(number) });
    return html.slice(html.indexOf('<div class="banner'), html.indexOf("<nav"));
  };

  test("has eight lines on what was examined, and then a link to all", () => {
    expect(occurrences(header(4), "<li>")).toBe(8);
    expect(header(4)).not.toContain("more, see");
    expect(occurrences(header(5), "<li>")).toBe(9);
    expect(header(5)).toContain('and 2 more, see <a href="#coverage">coverage</a>');
  });
});

describe("the page", () => {
  const key = (index: number): KeyCount => ({
    key: `key-${index}`,
    declared: true,
    resources: 1,
    distinct: 6,
    more: false,
    values: some(6, (number) => ({ value: `value-${number}`, resources: 1 })),
    invalid: 0,
  });

  test("has 200 tag keys with five values each, and says how many more there are", () => {
    const fits = render("html", { keys: some(200, key) });
    expect(fits).not.toContain("more are in the JSON");
    expect(occurrences(fits, "value-4<")).toBe(200);
    expect(fits).not.toContain("value-5<");
    const more = render("html", { keys: some(1_201, key) });
    expect(more).toContain("1,201 keys on ");
    expect(more).toContain(" 1,001 more are in the JSON.");
    expect(occurrences(more, "value-4<")).toBe(200);
  });

  test("tells of a key's values how many there are, or that there are more than were told apart", () => {
    const told = (more: boolean) =>
      render("html", { keys: [{ ...key(1), distinct: 1_000, more }] });
    expect(told(false)).toContain('<td class="n">1,000</td>');
    expect(told(true)).toContain('<td class="n">1,000+</td>');
  });

  const owner = (index: number) => ({
    owner: `owner-${index}`,
    resources: 3,
    failing: 1,
    findings: 1,
    fixable: 0,
    worst: null,
  });

  test("has 100 owners, and says how many more there are", () => {
    const owners = (number: number, others = 0) =>
      render("html", { owners: { tag: "Owner", list: some(number, owner), others } });
    expect(owners(100)).not.toContain("more are in the JSON");
    expect(occurrences(owners(101), "owner-")).toBe(100);
    expect(owners(101)).toContain(" 1 more are in the JSON.");
    expect(owners(1)).not.toContain("belong to owners");
    expect(owners(1, 1)).toContain(" 1 resources belong to owners beyond those told apart.");
  });

  test("has 1,000 changes, and says that the plan has all", () => {
    const changes = (number: number, total = number) => {
      const [one] = SMALL.changes.list;
      const list = one === undefined ? [] : some(number, () => one);
      return render("html", { changes: { total, resources: 1, list } });
    };
    expect(changes(1_000)).not.toContain("are shown; the plan has all");
    expect(changes(1_000)).toContain("the audit itself writes nothing. <code>");
    expect(occurrences(changes(1_001), '<b class="op')).toBe(1_000);
    expect(changes(1_001)).toContain("1,001 changes on 1 resource, by the policy");
    expect(changes(1_001)).toContain(" The first 1,000 are shown; the plan has all.");
    expect(changes(1, 2)).toContain(" The first 1 are shown; the plan has all.");
  });

  test("draws the last 60 audits, where two of them have a score", () => {
    const point = (index: number, score: number | null = 90) => ({
      at: `2026-11-21T03:00:${String(index).padStart(2, "0")}Z`,
      complete: true,
      score,
      fail: 1,
      resources: 3,
    });
    const circles = (trend: AuditReport["trend"]) =>
      occurrences(render("html", { trend }), "<circle");
    expect(circles(some(60, (index) => point(index)))).toBe(60);
    expect(circles(some(61, (index) => point(index)))).toBe(60);
    expect(circles([point(0), point(1, null), point(2)])).toBe(2);
    expect(circles([point(0), point(1, null)])).toBe(0);
    expect(circles([point(0), ...some(59, (index) => point(index, null)), point(60)])).toBe(0);
  });

  const failing = (number: number, fields: (index: number) => object) =>
    report(some(number, (index) => finding(index * 2, { resource_type: "key", ...fields(index) })));

  test("has 40 enterprise projects in 16 places, and says that there are more", () => {
    const few = "The places with the fewest failing resources are in the CSV only.";
    const projects = (number: number) =>
      render(
        "html",
        failing(number, (index) => ({ region: "r", enterprise_project: `e-${index}` })),
      );
    expect(projects(40)).not.toContain(few);
    expect(projects(41)).toContain(few);
    const regions = (number: number) =>
      render(
        "html",
        failing(number, (index) => ({ region: `r-${index}`, enterprise_project: "e" })),
      );
    expect(regions(16)).not.toContain(few);
    expect(regions(17)).toContain(few);
    expect(occurrences(regions(17), '<th scope="col"><bdi>key r-')).toBe(16);
    expect(occurrences(regions(17), /<td class="h\d">/)).toBe(16);
    expect(occurrences(projects(41), '<th scope="row"><bdi>e-')).toBe(40);
  });
});

describe("the Markdown", () => {
  test("has 40 lines on what was examined", () => {
    const lines = (number: number) => render("md", { scopes: scopes(number) });
    expect(lines(20)).not.toContain("- … and");
    expect(occurrences(lines(21), / in `r-/)).toBe(40);
    expect(lines(21)).toContain("\n- … and 2 more\n");
  });

  test("has 60 rules", () => {
    const rules = (number: number) => render("md", { rules: some(number, rule) });
    expect(rules(60)).not.toContain("| … and");
    expect(occurrences(rules(61), "| `rule-")).toBe(60);
    expect(rules(61)).toContain("\n| … and 1 more | | | | |\n");
  });

  test("has 100 findings, in their order, and counts the rest", () => {
    const findings = (number: number) =>
      some(number, (index) => finding(1, { resource_name: `n-${index}`, actual: null }));
    expect(render("md", { findings: findings(100) })).not.toContain("… and");
    const more = render("md", { findings: findings(102) });
    expect(occurrences(more, "`n-")).toBe(100);
    expect(more).toContain("`n-99`");
    expect(more).toMatch(/\n\n… and 2 more; the CSV holds all\.\n$/);
  });
});

describe("the JUnit XML", () => {
  test("has 20 lines on what is wrong with a resource", () => {
    const same = (number: number) =>
      some(number, (index) =>
        finding(1, { rule_id: "r", reason: "no-match", actual: `value-${index}` }),
      );
    expect(occurrences(render("junit", { findings: same(20) }), /found &quot;value-19&quot;/)).toBe(
      1,
    );
    expect(render("junit", { findings: same(21) })).not.toContain("value-20");
  });
});
