import type { Finding } from "./finding.ts";
import { type Findings, findingsOf } from "./findings.ts";
import { compareKinds, compareTexts } from "./order.ts";
import { type FingerprintOf, identityOf } from "./record.ts";

/** Takes findings as they are made and has them in their order at the end. */
export type Docket = {
  add(finding: Finding): void;
  /** All that was added; call it once, at the end. */
  end(): Findings;
};

/** What many findings have in common: one object for all of them. Its other columns are not looked at. */
type Common = { readonly finding: Finding; rank: number };

/** What a finding about a resource has for itself. */
type Entry = Pick<
  Finding,
  "resource_id" | "resource_name" | "created_at" | "creator" | "actual" | "suggestion"
> & { readonly common: Common };

/**
 * Opens a docket. A finding has some thirty columns, of which all but a few are those of many others: it is
 * held as these few, and written out when somebody asks for it. Its fingerprint is made then.
 */
export function createDocket(fingerprintOf: FingerprintOf): Docket {
  const commons = new Map<string, Common>();
  const alone: Common[] = [];
  const entries: Entry[] = [];

  function commonOf(finding: Finding): Common {
    const common = { finding, rank: 0 };
    if (finding.resource_id === null) {
      // Of the policy or of a project, and few: what its fingerprint is about is not in its columns.
      alone.push(common);
      return common;
    }
    const text = commonText(finding);
    const known = commons.get(text);
    if (known === undefined) commons.set(text, common);
    return known ?? common;
  }

  return {
    add(finding) {
      const { resource_id, resource_name, created_at, creator, actual, suggestion } = finding;
      const common = commonOf(finding);
      entries.push({
        common,
        resource_id,
        resource_name,
        created_at,
        creator,
        actual,
        suggestion,
      });
    },
    end() {
      rank([...commons.values(), ...alone]);
      entries.sort(compareEntries);
      return findingsOf(entries.length, function* walk() {
        for (const entry of entries) yield writeOut(entry, fingerprintOf);
      });
    },
  };
}

/** The columns that `Common` stands for, as one text. */
function commonText(finding: Finding): string {
  return JSON.stringify([
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
    finding.tags_count,
    finding.tag_limit,
  ]);
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

/** As `compareFindings`; where that gets to the fingerprints, they are of one resource and rule. */
function compareEntries(one: Entry, other: Entry): number {
  const [mine, others] = [one.common.finding, other.common.finding];
  return (
    one.common.rank - other.common.rank ||
    compareTexts(one.resource_name ?? "", other.resource_name ?? "") ||
    compareTexts(one.resource_id ?? "", other.resource_id ?? "") ||
    compareTexts(mine.tag_key ?? "", others.tag_key ?? "") ||
    compareTexts(mine.region ?? "", others.region ?? "") ||
    compareTexts(mine.project_id ?? "", others.project_id ?? "") ||
    compareTexts(mine.fingerprint, others.fingerprint)
  );
}

function writeOut(entry: Entry, fingerprintOf: FingerprintOf): Finding {
  const { finding } = entry.common;
  const { resource_id } = entry;
  if (resource_id === null) return finding;
  return {
    get fingerprint() {
      return fingerprintOf(identityOf(finding, resource_id));
    },
    rule_id: finding.rule_id,
    severity: finding.severity,
    status: finding.status,
    reason: finding.reason,
    resource_type: finding.resource_type,
    resource_id,
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
