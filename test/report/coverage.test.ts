import { describe, expect, test } from "vitest";
import type { AuditScope } from "../../shared/core/audit/audit-report.ts";
import {
  completenessText,
  coverageOf,
  coverageText,
  grouped,
  numbered,
  percentText,
  scopeText,
  shownScore,
} from "../../shared/core/report/coverage.ts";
import { counts, report } from "./audit.ts";

const FINE = counts(5, 5, 0);
const scope = (changes: Partial<AuditScope> = {}): AuditScope => ({
  region: "r-1",
  project: "p",
  complete: false,
  problem: null,
  types: { secret: FINE, key: FINE },
  ...changes,
});

describe("a type of resource in a scope", () => {
  const isShort = (secret: AuditScope["types"]["secret"], changes: Partial<AuditScope> = {}) => {
    const scopes = [scope({ types: { secret, key: FINE }, ...changes })];
    return coverageOf(report([], { scopes })).map(({ type, short }) => `${type} ${short}`)[0];
  };

  test.each([
    ["has errors", counts(5, 5, 0, 1)],
    ["has fewer than are counted", counts(6, 5, 0)],
    ["has more than are counted", counts(4, 5, 0)],
  ])("is short if it %s and the scope is not complete", (_, count) => {
    expect(isShort(count)).toBe("secret true");
    expect(isShort(count, { complete: true })).toBe("secret false");
  });

  test("is short if the scope has a problem that nothing else explains", () => {
    expect(isShort(FINE, { problem: "forbidden" })).toBe("secret true");
    expect(isShort(FINE, { problem: "forbidden", complete: true })).toBe("secret false");
  });

  test("is not short if the scope's problem was with the other type", () => {
    const shortTypes = (key: AuditScope["types"]["key"]) => {
      const scopes = [scope({ types: { secret: FINE, key }, problem: "forbidden" })];
      return coverageOf(report([], { scopes })).flatMap(({ type, short }) => (short ? [type] : []));
    };
    expect(shortTypes(counts(null, 0, 0))).toEqual(["key"]);
    expect(shortTypes(counts(5, 4, 0))).toEqual(["key"]);
    expect(shortTypes(counts(5, 4, 0, 1))).toEqual(["key"]);
    expect(shortTypes(counts(5, 5, 0))).toEqual(["secret", "key"]);
  });

  test("is not short if nothing is known to be missing", () => {
    expect(isShort(FINE)).toBe("secret false");
    expect(isShort(counts(null, 5, 1))).toBe("secret false");
    expect(isShort(counts(0, 0, 0))).toBe("secret false");
  });

  test("is told secrets first, with its scope and its count", () => {
    const one = scope({ types: { secret: counts(1, 1, 0), key: counts(2, 2, 0) } });
    expect(coverageOf(report([], { scopes: [one] }))).toEqual([
      { scope: one, type: "secret", count: counts(1, 1, 0), short: false },
      { scope: one, type: "key", count: counts(2, 2, 0), short: false },
    ]);
  });
});

test("a count is told with what was made of it", () => {
  expect(coverageText(counts(1_200, 1_180, 2, 20))).toBe(
    "the API counts 1,200, examined 1,180, skipped 2, errors 20",
  );
  expect(coverageText(counts(null, 3, 0))).toBe(
    "the API gives no count, examined 3, skipped 0, errors 0",
  );
});

test("a scope is told by region and project, or by its project alone", () => {
  expect(scopeText({ region: "r-1", project: "p" })).toBe("r-1 / p");
  expect(scopeText({ region: null, project: "p" })).toBe("p");
});

describe("whether everything was examined", () => {
  const incomplete = (...scopes: readonly AuditScope[]) =>
    completenessText(report([], { complete: false, scopes }));

  test("is said of a complete audit", () => {
    expect(completenessText(report([]))).toBe(
      "Complete: everything that the API counts was examined.",
    );
  });

  test("is said with the number of scopes where something is missing", () => {
    const text = (where: string) =>
      `Incomplete: not everything could be examined.${where} Scores and findings are about the rest.`;
    expect(incomplete(scope())).toBe(text(" Something is missing in 1 of 1 scope."));
    expect(incomplete(scope(), scope({ complete: true }), scope())).toBe(
      text(" Something is missing in 2 of 3 scopes."),
    );
    expect(incomplete(scope({ complete: true }))).toBe(text(""));
    expect(incomplete()).toBe(text(""));
  });
});

test("an incomplete audit is never 100 %", () => {
  const shown = (complete: boolean, score: number | null) =>
    shownScore(report([], { complete }), score);
  expect([shown(true, 100), shown(true, 50), shown(true, null)]).toEqual([100, 50, null]);
  expect([shown(false, 100), shown(false, 50), shown(false, null)]).toEqual([99.9, 50, null]);
});

test("a percentage may be none", () => {
  expect([percentText(97.5), percentText(0), percentText(null)]).toEqual(["97.5 %", "0 %", "–"]);
});

test.each([
  [0, "0"],
  [999, "999"],
  [1_000, "1,000"],
  [123_456, "123,456"],
  [1_234_567, "1,234,567"],
])("%i is written %s", (number, text) => {
  expect(grouped(number)).toBe(text);
});

test("one is told in the singular, everything else in the plural", () => {
  expect(numbered(1, "finding")).toBe("1 finding");
  expect(numbered(0, "finding")).toBe("0 findings");
  expect(numbered(1_001, "finding")).toBe("1,001 findings");
});
