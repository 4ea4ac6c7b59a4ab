import type { AuditLogEntry, AuditReport } from "../../core/audit/audit-report.ts";
import { createAuditor, type ScopeAudit } from "../../core/audit/auditor.ts";
import { CloudError, type CloudErrorCode } from "../../core/error.ts";
import type { InventoryItem, InventoryPlace } from "../../core/inventory/item.ts";
import type { Policy } from "../../core/policy/policy.ts";
import { RESOURCE_KINDS, RESOURCE_TYPES } from "../../core/resource.ts";
import { toIsoTime } from "../../core/time.ts";
import type { Clock } from "../clock.ts";
import type { Budget } from "../cloud.ts";
import { digestOfText } from "../digest.ts";
import { readInventory } from "../inventory.ts";
import { createPlanner, type MadePlan } from "../run/planning.ts";
import type { TagApi } from "../tag-api.ts";
import { openRequestLog } from "./request-log.ts";

/** A region and project, and how it is reached. */
export type AuditPlace = InventoryPlace & { readonly tags: TagApi };

export type AuditDeps = {
  readonly policy: Policy;
  readonly places: readonly AuditPlace[];
  readonly clock: Pick<Clock, "now">;
  readonly budget: Budget;
  /** Of Tagwarden. */
  readonly version: string;
  /** Are the plans wanted that put right what is fixable? They come from the same pages. */
  readonly plans: boolean;
  /** Sees each resource as it is read. */
  readonly watch?: (item: InventoryItem) => void;
};

/** An audit, the plan of each place that was read to its end, and why others were not. */
export type Audited = {
  readonly report: AuditReport;
  /** One for each place that failed. */
  readonly failures: readonly CloudErrorCode[];
  readonly plans: readonly { readonly place: AuditPlace; readonly made: MadePlan }[];
};

/** Keys first: secrets may inherit their tags. */
const TYPES = RESOURCE_TYPES.toSorted(
  (one, other) =>
    Number(RESOURCE_KINDS[one].hasEncryptingKey) - Number(RESOURCE_KINDS[other].hasEncryptingKey),
);

/**
 * Reads every resource of every place with its tags, page by page, and judges it. A place that fails does
 * not hide the others: the report says what is missing and why, and is not complete. Costs the pages, and
 * for each kind one count and one vocabulary; nothing for each resource.
 */
export async function runAudit(deps: AuditDeps): Promise<Audited> {
  const { policy, places, clock, version } = deps;
  const startedAt = toIsoTime(clock.now());
  const auditor = createAuditor(policy, { nowMs: clock.now(), fingerprintOf: digestOfText });
  const plans: Audited["plans"][number][] = [];
  const failures: CloudErrorCode[] = [];
  const log: AuditLogEntry[] = [];
  for (const place of places) {
    const scope = auditor.open(place);
    const requests = openRequestLog(place, clock);
    const { made, failed } = await auditPlace(requests.place, scope, deps);
    log.push(...requests.end());
    if (made !== null) plans.push({ place, made });
    if (failed !== null) failures.push(failed.code);
    scope.close(failed?.message ?? null);
  }
  const report = auditor.end({ version, startedAt, finishedAt: toIsoTime(clock.now()), log });
  return { report, failures, plans };
}

type AuditedPlace = { readonly made: MadePlan | null; readonly failed: CloudError | null };

/** There is no plan where none is wanted, or where not every page could be read. */
async function auditPlace(
  place: AuditPlace,
  scope: ScopeAudit,
  deps: AuditDeps,
): Promise<AuditedPlace> {
  const { budget } = deps;
  const planner = deps.plans ? createPlanner({ selection: {} }, { ...place, ...deps }) : null;
  let made: MadePlan | null = null;
  try {
    const pages = readInventory(TYPES, { ...place, budget }, (type, count) => {
      scope.note(type, count);
      planner?.note(type, count);
    });
    for await (const page of pages)
      for (const item of page) {
        scope.take(item);
        planner?.take(item);
        deps.watch?.(item);
      }
    made = planner?.end() ?? null;
    for (const type of TYPES) scope.addKeys(await place.tags.vocabulary(type, budget));
    return { made, failed: null };
  } catch (error) {
    if (!(error instanceof CloudError)) throw error;
    return { made, failed: error };
  }
}
