import type { Finding } from "../../audit/finding.ts";
import { locationOf } from "../wording.ts";

/** What the page shows beside the report's own sums, from one pass over the findings. */
export type Tally = {
  /** Findings that fail. */
  readonly violations: number;
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
  const failing = new Map<string, Finding>();
  const untagged = new Set<string>();
  let violations = 0;
  for (const finding of findings) {
    if (finding.status !== "fail" && finding.status !== "error") continue;
    if (finding.status === "fail") violations += 1;
    if (finding.resource_id === null) continue;
    const place = locationOf(finding);
    failing.set(place, finding);
    if (finding.reason === "untagged") untagged.add(place);
  }
  return {
    violations,
    untagged: untagged.size,
    cells: cellsOf(failing.values()),
  };
}

function cellsOf(findings: Iterable<Finding>): readonly Cell[] {
  const cells = new Map<string, Cell>();
  for (const { resource_type, region, enterprise_project } of findings) {
    const type = resource_type ?? UNKNOWN;
    const where = { region: region ?? UNKNOWN, enterpriseProject: enterprise_project ?? UNKNOWN };
    const name = JSON.stringify([type, where.region, where.enterpriseProject]);
    cells.set(name, { type, ...where, failing: (cells.get(name)?.failing ?? 0) + 1 });
  }
  return [...cells.values()];
}
