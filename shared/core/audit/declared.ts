import type { Policy, TagRule } from "../policy/policy.ts";
import type { TagSet } from "../tag.ts";
import type { Stranger } from "./draft.ts";

/** The policy's tag rules by every name that they know: key or alias. */
export function rulesByName({ tags }: Policy): ReadonlyMap<string, TagRule> {
  const rules = new Map<string, TagRule>();
  for (const rule of tags) for (const alias of rule.aliases) rules.set(alias, rule);
  for (const rule of tags) rules.set(rule.key, rule);
  return rules;
}

/** Tags of the service itself (dew-api.md 3). */
export function isSystemKey(key: string): boolean {
  return key.startsWith("_sys_");
}

/** The keys of a resource that no rule knows, and that have a value that somebody meant. */
export function strangersIn(
  tags: TagSet,
  rules: ReadonlyMap<string, TagRule>,
  skeleton: (text: string) => string,
): readonly Stranger[] {
  return [...tags].flatMap(([key, value]) =>
    value === "" || rules.has(key) || isSystemKey(key) ? [] : [{ key, skeleton: skeleton(key) }],
  );
}

/** The tag that tells who created a resource: the first that the policy fills with the creator's name. */
export function creatorKeyOf({ tags }: Policy): string | null {
  const rule = tags.find(({ sources }) =>
    sources.some((source) => source.kind === "from" && source.field === "creator.name"),
  );
  return rule?.key ?? null;
}
