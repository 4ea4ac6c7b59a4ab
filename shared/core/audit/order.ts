import type { Severity } from "../policy/policy.ts";
import { type Finding, STATUSES } from "./finding.ts";

/** From the gravest to the least. */
export const SEVERITIES: readonly Severity[] = ["critical", "high", "medium", "low"];

const STATUS_RANK = ranks(STATUSES);
const SEVERITY_RANK = ranks(SEVERITIES);

type Kind = Pick<Finding, "status" | "severity" | "rule_id" | "resource_type">;

/** What decides among findings of one kind. The fingerprint comes last and leaves no two alike. */
const COLUMNS = [
  "resource_name",
  "resource_id",
  "tag_key",
  "region",
  "project_id",
  "fingerprint",
] as const satisfies readonly (keyof Finding)[];

/** Gravest first: errors, failures by severity, what is excused, what is skipped; then by rule and resource. */
export function compareFindings(one: Finding, other: Finding): number {
  const byKind = compareKinds(one, other);
  if (byKind !== 0) return byKind;
  for (const column of COLUMNS) {
    const order = compareTexts(one[column] ?? "", other[column] ?? "");
    if (order !== 0) return order;
  }
  return 0;
}

/** As `compareFindings`, as far as that does not look at a single resource. */
export function compareKinds(one: Kind, other: Kind): number {
  return (
    rankIn(STATUS_RANK, one.status) - rankIn(STATUS_RANK, other.status) ||
    rankIn(SEVERITY_RANK, one.severity) - rankIn(SEVERITY_RANK, other.severity) ||
    compareTexts(one.rule_id, other.rule_id) ||
    compareTexts(one.resource_type ?? "", other.resource_type ?? "")
  );
}

/** By code units: the same everywhere, whatever the language of the machine. */
export function compareTexts(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

function ranks(names: readonly string[]): ReadonlyMap<string, number> {
  return new Map(names.map((name, rank) => [name, rank]));
}

function rankIn(ranking: ReadonlyMap<string, number>, name: string): number {
  return ranking.get(name) ?? ranking.size;
}
