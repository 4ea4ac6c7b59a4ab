import { describe, expect, test } from "vitest";
import type { TrendPoint } from "../../../shared/core/audit/audit-report.ts";
import { createAuditor } from "../../../shared/core/audit/auditor.ts";
import {
  baselineOf,
  firstSeenIn,
  newSince,
  pointOf,
  trendPointSchema,
  withHistory,
} from "../../../shared/core/audit/history.ts";
import { policy, rule } from "../plan/builders.ts";
import { deps, item } from "./fixture.ts";

const about = policy({ tags: [rule("Env", { required: { only: null, except: [] } })] });
const DAYS = ["2027-01-15", "2027-01-16", "2027-01-17"].map((day) => `${day}T12:00:00.000Z`);
const [FIRST = "", SECOND = "", THIRD = ""] = DAYS;

function auditOn(startedAt: string, ...numbers: readonly number[]) {
  const auditor = createAuditor(about, deps);
  const scope = auditor.open({ region: "r", project: "p" });
  for (const number of numbers) scope.take(item({}, { number }));
  scope.close(null);
  return auditor.end({ version: "1", startedAt, finishedAt: startedAt });
}

const seen = (report: ReturnType<typeof auditOn>) =>
  report.findings.map(({ first_seen, last_seen }) => [first_seen, last_seen]);

describe("with its history, a report", () => {
  test("says since when each finding is known; without one it does not", () => {
    expect(seen(auditOn(FIRST, 1))).toEqual([[null, null]]);
    const first = withHistory(auditOn(FIRST, 1), { points: [], firstSeen: new Map() });
    expect(seen(first)).toEqual([[FIRST, FIRST]]);
    const second = withHistory(auditOn(SECOND, 1, 2), {
      points: [],
      firstSeen: firstSeenIn(first),
    });
    expect(seen(second)).toEqual([
      [FIRST, SECOND],
      [SECOND, SECOND],
    ]);
    const third = withHistory(auditOn(THIRD, 2), { points: [], firstSeen: firstSeenIn(second) });
    expect(seen(third)).toEqual([[SECOND, THIRD]]);
    expect([...firstSeenIn(auditOn(FIRST, 1)).values()]).toEqual([FIRST]);
  });

  test("has the trend up to itself, oldest first, itself last and once", () => {
    const report = auditOn(SECOND, 1, 2);
    const [own] = report.trend;
    expect(own).toEqual({ at: SECOND, complete: false, score: 0, fail: 2, resources: 2 });
    const at = (time: string): TrendPoint => ({ ...pointOf(report), at: time, fail: 9 });
    const points = [at(THIRD), at(SECOND), at(FIRST)];
    expect(withHistory(report, { points, firstSeen: new Map() }).trend).toEqual([at(FIRST), own]);
    const later = auditOn(THIRD);
    const before = [SECOND, FIRST, "2027-01-14T12:00:00.000Z"].map(at);
    expect(withHistory(later, { points: before, firstSeen: new Map() }).trend).toEqual([
      ...before.toReversed(),
      pointOf(later),
    ]);
  });

  test("keeps the last points only", () => {
    const report = auditOn(THIRD);
    const points = Array.from({ length: 500 }, (_, n) => ({
      ...pointOf(report),
      at: `2026-01-01T00:00:00.${n + 100}Z`,
    }));
    const { trend } = withHistory(report, { points, firstSeen: new Map() });
    expect([trend.length, trend[0]?.at, trend.at(-1)?.at]).toEqual([400, points[101]?.at, THIRD]);
  });
});

test("a line of the history reads back", () => {
  const [point] = auditOn(FIRST, 1).trend;
  expect(trendPointSchema.parse(JSON.parse(JSON.stringify(point)))).toEqual(point);
  expect(trendPointSchema.safeParse({ ...point, fail: -1 }).success).toBe(false);
});

describe("against a baseline", () => {
  test("only what is wrong now and was not wrong then is new", () => {
    const baseline = baselineOf(auditOn(FIRST, 1, 2).findings);
    const found = newSince(auditOn(SECOND, 1, 2, 3).findings, baseline);
    expect(found.map(({ resource_id: id }) => id?.slice(-1))).toEqual(["3"]);
  });

  test("what was excused then and is not now is new; what is excused now never is", () => {
    const finding = (status: "fail" | "exempt" | "error" | "skipped") => ({
      fingerprint: "f",
      status,
    });
    expect(newSince([finding("fail")], baselineOf([finding("exempt")]))).toHaveLength(1);
    expect(newSince([finding("fail")], baselineOf([finding("error")]))).toHaveLength(0);
    for (const status of ["exempt", "skipped"] as const)
      expect(newSince([finding(status)], new Set())).toHaveLength(0);
  });
});
