import type { InventoryItem, InventoryPlace } from "../inventory/item.ts";
import { RESOURCE_TYPES, type ResourceType } from "../resource.ts";
import type { InventoryCount } from "../run/run-plan.ts";
import type { AuditCount, AuditScope } from "./audit-report.ts";
import { BUILT_IN } from "./built-in-rules.ts";
import { draft } from "./draft.ts";
import type { Finding, Status } from "./finding.ts";
import { type FingerprintOf, placeSubject, recordFinding } from "./record.ts";

/** Counts the resources of one region and project, and compares with what the service counts. */
export type ScopeTally = {
  take(item: InventoryItem, status: Status): void;
  /** All of a kind was read, and came to this. */
  note(type: ResourceType, count: InventoryCount): void;
  /** `problem`: why the rest could not be read, as one line. */
  close(problem: string | null): void;
  scope(): AuditScope;
  /** Differences that no resource's own finding explains. */
  findings(policyHash: string, fingerprintOf: FingerprintOf): readonly Finding[];
};

/** Of a scope that was never closed. */
const NOT_FINISHED = "not read to its end";

/** What was taken of one kind. `unsure`: its tags were read, but it could not be judged. */
type Taken = { examined: number; skipped: number; unreadable: number; unsure: number };

/** Starts to count. A scope is complete once each kind was read, counted and judged to its last resource. */
export function createScopeTally({ region, project }: InventoryPlace): ScopeTally {
  const taken: { readonly [Type in ResourceType]: Taken } = {
    secret: noneTaken(),
    key: noneTaken(),
  };
  const noted = new Map<ResourceType, InventoryCount>();
  let problem: string | null = NOT_FINISHED;

  const isWhole = (type: ResourceType) =>
    noted.has(type) &&
    taken[type].unsure === 0 &&
    countOf(taken[type], noted.get(type)).errors === 0 &&
    difference(taken[type], noted.get(type)) === null;
  return {
    take({ resource, tags, skip }, status) {
      const tally = taken[resource.type];
      if (tags !== null) tally.examined += 1;
      if (skip !== null) tally.skipped += 1;
      else if (tags === null) tally.unreadable += 1;
      else if (status === "error") tally.unsure += 1;
    },
    note: (type, count) => noted.set(type, count),
    close(why) {
      problem = why;
    },
    scope: () => ({
      region,
      project,
      complete: problem === null && RESOURCE_TYPES.every(isWhole),
      problem,
      types: {
        secret: countOf(taken.secret, noted.get("secret")),
        key: countOf(taken.key, noted.get("key")),
      },
    }),
    findings: (policyHash, fingerprintOf) =>
      RESOURCE_TYPES.flatMap((type) => {
        const found = difference(taken[type], noted.get(type));
        if (found === null) return [];
        const place = { region, project_id: project, resource_type: type };
        const rule = "resource.readable";
        const { severity } = BUILT_IN[rule];
        const about = { rule, severity, status: "error", reason: "count-differs" } as const;
        return [
          recordFinding(draft({ ...about, ...found }), placeSubject(policyHash, place), {
            fingerprintOf,
          }),
        ];
      }),
  };
}

function noneTaken(): Taken {
  return { examined: 0, skipped: 0, unreadable: 0, unsure: 0 };
}

/** The inventory's own count where it came to its end, else what was taken until then. */
function countOf(taken: Taken, noted: InventoryCount | undefined): AuditCount {
  if (noted === undefined) {
    const { examined, skipped, unreadable } = taken;
    return { counted: null, examined, skipped, errors: unreadable };
  }
  const { counted, examined, skipped, unreadable } = noted;
  return { counted, examined, skipped, errors: unreadable };
}

/** What the service counts and what was met; `null` where they agree, or where each missing one is told. */
function difference(taken: Taken, noted: InventoryCount | undefined) {
  if (noted === undefined) return null;
  const { counted, examined, unreadable } = noted;
  const missing = counted === null ? 0 : counted - examined;
  const nameless = unreadable - taken.unreadable;
  if (missing >= 0 && missing <= taken.unreadable && nameless <= 0) return null;
  const actual =
    nameless > 0 ? `${examined} examined, ${nameless} without a usable id` : `${examined} examined`;
  return { actual, expected: `${counted ?? "an unknown number"} counted by the service` };
}
