import type { Policy, TagRule } from "./policy.ts";

// Keyed by the compiled policy's own objects, so that nothing but the policy outlives an invocation.
const listed = new WeakMap<Policy["tags"], ReadonlyMap<string, TagRule>>();

/** The policy's tag rules by every name that they know, key or alias; listed once per process. */
export function rulesByName({ tags }: Pick<Policy, "tags">): ReadonlyMap<string, TagRule> {
  const known = listed.get(tags);
  if (known !== undefined) return known;
  const rules = new Map<string, TagRule>();
  for (const rule of tags) for (const alias of rule.aliases) rules.set(alias, rule);
  for (const rule of tags) rules.set(rule.key, rule);
  listed.set(tags, rules);
  return rules;
}
