import type { TagRule } from "../policy/policy.ts";
import type { TagSet } from "../tag.ts";
import { isValid } from "../value.ts";

/**
 * Can it be told at a glance that a rule finds nothing wrong with a resource, whoever it applies to, and that a
 * bulk plan writes nothing for it and asks for nothing? Then no plan has to be made for that. Of the resources
 * of an account that is looked after, nearly all rules say so.
 */
export function isQuiet(rule: TagRule, tags: TagSet): boolean {
  if (rule.prohibited) return !tags.has(rule.key);
  for (const alias of rule.aliases) if (tags.has(alias)) return false;
  const value = tags.get(rule.key);
  // Nobody must have it, and the policy has no value for it.
  if (value === undefined || value === "")
    return rule.sources.length === 0 && rule.required === null;
  return rule.whenPresent !== "overwrite" && isValid(rule, value);
}
