import { describe, expect, test } from "vitest";
import {
  bar,
  chip,
  clockHtml,
  dayHtml,
  momentHtml,
  outside,
  round,
  section,
  share,
  table,
  timeHtml,
} from "../../shared/core/report/html/markup.ts";

describe("a text from outside", () => {
  test.each([
    ["plain", "<bdi>plain</bdi>"],
    ["<b>&\"'", "<bdi>&lt;b&gt;&amp;&quot;&#39;</bdi>"],
    ["a\u202eb", '<bdi>a<i class="u">U+202E</i>b</bdi>'],
    [" ", '<bdi><i class="u">U+0020</i></bdi>'],
    ["", '<em class="m">empty</em>'],
  ])("is escaped and stands by itself: %j", (text, html) => {
    expect(outside(text)).toBe(html);
  });

  test("is a chip where it is a value, but for nothing", () => {
    expect(chip("a")).toBe("<code><bdi>a</bdi></code>");
    expect(chip("")).toBe('<em class="m">empty</em>');
  });
});

describe("a point in time", () => {
  test.each([
    ["2026-11-21T03:00:41.512Z", "2026-11-21&nbsp;03:00&nbsp;UTC"],
    ["2026-11-21T03:00", "2026-11-21&nbsp;03:00&nbsp;UTC"],
    ["2026-11-21", "<bdi>2026-11-21</bdi>"],
    ["at 2026-11-21T03:00", "<bdi>at 2026-11-21T03:00</bdi>"],
    ["<soon>", "<bdi>&lt;soon&gt;</bdi>"],
  ])("is shown to the minute: %s", (iso, html) => {
    expect(timeHtml(iso)).toBe(html);
  });

  test.each([
    ["2026-11-21T03:00:41.512Z", "03:00:41", "2026-11-21&nbsp;03:00:41&nbsp;UTC"],
    ["2026-11-21T03:00", "<bdi>2026-11-21T03:00</bdi>", "<bdi>2026-11-21T03:00</bdi>"],
    ["x2026-11-21T03:00:41", "<bdi>x2026-11-21T03:00:41</bdi>", "<bdi>x2026-11-21T03:00:41</bdi>"],
  ])("is shown to the second, with its day or without: %s", (iso, clock, moment) => {
    expect(clockHtml(iso)).toBe(clock);
    expect(momentHtml(iso)).toBe(moment);
  });

  test.each([
    ["2026-11-21T03:00:41.512Z", "2026-11-21"],
    ["2026-11-21", "2026-11-21"],
    ["x2026-11-21", "<bdi>x2026-11-21</bdi>"],
    ["soon", "<bdi>soon</bdi>"],
    [null, '<span class="m">–</span>'],
  ])("is shown as its day: %s", (iso, html) => {
    expect(dayHtml(iso)).toBe(html);
  });
});

test("a table has a caption to be read aloud, and columns of numbers", () => {
  expect(table("t", "A & B", ["Name", "#Number"], ["<tr><td>1</tr>", "<tr><td>2</tr>"])).toBe(
    '<div class="scroll" role="group" tabindex="0" aria-label="A &amp; B"><table class="t">' +
      '<caption class="vh">A &amp; B</caption>' +
      '<thead><tr><th scope="col">Name</th><th scope="col" class="n">Number</th></tr></thead>' +
      "<tbody><tr><td>1</tr>\n<tr><td>2</tr></tbody></table></div>",
  );
});

test("a section is named by its heading", () => {
  expect(section("a", "A", "<p>b</p>")).toBe(
    '<section id="a" aria-labelledby="h-a"><h2 id="h-a">A</h2><p>b</p></section>',
  );
});

test("a bar shows its parts one after the other, and none that is nothing", () => {
  const parts = [
    { part: "pass", percent: 33.333 },
    { part: "fail", percent: 0 },
    { part: "error", percent: 0.014 },
    { part: "skipped", percent: 50 },
  ];
  const rect = (part: string, x: number, width: number) =>
    `<rect class="${part}" x="${x}" width="${width}" height="8"/>`;
  expect(bar(parts)).toBe(
    '<svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">' +
      '<rect class="rest" width="100" height="8"/>' +
      `${rect("pass", 0, 33.33)}${rect("error", 33.33, 0.01)}${rect("skipped", 33.35, 50)}</svg>`,
  );
});

test("a number has two digits behind the point, and a share of nothing is none", () => {
  expect([round(1.005), round(1.236), round(-2.5)]).toEqual([1, 1.24, -2.5]);
  expect([share(1, 4), share(0, 4), share(3, 0)]).toEqual([25, 0, 0]);
});
