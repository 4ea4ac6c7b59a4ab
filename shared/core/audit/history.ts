import * as z from "zod/mini";
import type { AuditReport, TrendPoint } from "./audit-report.ts";
import { type Finding, STATUSES } from "./finding.ts";
import { changeEach } from "./findings.ts";
import { compareTexts } from "./order.ts";

const count = z.int().check(z.nonnegative());

/** One line of `audits/history.jsonl`: so little that years of audits can be read at once. */
export const trendPointSchema = z.object({
  at: z.string(),
  complete: z.boolean(),
  score: z.nullable(z.number()),
  fail: count,
  resources: count,
});

/** Points of a trend that are shown: a year of daily audits and some more. */
const POINTS_MAX = 400;

/** What the store knows of audits before this one. */
export type AuditHistory = {
  /** In any order; points of this audit itself are passed over. */
  readonly points: readonly TrendPoint[];
  /** By fingerprint: when each finding of the last audit was seen first (`firstSeenIn`). */
  readonly firstSeen: ReadonlyMap<string, string>;
};

/** An audit as one point of a trend. */
export function pointOf({
  startedAt,
  complete,
  summary,
}: Pick<AuditReport, "startedAt" | "complete" | "summary">): TrendPoint {
  const resources = STATUSES.reduce((sum, status) => sum + summary[status], 0);
  return { at: startedAt, complete, score: summary.score, fail: summary.fail, resources };
}

/** The report with its past: the trend up to it, and since when each finding is known. */
export function withHistory(report: AuditReport, { points, firstSeen }: AuditHistory): AuditReport {
  const { startedAt } = report;
  const before = points
    .filter(({ at }) => at < startedAt)
    .sort((one, other) => compareTexts(one.at, other.at));
  return {
    ...report,
    findings: changeEach(report.findings, (finding) => ({
      ...finding,
      first_seen: firstSeen.get(finding.fingerprint) ?? startedAt,
      last_seen: startedAt,
    })),
    trend: [...before, pointOf(report)].slice(-POINTS_MAX),
  };
}

/** When each finding of a report was seen first: at the report's own time where it had no past. */
export function firstSeenIn({
  startedAt,
  findings,
}: {
  readonly startedAt: string;
  readonly findings: Iterable<Pick<Finding, "fingerprint" | "first_seen">>;
}): ReadonlyMap<string, string> {
  const seen = new Map<string, string>();
  for (const { fingerprint, first_seen } of findings)
    seen.set(fingerprint, first_seen ?? startedAt);
  return seen;
}

type Standing = Pick<Finding, "fingerprint" | "status">;

/** The fingerprints of what was wrong already: nobody is stopped by that again. */
export function baselineOf(findings: Iterable<Standing>): ReadonlySet<string> {
  return new Set(wrongOnes(findings).map(({ fingerprint }) => fingerprint));
}

/** What is wrong now and was not in the baseline. */
export function newSince<One extends Standing>(
  findings: Iterable<One>,
  baseline: ReadonlySet<string>,
): readonly One[] {
  return wrongOnes(findings).filter(({ fingerprint }) => !baseline.has(fingerprint));
}

function wrongOnes<One extends Standing>(findings: Iterable<One>): readonly One[] {
  const wrong: One[] = [];
  for (const one of findings) if (one.status === "fail" || one.status === "error") wrong.push(one);
  return wrong;
}
