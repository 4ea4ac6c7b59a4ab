import type { Severity } from "../policy/policy.ts";
import { type Finding, STATUSES } from "./finding.ts";

/** From the gravest to the least. */
export const SEVERITIES: readonly Severity[] = ["critical", "high", "medium", "low"];

type Kind = Pick<Finding, "status" | "severity" | "rule_id" | "resource_type">;

/** Gravest first: errors, failures by severity, what is excused, what is skipped; then by rule and type. */
export function compareKinds(one: Kind, other: Kind): number {
  return (
    STATUSES.indexOf(one.status) - STATUSES.indexOf(other.status) ||
    SEVERITIES.indexOf(one.severity) - SEVERITIES.indexOf(other.severity) ||
    compareTexts(one.rule_id, other.rule_id) ||
    compareTexts(one.resource_type ?? "", other.resource_type ?? "")
  );
}

/** By code units: the same everywhere, whatever the language of the machine. */
export function compareTexts(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
