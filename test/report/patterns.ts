import type { Finding } from "../../shared/core/audit/finding.ts";

type Pattern = Pick<Finding, "rule_id" | "severity" | "reason" | "tag_key" | "fixable"> &
  Partial<Finding>;

/** What is wrong with the resources of the samples, in turn. */
export const PATTERNS: readonly Pattern[] = [
  {
    rule_id: "Password.prohibited",
    severity: "critical",
    reason: "prohibited",
    tag_key: "Password",
    fixable: true,
    actual: "<redacted>",
    expected: "no such tag",
    fix_action: "delete Password",
  },
  {
    rule_id: "tag.secret",
    severity: "critical",
    reason: "secret",
    tag_key: "note",
    fixable: false,
    actual: "<redacted>",
    expected: "nothing that looks like a secret",
  },
  {
    rule_id: "Owner.required",
    severity: "high",
    reason: "untagged",
    tag_key: "Owner",
    fixable: true,
    expected: "a value",
    suggestion: "unassigned@example.com",
    fix_action: "create Owner",
  },
  {
    rule_id: "Owner.required",
    severity: "high",
    reason: "missing",
    tag_key: "Owner",
    fixable: true,
    expected: "a value",
    suggestion: "pay@example.com",
    fix_action: "create Owner",
  },
  {
    rule_id: "Owner.match",
    severity: "high",
    reason: "no-match",
    tag_key: "Owner",
    fixable: false,
    actual: "Jane Doe",
    expected: "a match of ^[^@\\s]+@example\\.com$",
  },
  {
    rule_id: "Owner.alias",
    severity: "high",
    reason: "alias",
    tag_key: "Owner",
    fixable: true,
    actual: "owner=pay@example.com",
    expected: "Owner",
    suggestion: "Owner",
    fix_action: "rename owner to Owner",
  },
  {
    rule_id: "Environment.allowed",
    severity: "medium",
    reason: "near-miss-value",
    tag_key: "Environment",
    fixable: true,
    actual: "Prod ",
    expected: "one of prod, test, dev",
    suggestion: "prod",
    fix_action: "overwrite Environment",
  },
  {
    rule_id: "Environment.allowed",
    severity: "medium",
    reason: "not-allowed",
    tag_key: "Environment",
    fixable: false,
    actual: "staging-7",
    expected: "one of prod, test, dev",
  },
  {
    rule_id: "prod-needs-contact",
    severity: "medium",
    reason: "condition",
    tag_key: "Contact",
    fixable: false,
    expected: "Contact where Environment is prod",
  },
  {
    rule_id: "resource.tag-limit",
    severity: "medium",
    reason: "near-limit",
    tag_key: null,
    fixable: false,
    actual: "19 of 20 tags",
    expected: "2 places left",
  },
  {
    rule_id: "CostCenter.required",
    severity: "low",
    reason: "near-miss-key",
    tag_key: "CostCenter",
    fixable: false,
    actual: "Cost-Center ",
    expected: "CostCenter",
    suggestion: "CostCenter",
  },
];

/** What the rules want. */
export const DESCRIPTIONS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    "Password.prohibited": "Nobody may have the tag Password.",
    "tag.secret": "No tag looks like a secret.",
    "Owner.required": "Everybody has an Owner.",
    "Owner.match": "Owner is an address of the company.",
    "Owner.alias": "Owner is spelled so.",
    "Environment.allowed": "Environment is prod, test or dev.",
    "prod-needs-contact": "What is prod has a Contact.",
    "resource.tag-limit": "Places are left for tags.",
    "CostCenter.required": "Everybody has a CostCenter.",
    "CreatedBy.required": "Everybody has a CreatedBy.",
    "resource.taggable": "Default keys and what is to be deleted are never tagged.",
    "resource.readable": "Tags can be read.",
  }),
);

/** What a finding of the policy does not have. */
export const OF_POLICY = {
  resource_type: null,
  resource_id: null,
  resource_name: null,
  region: null,
  project_id: null,
  enterprise_project: null,
  state: null,
  created_at: null,
  creator: null,
  tag_key: null,
  actual: null,
  suggestion: null,
  fix_action: null,
  fixable: false,
  tags_count: null,
  tag_limit: null,
} as const;

const UNJUDGED = {
  tag_key: null,
  actual: null,
  expected: null,
  suggestion: null,
  fix_action: null,
  fixable: false,
} as const;

/** Of a resource that is never to be tagged. */
export const SKIPPED = {
  ...UNJUDGED,
  status: "skipped",
  rule_id: "resource.taggable",
  reason: "default-key",
  severity: "low",
} as const;

/** Of a resource whose tags could not be read. */
export const UNREAD = {
  ...UNJUDGED,
  status: "error",
  rule_id: "resource.readable",
  reason: "tags-unknown",
  severity: "high",
  expected: "tags that can be read",
  tags_count: null,
} as const;

/** Of secrets that the service counts and nobody met. */
export const COUNT_DIFFERS = {
  ...OF_POLICY,
  status: "error",
  rule_id: "resource.readable",
  reason: "count-differs",
  severity: "high",
  resource_type: "secret",
} as const;
