import type { TagRule } from "../policy/policy.ts";
import type { TagSet } from "../tag.ts";
import { isValid } from "../value.ts";
import type { Curtain } from "./curtain.ts";

/** One tag of a resource. */
export type JudgedTag = {
  readonly key: string;
  /** `null`: it looks like a secret or like personal data. */
  readonly value: string | null;
  /** A rule of the policy names the key. */
  readonly declared: boolean;
  /** The rule of the key does not accept the value. */
  readonly invalid: boolean;
};

/** The tags of a resource as they may be shown and counted. */
export function tellTags(
  tags: TagSet,
  rules: ReadonlyMap<string, TagRule>,
  curtain: Curtain,
): readonly JudgedTag[] {
  return Array.from(tags, ([key, value]) => tellTag(key, value, rules.get(key), curtain));
}

/** One tag as it may be shown and counted; `rule` is the one of its key, or of an alias. */
export function tellTag(
  key: string,
  value: string,
  rule: TagRule | undefined,
  curtain: Curtain,
): JudgedTag {
  const judged = rule !== undefined && rule.key === key && value !== "";
  return {
    key: curtain.key(key),
    value: curtain.hides(value) ? null : value,
    declared: rule !== undefined,
    invalid: judged && (rule.prohibited || !isValid(rule, value)),
  };
}
