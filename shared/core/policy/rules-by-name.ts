import type { Policy, TagRule } from "./policy.ts";

/** The policy's tag rules by every name that they know, key or alias. */
export function rulesByName({ tags }: Pick<Policy, "tags">): ReadonlyMap<string, TagRule> {
  const rules = new Map<string, TagRule>();
  for (const rule of tags) for (const alias of rule.aliases) rules.set(alias, rule);
  for (const rule of tags) rules.set(rule.key, rule);
  return rules;
}
