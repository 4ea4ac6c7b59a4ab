import type { Severity } from "../policy/policy.ts";
import type { ResourceType } from "../resource.ts";

/** How a resource, or one finding, stands. From the worst to the best: a resource has its findings' worst. */
export const STATUSES = ["error", "fail", "exempt", "skipped", "pass"] as const;
export type Status = (typeof STATUSES)[number];

/** The worst of some findings'; `pass` where there are none. */
export function worstOf(findings: readonly { readonly status: Status }[]): Status {
  return STATUSES.find((status) => findings.some((one) => one.status === status)) ?? "pass";
}

/**
 * One thing that an audit has to tell: of a resource and a rule, or of the policy itself. The fields are the
 * columns of every output, in this order, under these names; they are stable.
 */
export type Finding = {
  /** The same for the same finding in the next audit: a hash of rule, region, project, type, id and key. */
  readonly fingerprint: string;
  /** `<key>.<check>`, the id of a conditional rule, or one of `BUILT_IN_RULES`. */
  readonly rule_id: string;
  readonly severity: Severity;
  readonly status: Exclude<Status, "pass">;
  /** One of `FindingReason`. */
  readonly reason: FindingReason;
  /** `null`: the finding is about the policy, not about a resource. So are the next fields then. */
  readonly resource_type: ResourceType | null;
  readonly resource_id: string | null;
  readonly resource_name: string | null;
  readonly region: string | null;
  readonly project_id: string | null;
  readonly enterprise_project: string | null;
  readonly state: string | null;
  readonly created_at: string | null;
  /** The value of a tag that the policy fills from `creator.name`, where there is one. */
  readonly creator: string | null;
  readonly tag_key: string | null;
  /** What is there; `<redacted>` where it looks like a secret or personal data. */
  readonly actual: string | null;
  /** What the rule wants, in words. */
  readonly expected: string | null;
  /** What to write instead; `null` where nobody can say. */
  readonly suggestion: string | null;
  /** Would a plan by the policy put it right? */
  readonly fixable: boolean;
  /** How: `create Owner`, `overwrite Environment`, `delete Password`, `rename owner to Owner`. */
  readonly fix_action: string | null;
  readonly exemption_id: string | null;
  /** Day, `2027-03-31`. */
  readonly exemption_expires: string | null;
  /** ISO 8601, from the history of audits; `null` where there is none. */
  readonly first_seen: string | null;
  readonly last_seen: string | null;
  readonly tags_count: number | null;
  readonly tag_limit: number | null;
  readonly policy_hash: string;
};

/**
 * Why there is a finding.
 *
 * - `untagged`: the resource has no tag at all, and the rule requires one.
 * - `missing`: the key is not there, or its value is empty.
 * - `near-miss-key`: the key is not there, but one that is nearly the same is (case, spaces, an edit or two).
 * - `alias`: a declared alias stands for the key. `conflict`: key and aliases have different values.
 * - `not-allowed`: the value is none of the allowed ones. `near-miss-value`: it is nearly one of them.
 * - `no-match`: the value does not match. `prohibited`: nobody may have the tag.
 * - `condition`: a conditional rule asks for a tag that is missing.
 * - `near-limit`: fewer places are left than the policy reserves. `full`: none is left.
 * - `secret`, `personal-data`: a tag looks as if it held one; tags are not secret.
 * - `expired`, `unused`: of an exemption. `unmatched`: a rule, selector or exemption picks nothing.
 * - `undeclared`: the project uses a tag key that no rule knows.
 * - `default-key`, `pending-deletion`: never to be tagged (status `skipped`).
 * - `tags-unknown`: there, but its tags could not be read (status `error`). `count-differs`: the service counts
 *   another number of resources than could be read (status `error`, of no single resource).
 */
export type FindingReason =
  | "untagged"
  | "missing"
  | "near-miss-key"
  | "alias"
  | "conflict"
  | "not-allowed"
  | "near-miss-value"
  | "no-match"
  | "prohibited"
  | "condition"
  | "near-limit"
  | "full"
  | "secret"
  | "personal-data"
  | "expired"
  | "unused"
  | "unmatched"
  | "undeclared"
  | "default-key"
  | "pending-deletion"
  | "tags-unknown"
  | "count-differs";

/** Rules that every policy has, beside those that it declares. */
export const BUILT_IN_RULES = [
  "resource.tag-limit",
  "resource.taggable",
  "resource.readable",
  "tag.unfilled",
  "tag.secret",
  "tag.personal-data",
  "policy.exemption",
  "policy.rule",
  "project.vocabulary",
] as const;
/** Those from which an exemption may excuse: whoever could not be read, or the policy itself, never is. */
export const EXCUSABLE_RULES: readonly (typeof BUILT_IN_RULES)[number][] = [
  "resource.tag-limit",
  "tag.unfilled",
  "tag.secret",
  "tag.personal-data",
  "project.vocabulary",
];
export type BuiltInRule = (typeof BUILT_IN_RULES)[number];
