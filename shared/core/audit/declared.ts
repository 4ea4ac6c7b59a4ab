import type { Policy, TagRule } from "../policy/policy.ts";
import type { TagSet } from "../tag.ts";
import type { Stranger } from "./draft.ts";

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
  const strangers: Stranger[] = [];
  tags.forEach((value, key) => {
    if (value !== "" && !rules.has(key) && !isSystemKey(key))
      strangers.push({ key, skeleton: skeleton(key) });
  });
  return strangers;
}

/** The tag that tells who created a resource: the first that the policy fills with the creator's name. */
export function creatorKeyOf({ tags }: Policy): string | null {
  const rule = tags.find(({ sources }) =>
    sources.some((source) => source.kind === "from" && source.field === "creator.name"),
  );
  return rule?.key ?? null;
}
