import type { AuditReport } from "../../../shared/core/audit/audit-report.ts";
import { createAuditor, type ScopeAudit } from "../../../shared/core/audit/auditor.ts";
import type { InventoryItem } from "../../../shared/core/inventory/item.ts";
import type { Policy } from "../../../shared/core/policy/policy.ts";
import { policy, rule } from "../plan/builders.ts";
import { brief, deps, item } from "./fixture.ts";

export const ALL = { only: null, except: [] };
export const PLACE = { region: "eu-west-101", project: "p1" };
export const RUN = {
  version: "1.2.3",
  startedAt: "2027-01-15T12:00:00.000Z",
  finishedAt: "2027-01-15T12:00:09.000Z",
};
export const required = policy({ tags: [rule("Env", { required: ALL })] });

type Count = {
  readonly counted?: number | null;
  readonly examined?: number;
  readonly unreadable?: number;
};

/** Both kinds were read to their end, and the service counts what was taken unless the test says otherwise. */
export function noteAll(
  scope: ScopeAudit,
  items: readonly InventoryItem[],
  secrets: Count = {},
): void {
  for (const type of ["secret", "key"] as const) {
    const ours = items.filter(({ resource, tags }) => resource.type === type && tags !== null);
    const skipped = ours.filter(({ skip }) => skip !== null).length;
    const unreadable = items.filter(
      ({ resource, tags, skip }) => resource.type === type && tags === null && skip === null,
    ).length;
    const count = { counted: ours.length + unreadable, examined: ours.length, skipped, unreadable };
    scope.note(type, type === "secret" ? { ...count, ...secrets } : count);
  }
}

export function audit(
  about: Policy,
  items: readonly InventoryItem[],
  secrets: Count = {},
): AuditReport {
  const auditor = createAuditor(about, deps);
  const scope = auditor.open(PLACE);
  for (const one of items) scope.take(one);
  noteAll(scope, items, secrets);
  scope.close(null);
  return auditor.end(RUN);
}

export const good = (number: number) => item({ Env: "x" }, { number });
export const bad = (number: number) => item({}, { number });
export const rows = (report: AuditReport, id: string) =>
  brief(report.findings.filter(({ rule_id }) => rule_id === id));
