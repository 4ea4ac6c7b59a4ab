import type { TagRule } from "../policy/policy.ts";
import type { TagSet } from "../tag.ts";
import { OPEN } from "./curtain.ts";
import { type Sighted, sightTag } from "./judge-sightings.ts";
import { type JudgedTag, tellTag } from "./judged-tag.ts";
import { rememberPairs } from "./memory.ts";
import { isSettled, wantsValue } from "./quiet.ts";
import type { Senses } from "./sighting.ts";

/** What can be told of a resource's tags one by one, each the same whoever has it. */
export type Glance = {
  /** The tags as they are told where none of them must be hidden. */
  readonly told: readonly JudgedTag[];
  readonly sighted: readonly Sighted[];
  /**
   * Every tag rule finds nothing wrong, whoever it applies to, and a bulk plan writes nothing and asks for nothing:
   * no plan has to be made for that. Of an account that is looked after, nearly all resources are like this.
   */
  readonly quiet: boolean;
};

/** One tag by itself. */
type SeenTag = {
  readonly told: JudgedTag;
  readonly sighted: Sighted | null;
  readonly settled: boolean;
  /** It has the value that its rule wants. */
  readonly wanted: boolean;
};

/** Looks once at each tag that resources have, `rules` being the policy's by key and by alias. */
export function createGlance(
  rules: ReadonlyMap<string, TagRule>,
  senses: Senses,
): (tags: TagSet) => Glance {
  const wanted = new Set([...rules.values()].filter(wantsValue)).size;
  const see = rememberPairs((key, value): SeenTag => {
    const rule = rules.get(key);
    return {
      told: tellTag(key, value, rule, OPEN),
      sighted: sightTag(key, value, rule, senses),
      settled: rule === undefined || isSettled(key, value, rule),
      wanted: rule !== undefined && rule.key === key && value !== "" && wantsValue(rule),
    };
  });

  return (tags) => {
    const told: JudgedTag[] = [];
    const sighted: Sighted[] = [];
    let settled = true;
    let held = 0;
    tags.forEach((value, key) => {
      const seen = see(key, value);
      told.push(seen.told);
      if (seen.sighted !== null) sighted.push(seen.sighted);
      if (seen.wanted) held += 1;
      settled &&= seen.settled;
    });
    return { told, sighted, quiet: settled && held === wanted };
  };
}
