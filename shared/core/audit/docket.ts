import { type Cohort, createCohorts } from "./cohorts.ts";
import type { Finding } from "./finding.ts";
import { type Findings, findingsOf } from "./findings.ts";
import { compareKinds, compareTexts } from "./order.ts";
import { type FingerprintOf, identityOf, type UnsignedFinding } from "./record.ts";

/** Takes findings as they are made and has them in their order at the end. */
export type Docket = {
  /** Of a resource. */
  add(finding: UnsignedFinding): void;
  /** Of the policy, or of a project. */
  addWhole(finding: Finding): void;
  /** All that was added; call it once, at the end. */
  end(): Findings;
  /** How many findings of each rule there are by status. */
  counts(): ReadonlyMap<string, StatusCounts>;
  /** How many findings each exemption excuses, by its id. */
  exempted(): ReadonlyMap<string, number>;
};

export type StatusCounts = { readonly [Name in Finding["status"]]: number };

/** What a finding has for itself. */
type Entry = Pick<
  Finding,
  "resource_id" | "resource_name" | "created_at" | "creator" | "actual" | "suggestion"
> & {
  readonly cohort: Cohort;
  /** `null`: made when the finding is written out. */
  readonly fingerprint: string | null;
};

/**
 * Opens a docket. A finding has some thirty columns, of which all but a few are those of many others: it is
 * held as these few, and written out when somebody asks for it. Its fingerprint is made then.
 */
export function createDocket(fingerprintOf: FingerprintOf): Docket {
  const cohorts = createCohorts();
  const entries: Entry[] = [];

  function enter(finding: UnsignedFinding, fingerprint: string | null): void {
    const cohort = cohorts.of(finding);
    cohort.findings += 1;
    const { resource_id, resource_name, created_at, creator, actual, suggestion } = finding;
    entries.push({
      cohort,
      fingerprint,
      resource_id,
      resource_name,
      created_at,
      creator,
      actual,
      suggestion,
    });
  }

  return {
    add: (finding) => enter(finding, null),
    addWhole: (finding) => enter(finding, finding.fingerprint),
    end() {
      rank([...cohorts.all()]);
      entries.sort(compareEntries);
      return findingsOf(entries.length, function* walk() {
        for (const entry of entries) yield writeOut(entry, fingerprintOf);
      });
    },
    counts: () => countByRule(cohorts.all()),
    exempted: () => countByExemption(cohorts.all()),
  };
}

function countByRule(cohorts: Iterable<Cohort>): ReadonlyMap<string, StatusCounts> {
  const counts = new Map<string, { [Name in Finding["status"]]: number }>();
  for (const { finding, findings } of cohorts) {
    const count = counts.get(finding.rule_id) ?? { error: 0, fail: 0, exempt: 0, skipped: 0 };
    count[finding.status] += findings;
    counts.set(finding.rule_id, count);
  }
  return counts;
}

function countByExemption(cohorts: Iterable<Cohort>): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { finding, findings } of cohorts)
    if (finding.status === "exempt" && finding.exemption_id !== null)
      counts.set(finding.exemption_id, (counts.get(finding.exemption_id) ?? 0) + findings);
  return counts;
}

/** Numbers them by their kind: those of one kind have one number. */
function rank(cohorts: Cohort[]): void {
  cohorts.sort((one, other) => compareKinds(one.finding, other.finding));
  let before: Cohort | null = null;
  for (const cohort of cohorts) {
    if (before !== null)
      cohort.rank = before.rank + (compareKinds(before.finding, cohort.finding) === 0 ? 0 : 1);
    before = cohort;
  }
}

/**
 * By kind, then by what leaves no two alike. What has no fingerprint yet differs from all others before it comes
 * to that.
 */
function compareEntries(one: Entry, other: Entry): number {
  const mine = one.cohort.finding;
  const others = other.cohort.finding;
  return (
    one.cohort.rank - other.cohort.rank ||
    compareTexts(one.resource_name ?? "", other.resource_name ?? "") ||
    compareTexts(one.resource_id ?? "", other.resource_id ?? "") ||
    compareTexts(mine.tag_key ?? "", others.tag_key ?? "") ||
    compareTexts(mine.region ?? "", others.region ?? "") ||
    compareTexts(mine.project_id ?? "", others.project_id ?? "") ||
    compareTexts(one.fingerprint ?? "", other.fingerprint ?? "")
  );
}

function writeOut(entry: Entry, fingerprintOf: FingerprintOf): Finding {
  const { finding } = entry.cohort;
  const identity = () => identityOf(finding, entry.resource_id, finding.tag_key);
  return {
    fingerprint: entry.fingerprint ?? fingerprintOf(identity()),
    rule_id: finding.rule_id,
    severity: finding.severity,
    status: finding.status,
    reason: finding.reason,
    resource_type: finding.resource_type,
    resource_id: entry.resource_id,
    resource_name: entry.resource_name,
    region: finding.region,
    project_id: finding.project_id,
    enterprise_project: finding.enterprise_project,
    state: finding.state,
    created_at: entry.created_at,
    creator: entry.creator,
    tag_key: finding.tag_key,
    actual: entry.actual,
    expected: finding.expected,
    suggestion: entry.suggestion,
    fixable: finding.fixable,
    fix_action: finding.fix_action,
    exemption_id: finding.exemption_id,
    exemption_expires: finding.exemption_expires,
    first_seen: finding.first_seen,
    last_seen: finding.last_seen,
    tags_count: finding.tags_count,
    tag_limit: finding.tag_limit,
    policy_hash: finding.policy_hash,
  };
}
