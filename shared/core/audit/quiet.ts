import type { TagRule } from "../policy/policy.ts";
import { isValid } from "../value.ts";

/**
 * Is there nothing wrong with a tag under the key of its rule or under an alias, whoever the rule applies to, and
 * nothing that a bulk plan would do to it? That it has no value is another question (`wantsValue`).
 */
export function isSettled(name: string, value: string, rule: TagRule): boolean {
  if (rule.prohibited) return name !== rule.key;
  if (name !== rule.key) return false;
  return value === "" || (rule.whenPresent !== "overwrite" && isValid(rule, value));
}

/** Could a resource without a value for the tag lack it, or get one from a plan? */
export function wantsValue({ prohibited, sources, required }: TagRule): boolean {
  return !prohibited && (sources.length > 0 || required !== null);
}
