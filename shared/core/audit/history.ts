import * as z from "zod/mini";
import type { AuditReport, TrendPoint } from "./audit-report.ts";
import { type Finding, STATUSES } from "./finding.ts";

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
    .sort((one, other) => (one.at < other.at ? -1 : 1));
  return {
    ...report,
    findings: report.findings.map((finding) => ({
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
  readonly findings: readonly Pick<Finding, "fingerprint" | "first_seen">[];
}): ReadonlyMap<string, string> {
  return new Map(
    findings.map(({ fingerprint, first_seen }) => [fingerprint, first_seen ?? startedAt]),
  );
}

type Standing = Pick<Finding, "fingerprint" | "status">;

/** The fingerprints of what was wrong already: nobody is stopped by that again. */
export function baselineOf(findings: readonly Standing[]): ReadonlySet<string> {
  return new Set(findings.filter(isWrong).map(({ fingerprint }) => fingerprint));
}

/** What is wrong now and was not in the baseline. */
export function newSince<One extends Standing>(
  findings: readonly One[],
  baseline: ReadonlySet<string>,
): readonly One[] {
  return findings.filter((one) => isWrong(one) && !baseline.has(one.fingerprint));
}

function isWrong({ status }: Standing): boolean {
  return status === "fail" || status === "error";
}
