import type { Policy, Severity } from "../policy/policy.ts";
import { listRules, type RuleInfo } from "../policy/rules.ts";
import { BUILT_IN_RULES, type BuiltInRule } from "./finding.ts";

/** What the rules that every policy has ask for, and how grave it is to break them. */
export const BUILT_IN: {
  readonly [Rule in BuiltInRule]: { readonly severity: Severity; readonly description: string };
} = {
  "resource.tag-limit": {
    severity: "low",
    description: "A resource must have as many tags left as the policy reserves",
  },
  "resource.taggable": {
    severity: "low",
    description: "Default keys and what is about to be deleted are never tagged",
  },
  "resource.readable": {
    severity: "high",
    description: "The tags of every resource must be readable",
  },
  "tag.unfilled": {
    severity: "low",
    description: "A tag for which the policy has a value must be present",
  },
  "tag.secret": { severity: "critical", description: "A tag must not hold a secret" },
  "tag.personal-data": {
    severity: "medium",
    description: "A tag must not hold personal data that its rule does not allow",
  },
  "policy.exemption": {
    severity: "medium",
    description: "An exemption must be in force and excuse something",
  },
  "policy.rule": {
    severity: "low",
    description: "Each rule and each selector of the policy must be about some resource",
  },
  "project.vocabulary": {
    severity: "low",
    description: "Each tag key that a project uses must be known to the policy",
  },
};

/** The rules that every policy has. */
export function listBuiltInRules(): readonly RuleInfo[] {
  return BUILT_IN_RULES.map((id) => ({ id, ...BUILT_IN[id] }));
}

/** Every rule of an audit: those of the policy, in its order, then those that every policy has. */
export function listAuditRules(policy: Pick<Policy, "tags" | "rules">): readonly RuleInfo[] {
  return [...listRules(policy), ...listBuiltInRules()];
}
