import type { AuditReport, AuditScope } from "../../shared/core/audit/audit-report.ts";
import type { Finding } from "../../shared/core/audit/finding.ts";
import { compareTexts } from "../../shared/core/audit/order.ts";

const NO_OWNER = "unassigned@example.com";

/** What a report tells beside sums and findings, made up to fit them. */
export function extrasOf(
  findings: readonly Finding[],
  scopes: readonly AuditScope[],
): Pick<AuditReport, "exemptions" | "changes" | "log"> {
  return {
    exemptions: exemptionsOf(findings),
    changes: changesOf(findings),
    log: scopes.flatMap(({ region, project }) =>
      (["secret", "key"] as const).map((type, index) => ({
        region,
        project,
        type,
        startedAt: "2026-11-21T03:00:00.000Z",
        finishedAt: "2026-11-21T03:00:12.004Z",
        requests: 3 + index,
        pages: 1 + index,
        retries: index,
      })),
    ),
  };
}

function exemptionsOf(findings: readonly Finding[]): AuditReport["exemptions"] {
  const known = new Map<string, Finding>();
  for (const finding of findings)
    if (finding.exemption_id !== null && !known.has(finding.exemption_id))
      known.set(finding.exemption_id, finding);
  return [...known].map(([id, { rule_id, exemption_expires, reason }]) => {
    const number = findings.filter(
      ({ exemption_id, status }) => exemption_id === id && status === "exempt",
    ).length;
    return {
      id,
      rule: rule_id,
      resource: "secrets; name legacy-*",
      owner: "security@example.com",
      reason: "moves to the new naming in spring",
      expires: exemption_expires,
      findings: number,
      state: number > 0 ? "in-use" : reason === "expired" ? "expired" : "unused",
    };
  });
}

function changesOf(findings: readonly Finding[]): AuditReport["changes"] {
  const list = findings.flatMap(changesFor).sort(compareChanges);
  return { total: list.length, resources: new Set(list.map(placeOf)).size, list };
}

function changesFor(finding: Finding): AuditReport["changes"]["list"] {
  const { status, fixable, resource_type, resource_id, resource_name, region, project_id } =
    finding;
  if (status !== "fail" || !fixable || resource_type === null || resource_id === null) return [];
  const where = { resource_type, resource_id, resource_name, region, project_id };
  const from = finding.actual;
  const to = finding.suggestion ?? NO_OWNER;
  const [word, key = finding.tag_key ?? "", , renamed] = (finding.fix_action ?? "").split(" ");
  const gone = { ...where, tag_key: key, op: "delete", from, to: null } as const;
  if (word === "delete") return [{ ...gone, why: "prohibited" }];
  if (word === "create")
    return [{ ...where, tag_key: key, op: "create", from: null, to, why: "const" }];
  if (renamed === undefined)
    return [{ ...where, tag_key: key, op: "overwrite", from, to, why: "canonical" }];
  const value = from?.split("=").at(-1) ?? NO_OWNER;
  const made = { ...where, tag_key: renamed, op: "create", from: null, to: value } as const;
  return [
    { ...made, why: `alias ${key}` },
    { ...gone, from: value, why: `merged into ${renamed}` },
  ];
}

type Change = AuditReport["changes"]["list"][number];

function placeOf({
  region,
  project_id,
  resource_type,
  resource_name,
  resource_id,
}: Change): string {
  return JSON.stringify([region, project_id, resource_type, resource_name, resource_id]);
}

function compareChanges(one: Change, other: Change): number {
  return compareTexts(placeOf(one), placeOf(other));
}
