/**
 * Goal: an output with room for so many findings, or so much text, uses all of it and says what is left out.
 * Method: findings that only say how many they are; lines of a known length.
 */
import { describe, expect, test } from "vitest";
import type { AuditReport } from "../../shared/core/audit/audit-report.ts";
import type { Finding, FindingReason } from "../../shared/core/audit/finding.ts";
import type { Findings } from "../../shared/core/audit/findings.ts";
import { findingsPieces } from "../../shared/core/report/html/findings.ts";
import { junitPieces } from "../../shared/core/report/junit.ts";
import { markdownPieces } from "../../shared/core/report/markdown.ts";
import { sarifPieces } from "../../shared/core/report/sarif.ts";
import { finding } from "./audit.ts";
import { CLEAN } from "./samples.ts";

/** A reason for each thing that can be done next. */
const ADVISED: readonly FindingReason[] = ["secret", "undeclared", "conflict", "expired", "full"];

/** So many findings, of which the first and one beyond the limit are there; who takes more of them than `most` is refused. */
function counted(length: number, most: number): Findings {
  const never = () => {
    throw new Error("all findings would be held");
  };
  const [one, beyond] = [[finding(1)], finding(2, { resource_name: "beyond" })];
  return {
    length,
    [Symbol.iterator]: () => [...one, beyond][Symbol.iterator](),
    slice: (from, to) => (from === 0 && to === most ? one : never()),
    filter: never,
    map: never,
  };
}

describe.each([
  ["the page", findingsPieces, 10_000, "These are the 10,000 gravest; all are in the CSV."],
  [
    "the SARIF",
    sarifPieces,
    25_000,
    '"level":"warning","message":{"text":"1 lesser findings are in the CSV only"}',
  ],
  ["the JUnit XML", junitPieces, 25_000, "1 lesser finding left out; the CSV holds all"],
] as const)("%s", (_name, pieces, most, words) => {
  test("holds all findings up to a number, and above it says how many it does not", () => {
    const told = (length: number) =>
      [...pieces({ ...CLEAN, findings: counted(length, most) })].join("");
    expect(told(most)).not.toContain("CSV");
    expect(told(most + 1)).toContain(words);
    expect(told(most + 1)).not.toContain("beyond");
  });
});

test("the lesser findings are a case of the JUnit XML that is skipped", () => {
  const xml = [...junitPieces({ ...CLEAN, findings: counted(25_002, 25_000) })].join("");
  expect(xml).toContain(
    '<testcase name="lesser findings" classname="tagwarden.completeness" time="0">' +
      '<skipped message="2 lesser findings left out; the CSV holds all">' +
      "2 lesser findings left out; the CSV holds all</skipped></testcase>",
  );
});

describe("the Markdown", () => {
  const FIELDS = [
    "rule_id",
    "resource_name",
    "resource_id",
    "region",
    "tag_key",
    "actual",
    "expected",
    "suggestion",
  ] as const;
  const textOf = (findings: readonly Finding[]) =>
    [...markdownPieces({ ...CLEAN, findings })].join("");
  const filled = (lengths: readonly number[]) =>
    finding(
      1,
      Object.fromEntries(FIELDS.map((field, at) => [field, "x".repeat(lengths[at] ?? 1)])),
    );
  const leastLength = (/^- \*\*.*\n/m.exec(textOf([filled([])]))?.[0] ?? "").length;

  /** A finding whose line has so many characters. */
  function lineOf(length: number): Finding {
    const more = length - leastLength;
    return filled(FIELDS.map((_, at) => 1 + Math.max(0, Math.min(79, more - 79 * at))));
  }

  test("holds findings up to its last character, and none after one that did not fit", () => {
    const lines = (each: number, last: number) => [
      ...Array(98).fill(lineOf(each)),
      lineOf(last),
      lineOf(200),
    ];
    const room = 65_000 - 200 - textOf(lines(200, 200)).indexOf("### Gravest findings");
    const each = Math.floor((room - 500) / 98);
    const rest = room - 98 * each;
    const shown = (last: number) => {
      const text = textOf(lines(each, last));
      return [text.match(/^- \*\*/gm)?.length, /… and .*/.exec(text)?.[0]];
    };
    expect(shown(rest)).toEqual([99, "… and 1 more; the CSV holds all."]);
    expect(shown(rest + 1)).toEqual([98, "… and 2 more; the CSV holds all."]);
    expect(shown(rest - 200)).toEqual([100, undefined]);
    expect(shown(rest - 199)).toEqual([99, "… and 1 more; the CSV holds all."]);
  });

  test.each(["`", "|", "\u202e", "😀"])(
    "leaves room to the findings where all is full of %j",
    (one) => {
      const text = one.repeat(90);
      const many = 9_999_999_999;
      const fields = Object.fromEntries(FIELDS.map((name) => [name, text]));
      const count = { counted: many, examined: many - 1, skipped: many, errors: many };
      const worst: AuditReport = {
        ...CLEAN,
        complete: false,
        finishedAt: text,
        policy: { hash: text },
        scopes: Array(41).fill({
          region: text,
          project: text,
          complete: false,
          problem: text,
          types: { secret: count, key: count },
        }),
        rules: Array(61).fill({
          id: text,
          severity: "critical",
          description: text,
          ...{ fail: many, exempt: many, error: many, skipped: many },
        }),
        owners: {
          tag: text,
          list: Array(11).fill({ owner: text, failing: many, resources: many }),
          others: many,
        },
        changes: { total: many, resources: many, list: [] },
        findings: [
          ...ADVISED.map((reason) => finding(1, { ...fields, reason })),
          finding(2, { fixable: false }),
        ],
      };
      const markdown = [...markdownPieces(worst)].join("");
      const above = markdown.indexOf("### Gravest findings");
      expect(above).toBeLessThan(0.75 * 65_000);
      expect(markdown.length).toBeLessThan(65_000);
      expect(markdown.match(/^- \*\*incomplete/gm)).toHaveLength(40);
      expect(markdown.match(/^\| .* \| critical \|/gm)).toHaveLength(60);
      expect(markdown.match(/^- .* failing resources$/gm)).toHaveLength(10);
      expect(markdown.match(/^- \*\*(?!incomplete)/gm)).not.toBeNull();
    },
  );
});
