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

/** What many findings have in common: one object for all of them. Of `finding` no other columns are looked at. */
type Common = {
  readonly finding: UnsignedFinding;
  readonly shared: readonly (string | number | boolean | null)[];
  rank: number;
  findings: number;
};

/** What a finding has for itself. */
type Entry = Pick<
  Finding,
  "resource_id" | "resource_name" | "created_at" | "creator" | "actual" | "suggestion"
> & {
  readonly common: Common;
  /** `null`: made when the finding is written out. */
  readonly fingerprint: string | null;
};

/**
 * Opens a docket. A finding has some thirty columns, of which all but a few are those of many others: it is
 * held as these few, and written out when somebody asks for it. Its fingerprint is made then.
 */
export function createDocket(fingerprintOf: FingerprintOf): Docket {
  const commons = new Map<string, Common>();
  /** By rule: what the last finding had. Mostly the next one has the same. */
  const latest = new Map<string, Common>();
  const entries: Entry[] = [];

  function commonOf(finding: UnsignedFinding): Common {
    const shared = sharedOf(finding);
    const last = latest.get(finding.rule_id);
    if (last !== undefined && areEqual(shared, last.shared)) return last;
    const text = JSON.stringify(shared);
    const common = commons.get(text) ?? { finding, shared, rank: 0, findings: 0 };
    commons.set(text, common);
    latest.set(finding.rule_id, common);
    return common;
  }

  function enter(finding: UnsignedFinding, fingerprint: string | null): void {
    const common = commonOf(finding);
    common.findings += 1;
    const { resource_id, resource_name, created_at, creator, actual, suggestion } = finding;
    const own = { resource_id, resource_name, created_at, creator, actual, suggestion };
    entries.push({ common, fingerprint, ...own });
  }

  return {
    add: (finding) => enter(finding, null),
    addWhole: (finding) => enter(finding, finding.fingerprint),
    end() {
      rank([...commons.values()]);
      entries.sort(compareEntries);
      return findingsOf(entries.length, function* walk() {
        for (const entry of entries) yield writeOut(entry, fingerprintOf);
      });
    },
    counts: () => countByRule(commons.values()),
    exempted: () => countByExemption(commons.values()),
  };
}

/** The columns that `Common` stands for. One by one: to look each up in a list of names would take much longer. */
function sharedOf(finding: UnsignedFinding): Common["shared"] {
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

function areEqual(one: Common["shared"], other: Common["shared"]): boolean {
  for (let at = 0; at < one.length; at++) if (one[at] !== other[at]) return false;
  return true;
}

function countByRule(commons: Iterable<Common>): ReadonlyMap<string, StatusCounts> {
  const counts = new Map<string, { [Name in Finding["status"]]: number }>();
  for (const { finding, findings } of commons) {
    const count = counts.get(finding.rule_id) ?? { error: 0, fail: 0, exempt: 0, skipped: 0 };
    count[finding.status] += findings;
    counts.set(finding.rule_id, count);
  }
  return counts;
}

function countByExemption(commons: Iterable<Common>): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { finding, findings } of commons)
    if (finding.status === "exempt" && finding.exemption_id !== null)
      counts.set(finding.exemption_id, (counts.get(finding.exemption_id) ?? 0) + findings);
  return counts;
}

/** Numbers them by their kind: those of one kind have one number. */
function rank(commons: Common[]): void {
  commons.sort((one, other) => compareKinds(one.finding, other.finding));
  let before: Common | null = null;
  for (const common of commons) {
    if (before !== null)
      common.rank = before.rank + (compareKinds(before.finding, common.finding) === 0 ? 0 : 1);
    before = common;
  }
}

/**
 * By kind, then by what leaves no two alike. What has no fingerprint yet differs from all others before it comes
 * to that.
 */
function compareEntries(one: Entry, other: Entry): number {
  const [mine, others] = [one.common.finding, other.common.finding];
  return (
    one.common.rank - other.common.rank ||
    compareTexts(one.resource_name ?? "", other.resource_name ?? "") ||
    compareTexts(one.resource_id ?? "", other.resource_id ?? "") ||
    compareTexts(mine.tag_key ?? "", others.tag_key ?? "") ||
    compareTexts(mine.region ?? "", others.region ?? "") ||
    compareTexts(mine.project_id ?? "", others.project_id ?? "") ||
    compareTexts(one.fingerprint ?? "", other.fingerprint ?? "")
  );
}

function writeOut(entry: Entry, fingerprintOf: FingerprintOf): Finding {
  const { finding } = entry.common;
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
