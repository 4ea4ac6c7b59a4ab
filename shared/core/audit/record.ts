import type { InventoryItem } from "../inventory/item.ts";
import type { Exemption } from "../policy/policy.ts";
import { type Curtain, OPEN } from "./curtain.ts";
import type { DraftFinding, Fix } from "./draft.ts";
import { lastDayOf } from "./exemption.ts";
import type { Finding } from "./finding.ts";

/** A hash of a text, as text: SHA-256 in hexadecimal, or what a test likes. */
export type FingerprintOf = (text: string) => string;

/** What the findings of one resource, of a project or of the policy have in common. */
export type FindingSubject = Pick<
  Finding,
  | "resource_type"
  | "resource_id"
  | "resource_name"
  | "region"
  | "project_id"
  | "enterprise_project"
  | "state"
  | "created_at"
  | "creator"
  | "tags_count"
  | "tag_limit"
  | "policy_hash"
>;

/** Nobody in particular: the policy itself, or a project of which only the place is known. */
export function placeSubject(
  policyHash: string,
  place: Partial<Pick<Finding, "region" | "project_id" | "resource_type">> = {},
): FindingSubject {
  return {
    resource_type: place.resource_type ?? null,
    resource_id: null,
    resource_name: null,
    region: place.region ?? null,
    project_id: place.project_id ?? null,
    enterprise_project: null,
    state: null,
    created_at: null,
    creator: null,
    tags_count: null,
    tag_limit: null,
    policy_hash: policyHash,
  };
}

/** What findings of a resource tell of its tags as a whole. */
export type KnownOfTags = Pick<Finding, "creator" | "tags_count" | "tag_limit">;

/** A resource by what its list tells of it. */
export function itemSubject(
  { resource, facts }: Pick<InventoryItem, "resource" | "facts">,
  { creator, tags_count, tag_limit }: KnownOfTags,
  policyHash: string,
): FindingSubject {
  const { fields } = facts;
  return {
    resource_type: resource.type,
    resource_id: resource.id,
    resource_name: resource.name ?? null,
    region: fields.get("region") ?? null,
    project_id: fields.get("project") ?? null,
    enterprise_project: fields.get("resource.enterpriseProject") ?? null,
    state: fields.get("resource.state") ?? null,
    created_at: fields.get("resource.createdAt") ?? null,
    creator,
    tags_count,
    tag_limit,
    policy_hash: policyHash,
  };
}

/** A finding to which nobody gave its fingerprint yet. */
export type UnsignedFinding = Omit<Finding, "fingerprint">;

/** The parts of a finding that are not those of its subject. */
export type Telling = {
  readonly curtain?: Curtain;
  readonly exemption?: Exemption | undefined;
  /** Gives equal texts one string. */
  readonly share?: (text: string) => string;
};

/** How a finding gets its fingerprint. */
export type Signing = {
  readonly fingerprintOf: FingerprintOf;
  /** What the finding is about where it has no tag key: part of its fingerprint only. */
  readonly topic?: string;
};

/** A finding as the report has it: redacted, excused where it is, with its fingerprint. */
export function recordFinding(
  found: DraftFinding,
  subject: FindingSubject,
  { fingerprintOf, topic, ...telling }: Telling & Signing,
): Finding {
  const told = tellFinding(found, subject, telling);
  const identity = identityOf(told, told.resource_id, topic ?? told.tag_key);
  return { fingerprint: fingerprintOf(identity), ...told };
}

/** What a fingerprint is made of. */
export function identityOf(
  about: Pick<Finding, "rule_id" | "region" | "project_id" | "resource_type">,
  resourceId: string | null,
  topic: string | null,
): string {
  const { rule_id, region, project_id, resource_type } = about;
  return JSON.stringify([rule_id, region, project_id, resource_type, resourceId, topic]);
}

/** As `recordFinding`, but for the fingerprint. */
export function tellFinding(
  found: DraftFinding,
  subject: FindingSubject,
  { curtain = OPEN, exemption, share = same }: Telling,
): UnsignedFinding {
  const shown = (text: string | null) => (text === null ? null : share(curtain.text(text)));
  return {
    rule_id: found.rule,
    severity: found.severity,
    status: exemption === undefined ? found.status : "exempt",
    reason: found.reason,
    resource_type: subject.resource_type,
    resource_id: subject.resource_id,
    resource_name: subject.resource_name,
    region: subject.region,
    project_id: subject.project_id,
    enterprise_project: subject.enterprise_project,
    state: subject.state,
    created_at: subject.created_at,
    creator: subject.creator,
    tag_key: found.key === null ? null : curtain.key(found.key),
    actual: shown(found.actual),
    expected: found.expected,
    suggestion: shown(found.suggestion),
    fixable: found.fix !== null,
    fix_action: found.fix === null ? null : share(describeFix(found.fix, curtain)),
    exemption_id: exemption?.id ?? null,
    exemption_expires: exemption === undefined ? null : lastDayOf(exemption),
    first_seen: null,
    last_seen: null,
    tags_count: subject.tags_count,
    tag_limit: subject.tag_limit,
    policy_hash: subject.policy_hash,
  };
}

const same = (text: string) => text;

function describeFix(fix: Fix, curtain: Curtain): string {
  const key = curtain.key(fix.key);
  return fix.do === "rename" ? `rename ${key} to ${fix.to}` : `${fix.do} ${key}`;
}
