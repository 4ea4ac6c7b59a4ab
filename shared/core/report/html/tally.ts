import type { Finding } from "../../audit/finding.ts";
import type { Severity } from "../../policy/policy.ts";
import { locationOf } from "../wording.ts";

/** What the page shows beside the report's own sums, from one pass over the findings. */
export type Tally = {
  /** Findings that fail. */
  readonly violations: number;
  /** The same by severity. */
  readonly grades: { readonly [Grade in Severity]: number };
  /** Resources without any tag. */
  readonly untagged: number;
  /** Failing resources by type, region and enterprise project. */
  readonly cells: readonly Cell[];
};

/** Failing resources of one type in one region and enterprise project. */
export type Cell = {
  readonly type: string;
  readonly region: string;
  readonly enterpriseProject: string;
  readonly failing: number;
};

const UNKNOWN = "–";

/** Counts what the page shows, each resource once. */
export function tallyOf(findings: Iterable<Finding>): Tally {
  const failing = new Set<string>();
  const untagged = new Set<string>();
  const cells = new Map<string, Cell>();
  const grades = { critical: 0, high: 0, medium: 0, low: 0 };
  let violations = 0;
  for (const finding of findings) {
    if (finding.status !== "fail" && finding.status !== "error") continue;
    if (finding.status === "fail") {
      violations += 1;
      grades[finding.severity] += 1;
    }
    if (finding.resource_id === null) continue;
    const place = locationOf(finding);
    if (finding.reason === "untagged") untagged.add(place);
    if (failing.has(place)) continue;
    failing.add(place);
    countIn(cells, finding);
  }
  return { violations, grades, untagged: untagged.size, cells: [...cells.values()] };
}

function countIn(cells: Map<string, Cell>, finding: Finding): void {
  const { resource_type, region, enterprise_project } = finding;
  const type = resource_type ?? UNKNOWN;
  const where = { region: region ?? UNKNOWN, enterpriseProject: enterprise_project ?? UNKNOWN };
  const name = JSON.stringify([type, where.region, where.enterpriseProject]);
  cells.set(name, { type, ...where, failing: (cells.get(name)?.failing ?? 0) + 1 });
}
