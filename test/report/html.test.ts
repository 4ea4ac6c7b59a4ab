import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { AuditReport } from "../../shared/core/audit/audit-report.ts";
import { FORMATS } from "../../shared/core/report/formats.ts";
import { visible } from "../../shared/core/report/visible.ts";
import { anyReport } from "./any-report.ts";
import { finding, report } from "./audit.ts";
import { HOSTILE } from "./hostile.ts";
import { CLEAN, EMPTY, EXEMPT, HOSTILE_REPORT, INCOMPLETE, large, SMALL } from "./samples.ts";

const render = (report: AuditReport) => [...FORMATS.html.render(report)].join("");

/** The page without its style and script, which hold nothing of a report. */
const markupOf = (html: string) => html.replace(/<(style|script)>[\s\S]*?<\/\1>/g, "");

const TAG = /<(\/?)([a-z][a-z0-9]*)((?: [a-zA-Z][a-zA-Z0-9-]*(?:="[^"<>]*")?)*)\s*\/?>/g;
const ELEMENTS = new Set(
  "html head dl dt dd meta title link body a header h1 h2 h3 ul ol li b i em strong div nav section main p span code br table caption thead tbody tr th td svg rect line polygon polyline circle text desc details summary label input select option button footer bdi".split(
    " ",
  ),
);

/** Every tag of the page is one of ours: what remains between the tags has no angle bracket. */
function check(html: string): void {
  const markup = markupOf(html).replace(/^<!doctype html>/, "");
  const foreign = [...markup.matchAll(TAG)].filter(
    ([, , name = "", attributes = ""]) =>
      !ELEMENTS.has(name) || / (on[a-z]+|style|src|srcdoc|action|formaction)=/.test(attributes),
  );
  expect(foreign).toEqual([]);
  const between = markup.replace(TAG, "");
  expect(/.{0,60}[<>].{0,60}/s.exec(between)?.[0]).toBe(undefined);
  expect(between).not.toMatch(/&(?!(amp|lt|gt|quot|#39|nbsp);)/);
}

function textOf(html: string): string {
  const entities: { readonly [name: string]: string } = {
    amp: "&",
    lt: "<",
    gt: ">",
    quot: '"',
    "#39": "'",
    nbsp: "\u00a0",
  };
  return markupOf(html)
    .replace(/<i class="u">([^<]*)<\/i>/g, "⟨$1⟩")
    .replace(TAG, "")
    .replace(/&([a-z#0-9]+);/g, (whole, name) => entities[name] ?? whole);
}

describe("the HTML of a report", () => {
  test.each(Object.entries({ CLEAN, EMPTY, EXEMPT, HOSTILE_REPORT, INCOMPLETE, SMALL }))(
    "has no tag and no attribute but its own: %s",
    (_name, report) => {
      check(render(report));
    },
  );

  test("has none for any report", () => {
    fc.assert(
      fc.property(anyReport, (report) => {
        check(render(report));
      }),
      { numRuns: 50 },
    );
  });

  test.each(HOSTILE.filter((value) => value !== "" && value.length < 300))(
    "shows a value as it is: %j",
    (value) => {
      const fields = { resource_name: value, tag_key: value, actual: value, region: value };
      const text = textOf(render(report([finding(1, fields)])));
      expect(text.split(visible(value)).length).toBeGreaterThanOrEqual(5);
    },
  );

  test("puts no value into an attribute", () => {
    const marked = "zq9MARKER";
    const html = render({
      ...report([
        finding(1, {
          rule_id: marked,
          resource_name: marked,
          region: marked,
          enterprise_project: marked,
          tag_key: marked,
          actual: marked,
          exemption_id: marked,
          status: "exempt",
        }),
      ]),
      policy: { hash: marked },
    });
    for (const [tag] of markupOf(html).matchAll(TAG)) expect(tag).not.toContain(marked);
    expect(html).toContain(marked);
  });

  test("loads nothing and knows no address", () => {
    const html = render(SMALL);
    expect(html).toContain("default-src 'none'");
    expect(html).not.toMatch(/https?:\/\/|url\(|@import/);
    expect(html).not.toMatch(/ (?:href|src)="(?!#|data:,)/);
  });

  test("says first whether it is complete, and an incomplete one shows no 100 %", () => {
    expect(textOf(render(SMALL))).toContain(
      "Complete: everything that the API counts was examined.",
    );
    const text = textOf(render({ ...INCOMPLETE, summary: CLEAN.summary }));
    expect(text).toContain("Incomplete: not everything could be examined.");
    expect(text).toContain("99.9 %");
    expect(text).toMatch(/of [\d,]+ taggable that are known/);
    expect(
      text.slice(text.indexOf("Compliant"), text.indexOf("Resources", text.indexOf("Compliant"))),
    ).not.toContain("100 %");
  });

  test("holds the ten thousand gravest findings in a few megabytes, and says that there are more", () => {
    const html = render(large(10_020));
    expect(html.match(/<tr class="(secret|key|policy)">/g)).toHaveLength(10_000);
    expect(html.length).toBeLessThan(6_000_000);
    expect(textOf(html)).toContain(
      "10,020 in all, gravest first. These are the 10,000 gravest; all are in the CSV.",
    );
  });

  test("every link within the page has its goal", () => {
    const html = render(SMALL);
    for (const [, id] of html.matchAll(/href="#([a-z]+)"/g)) expect(html).toContain(`id="${id}"`);
  });
});
