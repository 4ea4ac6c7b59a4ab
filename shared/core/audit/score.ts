import type { AuditSummary } from "./audit-report.ts";
import type { Status } from "./finding.ts";

/** An audit that did not see everything cannot say that all is well. */
const INCOMPLETE_MAX = 99.9;

/** How many resources stand how, and the scores: excused ones count as good, skipped ones in one score only. */
export function summariseStatuses(
  counts: { readonly [Name in Status]: number },
  complete: boolean,
): AuditSummary {
  const { pass, exempt, fail, error, skipped } = counts;
  const good = pass + exempt;
  const taggable = good + fail + error;
  const scoreOf = (part: number, all: number) => {
    if (all === 0) return null;
    const score = Math.floor((1000 * part) / all) / 10;
    return complete ? score : Math.min(score, INCOMPLETE_MAX);
  };
  return {
    error,
    fail,
    exempt,
    skipped,
    pass,
    score: scoreOf(good, taggable),
    scoreOfAll: scoreOf(good, taggable + skipped),
  };
}
