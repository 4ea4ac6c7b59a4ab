import type { ArrivalCount } from "../../core/audit/arrivals.ts";
import type { AuditReport } from "../../core/audit/audit-report.ts";
import type { Remedied } from "./remediation.ts";

/** A message has at most 256 KB (dew-api.md 11), and nobody reads that much. */
const LINES_MAX = 20;

/** A summary for people, as a message of some lines: counts and names of rules, never a tag's value. */
export function noticeOf(
  { complete, summary, rules, scopes, policy }: AuditReport,
  path: string,
  remedied: readonly Remedied[],
  arrivals: ArrivalCount | null,
): string {
  const worst = rules
    .filter(({ fail }) => fail > 0)
    .sort((one, other) => other.fail - one.fail)
    .slice(0, 5);
  return [
    complete ? "Tag audit" : "Tag audit, INCOMPLETE",
    `score: ${summary.score === null ? "none" : `${summary.score} %`} of the taggable resources`,
    `pass ${summary.pass}, fail ${summary.fail}, exempt ${summary.exempt}, skipped ${summary.skipped}, error ${summary.error}`,
    ...(arrivals === null
      ? []
      : [`created since the last audit ${arrivals.created}, missed ${arrivals.missed}`]),
    ...upTo(
      LINES_MAX,
      scopes.flatMap(({ region, project, problem }) =>
        problem === null ? [] : [`not examined: ${region ?? ""} ${project}: ${problem}`],
      ),
    ),
    ...worst.map(({ id, fail }) => `${id}: ${fail}`),
    ...upTo(
      LINES_MAX,
      remedied.map(
        ({ run, changes, broken, ending, known, superseded }) =>
          `run ${run}: ${changes} changes, ${broken.length > 0 ? "guarded" : (ending?.kind ?? "waits")}${known ? ", as before" : ""}${superseded.length > 0 ? `, in place of ${superseded.join(", ")}` : ""}`,
      ),
    ),
    `report: ${path}`,
    `policy ${policy.hash.slice(0, 12)}`,
  ].join("\n");
}

function upTo(linesMax: number, lines: readonly string[]): readonly string[] {
  const more = lines.length - linesMax;
  return more > 0 ? [...lines.slice(0, linesMax), `and ${more} more`] : lines;
}
