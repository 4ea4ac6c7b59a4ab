import type { AuditReport, AuditScope } from "../../shared/core/audit/audit-report.ts";
import type { Finding } from "../../shared/core/audit/finding.ts";

const OWNERS = ["pay@example.com", "platform@example.com", "data@example.com", null];
const OPS = { create: "create", overwrite: "overwrite", delete: "delete" } as const;

/** What a report tells beside sums and findings, made up to fit them. */
export function extrasOf(
  findings: readonly Finding[],
  scopes: readonly AuditScope[],
): Pick<AuditReport, "owners" | "exemptions" | "changes" | "log"> {
  return {
    owners: ownersOf(findings),
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

function ownersOf(findings: readonly Finding[]): AuditReport["owners"] {
  const failing = findings.filter(({ status, resource_id }) => status === "fail" && resource_id);
  const list = OWNERS.map((owner, at) => {
    const theirs = failing.filter((_, index) => index % OWNERS.length === at);
    const resources = new Set(theirs.map(({ resource_id }) => resource_id)).size;
    return {
      owner,
      resources: resources * 2 + 3,
      failing: resources,
      findings: theirs.length,
      fixable: theirs.filter(({ fixable }) => fixable).length,
      worst: theirs[0]?.severity ?? null,
    };
  });
  return { tag: "Owner", list, others: 0 };
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
  const fixable = findings.filter(({ status, fixable }) => status === "fail" && fixable);
  const list = fixable.flatMap((finding) => {
    const { resource_type, resource_id, resource_name, region, project_id } = finding;
    const [word = "", key = ""] = (finding.fix_action ?? "").split(" ");
    const op = Object.entries(OPS).find(([name]) => name === word)?.[1];
    if (resource_type === null || resource_id === null || op === undefined) return [];
    const where = { resource_type, resource_id, resource_name, region, project_id };
    const from = op === "create" ? null : finding.actual;
    const to = op === "delete" ? null : (finding.suggestion ?? "unassigned@example.com");
    return [
      { ...where, tag_key: key, op, from, to, why: op === "delete" ? "prohibited" : "const" },
    ];
  });
  const resources = new Set(list.map(({ resource_id }) => resource_id)).size;
  return { total: list.length, resources, list };
}
