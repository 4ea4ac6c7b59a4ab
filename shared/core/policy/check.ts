import { checkConstants } from "./check-constant.ts";
import { checkCycles } from "./check-cycle.ts";
import { checkGrace } from "./check-guard.ts";
import { checkExemptions, checkRules } from "./check-rule.ts";
import { checkSelectorNames } from "./check-selector.ts";
import { checkTags } from "./check-tag.ts";
import { checkValues } from "./check-value.ts";
import type { Draft } from "./draft.ts";
import type { Mistake } from "./problem.ts";

/**
 * What the schema cannot say: names that must exist, keys and values that the services must accept,
 * parts that contradict each other. Paths are those of `draft.document`.
 *
 * `unsafe` are regexes that must not be run: they do not compile, or nobody knows how long they take.
 */
export function checkPolicy(draft: Draft, unsafe: ReadonlySet<string>): readonly Mistake[] {
  return [
    ...checkSelectorNames(draft),
    ...checkTags(draft),
    ...checkValues(draft),
    ...checkConstants(draft, unsafe),
    ...checkCycles(draft),
    ...checkRules(draft),
    ...checkExemptions(draft),
    ...checkGrace(draft),
  ];
}
