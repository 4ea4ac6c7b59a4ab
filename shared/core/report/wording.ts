import type { BuiltInRule, Finding, FindingReason } from "../audit/finding.ts";
import { shorten } from "./visible.ts";

/** Severities, gravest first. */
export { SEVERITIES } from "../audit/order.ts";

/** Values and wishes longer than this are cut in sentences; the columns hold them whole. */
const VALUE_CODE_POINTS_MAX = 300;

/** What is the matter, in a few words. */
export const REASON_TEXTS: { readonly [Reason in FindingReason]: string } = {
  untagged: "has no tag at all",
  missing: "tag is missing",
  "near-miss-key": "key is nearly right",
  alias: "alias in place of the key",
  conflict: "key and alias differ",
  "not-allowed": "value is not allowed",
  "near-miss-value": "value is nearly right",
  "no-match": "value does not match",
  prohibited: "tag is prohibited",
  condition: "condition is broken",
  "near-limit": "few places are left",
  full: "no place is left",
  secret: "looks like a secret",
  "personal-data": "looks like personal data",
  expired: "exemption has expired",
  unused: "exemption is unused",
  unmatched: "matches nothing",
  undeclared: "key that no rule knows",
  "default-key": "default key, never tagged",
  "pending-deletion": "pending deletion",
  "tags-unknown": "tags could not be read",
  "count-differs": "counts differ",
};

/** The last part of a rule's id says what it checks; what then helps. */
const CHECK_HELP: { readonly [check: string]: string } = {
  required:
    "The tag must be there and must not be empty. `tagwarden plan` fills it where the policy has a source for its value.",
  allowed:
    "The value must be one of those that the policy lists. Variants of a value are corrected by `tagwarden plan` where the policy says `whenPresent: correct`.",
  match: "The value must have the form that the policy gives.",
  prohibited: "Nobody may have this tag. `tagwarden plan` removes it.",
  alias: "A misspelling stands for the key. `tagwarden plan` moves the value to the right key.",
};

const BUILT_IN_HELP: { readonly [Rule in BuiltInRule]: string } = {
  "resource.tag-limit":
    "A resource takes only so many tags. Remove some before the next one is needed.",
  "resource.taggable": "Default keys and resources that are pending deletion are never tagged.",
  "resource.readable":
    "What could not be read cannot be judged. See to the permissions, or run the audit again.",
  "tag.unfilled":
    "The policy gives this tag to everybody it applies to, and the resource does not have it. `tagwarden plan` fills it where a source yields a value.",
  "tag.secret":
    "Tags are not secret: everybody who may list resources reads them. Change the secret, then remove the tag.",
  "tag.personal-data":
    "Tags should not hold personal data. Replace the value, or allow it in the policy.",
  "policy.exemption": "Exemptions end on their day and should be removed when nothing needs them.",
  "policy.rule": "A rule, selector or exemption that picks nothing is often a misspelling.",
  "project.vocabulary":
    "A tag key is in use that no rule knows. Declare it in the policy, or remove it with `tagwarden plan --unset`.",
};

const CONDITION_HELP = "A rule of the policy that holds under a condition is broken.";

/** What a rule wants and what helps, by its id. */
export function ruleHelp(id: string): string {
  const builtIn = Object.entries(BUILT_IN_HELP).find(([rule]) => rule === id);
  const check = id.slice(id.lastIndexOf(".") + 1);
  return builtIn?.[1] ?? new Map(Object.entries(CHECK_HELP)).get(check) ?? CONDITION_HELP;
}

/** A finding as one sentence. It holds values of tags as they are: escape it for where it goes. */
export function findingText(finding: Finding): string {
  const { reason, tag_key, actual, expected, suggestion, fix_action } = finding;
  const cut = (text: string) => shorten(text, VALUE_CODE_POINTS_MAX);
  return [
    `${tag_key === null ? "" : `${named(tag_key)}: `}${REASON_TEXTS[reason]}`,
    ...(actual === null ? [] : [`found "${cut(actual)}"`]),
    ...(expected === null ? [] : [`expected ${cut(expected)}`]),
    ...(suggestion === null ? [] : [`suggested "${cut(suggestion)}"`]),
    ...(fix_action === null ? [] : [`fix: ${cut(fix_action)}`]),
  ].join("; ");
}

/** What a finding is about: a resource's name, else its id; the policy where there is no resource. */
export function subjectOf({ resource_type, resource_name, resource_id }: Finding): string {
  if (resource_type === null) return "policy";
  return `${resource_type} ${named(resource_name ?? resource_id ?? "unknown")}`;
}

/** A name within a sentence: an empty one would be nothing there. */
function named(name: string): string {
  return name === "" ? "(empty)" : name;
}

/** Where a resource is, and which: `secret/eu-west-101/<project>/<id>`; `project/…` or `policy` where there is none. */
export function locationOf(finding: Finding): string {
  const { resource_type, region, project_id, resource_id } = finding;
  if (resource_type === null)
    return project_id === null ? "policy" : ["project", region ?? "-", project_id].join("/");
  return [resource_type, region ?? "-", project_id ?? "-", resource_id ?? "-"].join("/");
}
