import type { Policy, TagRule } from "../policy/policy.ts";
import { rulesByName } from "../policy/rules-by-name.ts";
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
   * All tag rules but those that find nothing wrong, whoever they apply to, and of which a bulk plan writes nothing
   * and asks for nothing. Only these need to be planned; of an account that is looked after, nearly all resources
   * have none. In the policy's order.
   */
  readonly unsettled: readonly TagRule[];
};

/** One tag by itself. */
type SeenTag = {
  readonly told: JudgedTag;
  readonly sighted: Sighted | null;
  /** The rule of its name, which is no other's, where the tag leaves something to do; `null` where it is settled. */
  readonly unsettled: TagRule | null;
  /** It has the value that its rule wants. */
  readonly wanted: boolean;
};

/** Looks once at each tag that resources have. */
export function createGlance(
  policy: Pick<Policy, "tags">,
  senses: Senses,
): (tags: TagSet) => Glance {
  const rules = rulesByName(policy);
  const wanting = new Set(policy.tags.filter(wantsValue));
  const see = rememberPairs((key, value): SeenTag => {
    const rule = rules.get(key);
    return {
      told: tellTag(key, value, rule, OPEN),
      sighted: sightTag(key, value, rule, senses),
      unsettled: rule === undefined || isSettled(key, value, rule) ? null : rule,
      wanted: rule !== undefined && rule.key === key && value !== "" && wanting.has(rule),
    };
  });

  const lacksValue = (rule: TagRule, tags: TagSet) =>
    wanting.has(rule) && (tags.get(rule.key) ?? "") === "";

  return (tags) => {
    const told: JudgedTag[] = [];
    let sighted: readonly Sighted[] = NOTHING;
    let touched: readonly TagRule[] = NOTHING;
    let held = 0;
    tags.forEach((value, key) => {
      const seen = see(key, value);
      told.push(seen.told);
      if (seen.sighted !== null) sighted = [...sighted, seen.sighted];
      if (seen.wanted) held += 1;
      if (seen.unsettled !== null) touched = [...touched, seen.unsettled];
    });
    const isQuiet = touched.length === 0 && held === wanting.size;
    const unsettled = isQuiet
      ? NOTHING
      : policy.tags.filter((rule) => touched.includes(rule) || lacksValue(rule, tags));
    return { told, sighted, unsettled };
  };
}

const NOTHING: readonly never[] = [];
