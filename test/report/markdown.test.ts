import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { AuditReport } from "../../shared/core/audit/audit-report.ts";
import { FORMATS } from "../../shared/core/report/formats.ts";
import { visible } from "../../shared/core/report/visible.ts";
import { anyReport } from "./any-report.ts";
import { finding, report } from "./audit.ts";
import { HOSTILE } from "./hostile.ts";
import { CLEAN, EMPTY, EXEMPT, HOSTILE_REPORT, INCOMPLETE, large, SMALL } from "./samples.ts";

const render = (report: AuditReport) => [...FORMATS.md.render(report)].join("");

type Line = { readonly outside: string; readonly spans: readonly string[] };

/** Splits a line into code spans and what stands outside of them, as CommonMark 6.1 says. */
function read(line: string): Line {
  const spans: string[] = [];
  let outside = "";
  let rest = line;
  for (;;) {
    const open = /`+/.exec(rest);
    if (open === null) return { outside: outside + rest, spans };
    const from = open.index + open[0].length;
    const close = [...rest.slice(from).matchAll(/`+/g)].find(([run]) => run === open[0]);
    outside += rest.slice(0, open.index);
    if (close === undefined) throw new Error(`a fence that nothing closes: ${line}`);
    const text = rest.slice(from, from + close.index);
    const padded = /^ .* $/s.test(text) && /[^ ]/.test(text);
    spans.push(padded ? text.slice(1, -1) : text);
    rest = rest.slice(from + close.index + open[0].length);
  }
}

/** Our own words: nothing in them can be a link, a mention, HTML or an entity. */
const OWN = /^[\w ,.:;()%|*…–#/-]*$/;

const shownOf = (value: string) => {
  const text = visible(value);
  return [...text].length > 80 ? `${[...text].slice(0, 79).join("")}…` : text;
};

describe("the Markdown of a report", () => {
  test.each(Object.entries({ CLEAN, EMPTY, EXEMPT, HOSTILE_REPORT, INCOMPLETE, SMALL }))(
    "holds whatever comes from outside in code spans: %s",
    (_name, report) => {
      for (const line of render(report).split("\n")) expect(read(line).outside).toMatch(OWN);
    },
  );

  test("does so for any report", () => {
    fc.assert(
      fc.property(anyReport, (report) => {
        for (const line of render(report).split("\n")) expect(read(line).outside).toMatch(OWN);
      }),
      { numRuns: 100 },
    );
  });

  test.each(HOSTILE.filter((value) => value !== ""))("shows a value as it is: %j", (value) => {
    const text = render(report([finding(1, { actual: value })]));
    const spans = text.split("\n").flatMap((line) => read(line).spans);
    expect(spans).toContain(shownOf(value));
  });

  test("a table has as many cells in each row as in its head", () => {
    const lines = render(HOSTILE_REPORT).split("\n");
    const rules = lines.slice(lines.indexOf("### By rule"));
    const table = rules.slice(2, rules.indexOf("", 2));
    expect(table.length).toBeGreaterThan(10);
    for (const line of table) expect(line.split("|")).toHaveLength(7);
  });

  test("has one empty line between what was examined and the scores, however much that is", () => {
    const head = (report: AuditReport) =>
      render(report).slice(0, render(report).indexOf("| Score ")).split("\n").slice(3);
    expect(head(EMPTY)).toEqual(["", ""]);
    expect(head(SMALL).at(-3)).toMatch(/^- /);
    expect(head(SMALL).slice(-2)).toEqual(["", ""]);
  });

  test("says first whether it is complete, and an incomplete one has no 100 %", () => {
    expect(render(SMALL).split("\n")[2]).toMatch(/^\*\*Complete/);
    expect(render(INCOMPLETE).split("\n")[2]).toMatch(/^\*\*Incomplete/);
    const best = render({ ...INCOMPLETE, summary: CLEAN.summary });
    expect(best).not.toMatch(/\b100 %/);
    expect(best).toContain("| 99.9 % of what is known |");
  });

  test("fits into a comment, however much there is to say, and says what is left out", () => {
    const wide = large(3_000);
    const rules = wide.rules.flatMap((rule) =>
      Array.from({ length: 200 }, (_, index) => ({
        ...rule,
        fail: 1,
        id: `${rule.id}-${index}-${"x".repeat(128)}`,
      })),
    );
    const findings = wide.findings.map((one) => ({
      ...one,
      actual: "`".repeat(255),
      expected: "y".repeat(255),
      suggestion: "z".repeat(255),
    }));
    const scopes = Array.from({ length: 300 }, () => wide.scopes).flat();
    for (const report of [wide, { ...wide, rules, findings, scopes }, HOSTILE_REPORT]) {
      const text = render(report);
      expect(text.length).toBeLessThanOrEqual(65_000);
    }
    expect(render(wide)).toMatch(/… and [\d,]+ more; the CSV holds all/);
  });
});
