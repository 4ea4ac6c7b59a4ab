import { describe, expect, test } from "vitest";
import type { Findings } from "../../shared/core/audit/findings.ts";
import { FORMAT_NAMES, FORMATS } from "../../shared/core/report/formats.ts";
import { CLEAN, HOSTILE_REPORT, INCOMPLETE, large, type SMALL } from "./samples.ts";

const CHUNK_CHARACTERS_MAX = 65_536 + 50_000;

describe.each(FORMAT_NAMES)("%s", (name) => {
  const render = (report: typeof SMALL) => [...FORMATS[name].render(report)];

  test("is the same for the same report", () => {
    expect(render(HOSTILE_REPORT)).toEqual(render(HOSTILE_REPORT));
  });

  test("comes in chunks, none of which is large or ends inside a character", () => {
    const chunks = render(large(3_000));
    for (const chunk of chunks) {
      expect(chunk.length).toBeLessThan(CHUNK_CHARACTERS_MAX);
      expect(chunk).not.toMatch(/[\ud800-\udbff]$/);
    }
  });

  test("walks through findings, and holds no more than the first 25,000 of them", () => {
    const { findings, ...rest } = large(100);
    const never = () => {
      throw new Error("all findings would be held");
    };
    const walked: Findings = {
      length: findings.length,
      [Symbol.iterator]: () => findings[Symbol.iterator](),
      slice: (from, to) => (to > 25_000 ? never() : findings.slice(from, to)),
      filter: never,
      map: never,
    };
    expect(render({ ...rest, findings: walked })).toEqual(render({ ...rest, findings }));
  });

  test("is not empty when there is nothing to say, and tells complete from incomplete", () => {
    expect(render(CLEAN).join("")).not.toBe("");
    if (name !== "csv")
      expect(render(INCOMPLETE)).not.toEqual(render({ ...INCOMPLETE, complete: true }));
  });
});

test("the files are those that the run store keeps", () => {
  expect(FORMAT_NAMES.map((name) => FORMATS[name].file)).toEqual([
    "report.json",
    "report.csv",
    "report.html",
    "report.md",
    "report.sarif",
    "report.junit.xml",
  ]);
});

test("each output is stored and sent as what it is", () => {
  expect(FORMAT_NAMES.map((name) => FORMATS[name].mediaType)).toEqual([
    "application/json",
    "text/csv; charset=utf-8",
    "text/html; charset=utf-8",
    "text/markdown; charset=utf-8",
    "application/sarif+json",
    "application/xml",
  ]);
});
