import type { AuditReport } from "../../core/audit/audit-report.ts";
import type { Remedied } from "./remediation.ts";

/** A summary for people, as a message of some lines: counts and names of rules, never a tag's value. */
export function noticeOf(
  { complete, summary, rules, scopes, policy }: AuditReport,
  path: string,
  remedied: readonly Remedied[],
): string {
  const worst = rules
    .filter(({ fail }) => fail > 0)
    .sort((one, other) => other.fail - one.fail)
    .slice(0, 5);
  return [
    complete ? "Tag audit" : "Tag audit, INCOMPLETE",
    `score: ${summary.score === null ? "none" : `${summary.score} %`} of the taggable resources`,
    `pass ${summary.pass}, fail ${summary.fail}, exempt ${summary.exempt}, skipped ${summary.skipped}, error ${summary.error}`,
    ...scopes.flatMap(({ region, project, problem }) =>
      problem === null ? [] : [`not examined: ${region ?? ""} ${project}: ${problem}`],
    ),
    ...worst.map(({ id, fail }) => `${id}: ${fail}`),
    ...remedied.map(
      ({ run, changes, broken, ending }) =>
        `run ${run}: ${changes} changes, ${broken.length > 0 ? "guarded" : (ending?.kind ?? "waits")}`,
    ),
    `report: ${path}`,
    `policy ${policy.hash.slice(0, 12)}`,
  ].join("\n");
}
