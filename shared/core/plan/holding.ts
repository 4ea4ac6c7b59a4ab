import { encodeValue, type TagLimits } from "../limits.ts";
import type { TagRule } from "../policy/policy.ts";
import type { Tag, TagSet } from "../tag.ts";
import { canonicalValue } from "../value.ts";

/** What a resource carries under a key and under its aliases. */
export type Holding = {
  /** As it was read. Empty counts as missing. */
  readonly own: string | undefined;
  readonly aliases: readonly Tag[];
  /** The first alias that has a value. */
  readonly carrier: Tag | undefined;
  /** All the values are one. */
  readonly agree: boolean;
};

/** Looks at what is there under a rule's key and its aliases. */
export function holdingOf(rule: TagRule, current: TagSet, limits: TagLimits): Holding {
  const own = current.get(rule.key);
  const aliases = presentTags(rule.aliases, current);
  if (aliases.length === 0) return { own, aliases, carrier: undefined, agree: true };
  const carriers = aliases.filter(({ value }) => value !== "");
  const values = carriers.map(({ value }) => value);
  if (hasValue(own)) values.push(own);
  // Values that would be written alike are the same, or a merge that broke off would end as a conflict.
  const written = values.map((value) =>
    encodeValue(rule.whenPresent === "keep" ? value : canonicalValue(rule, value), limits),
  );
  return { own, aliases, carrier: carriers[0], agree: new Set(written).size <= 1 };
}

/** An empty value counts as missing. */
export function hasValue(value: string | undefined): value is string {
  return value !== undefined && value !== "";
}

/** Those of the keys that the resource carries, in the given order. */
export function presentTags(keys: readonly string[], current: TagSet): readonly Tag[] {
  const present: Tag[] = [];
  for (const key of keys) {
    const value = current.get(key);
    if (value !== undefined) present.push({ key, value });
  }
  return present;
}
