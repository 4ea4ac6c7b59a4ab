import type { UnsignedFinding } from "./record.ts";

/** Findings that have all but a few columns in common, which `finding` has; its other columns are not looked at. */
export type Cohort = {
  readonly finding: UnsignedFinding;
  readonly shared: readonly (string | number | boolean | null)[];
  /** Its place among the others by its kind; whoever sorts them says which. */
  rank: number;
  /** How many there are; whoever holds them counts. */
  findings: number;
};

/** The cohorts of the findings that were met. */
export type Cohorts = {
  /** The one of a finding, which is not counted by this. */
  of(finding: UnsignedFinding): Cohort;
  all(): Iterable<Cohort>;
};

/** Starts with none. */
export function createCohorts(): Cohorts {
  const known = new Map<string, Cohort>();
  /** By rule: the one of the last finding. Mostly the next one is of the same. */
  const latest = new Map<string, Cohort>();
  return {
    of(finding) {
      const shared = sharedOf(finding);
      const last = latest.get(finding.rule_id);
      if (last !== undefined && areEqual(shared, last.shared)) return last;
      const text = JSON.stringify(shared);
      const cohort = known.get(text) ?? { finding, shared, rank: 0, findings: 0 };
      known.set(text, cohort);
      latest.set(finding.rule_id, cohort);
      return cohort;
    },
    all: () => known.values(),
  };
}

/** The columns that `Cohort` stands for. One by one: to look each up in a list of names would take much longer. */
function sharedOf(finding: UnsignedFinding): Cohort["shared"] {
  return [
    finding.rule_id,
    finding.severity,
    finding.status,
    finding.reason,
    finding.resource_type,
    finding.region,
    finding.project_id,
    finding.enterprise_project,
    finding.state,
    finding.tag_key,
    finding.expected,
    finding.fixable,
    finding.fix_action,
    finding.exemption_id,
    finding.exemption_expires,
    finding.first_seen,
    finding.last_seen,
    finding.tags_count,
    finding.tag_limit,
    finding.policy_hash,
  ];
}

function areEqual(one: Cohort["shared"], other: Cohort["shared"]): boolean {
  for (let at = 0; at < one.length; at++) if (one[at] !== other[at]) return false;
  return true;
}
