import type { Policy, TagRule } from "../policy/policy.ts";
import { listWords } from "../policy/problem.ts";
import { ruleId } from "../policy/rules.ts";
import { skeletonOf } from "./near-miss.ts";

/** All that findings say of a tag rule, made once: many findings share one text. */
export type RuleWords = {
  readonly required: string;
  readonly allowed: string;
  readonly match: string;
  readonly prohibited: string;
  readonly alias: string;
  /** What is expected instead of nothing. */
  readonly presence: string;
  /** The allowed values. */
  readonly values: string;
  readonly pattern: string;
  /** Of the key and of each alias: what other keys are compared with. */
  readonly skeletons: readonly string[];
};

/** The words of each tag rule of a policy. */
export function listRuleWords({ tags }: Policy): ReadonlyMap<TagRule, RuleWords> {
  return new Map(tags.map((rule) => [rule, wordsOf(rule)]));
}

/** The words of one tag rule. */
export function wordsOf({ key, aliases, values, match }: TagRule): RuleWords {
  const allowed = listWords(Object.keys(values ?? {}));
  const patterns = match.map((matcher) =>
    "regex" in matcher ? `/${matcher.regex}/` : listWords(matcher.in),
  );
  return {
    required: ruleId(key, "required"),
    allowed: ruleId(key, "allowed"),
    match: ruleId(key, "match"),
    prohibited: ruleId(key, "prohibited"),
    alias: ruleId(key, "alias"),
    presence: values === null ? `${key} with a value` : `${key}: ${allowed}`,
    values: allowed,
    pattern: listWords(patterns),
    skeletons: [key, ...aliases].map(skeletonOf),
  };
}
