import type { ConditionalRule, Severity, TagRule } from "../policy/policy.ts";
import { inScope, selects } from "../selector.ts";
import type { TagSet } from "../tag.ts";
import { BUILT_IN } from "./built-in-rules.ts";
import { isSystemKey } from "./declared.ts";
import {
  type DraftFinding,
  draft,
  fixOf,
  isHeld,
  judgeIf,
  type Look,
  NO_OPINION,
  type Opinion,
} from "./draft.ts";
import type { FindingReason } from "./finding.ts";
import { distanceOf } from "./near-miss.ts";

/** A tag that has no value under its key, nor under an alias: whose rule is broken by that? */
export function judgeMissing(rule: TagRule, look: Look): Opinion {
  if (rule.required !== null) {
    const required = inScope(rule.required, look.subject);
    const { severity } = rule;
    if (required.holds !== false)
      return judgeIf(required, () => [missing(look.words(rule).required, severity, rule, look)]);
  }
  // Nobody must have it, but the policy has a value for it: a bulk plan is not empty, and says why here.
  if (fixOf(rule.key, look) === null) return NO_OPINION;
  const { severity } = BUILT_IN["tag.unfilled"];
  return { findings: [missing("tag.unfilled", severity, rule, look)], unsure: false };
}

/** Has the resource every tag that a conditional rule asks for, whoever the rule is about? */
export function holdsRequired(
  { require }: ConditionalRule,
  tagRules: ReadonlyMap<string, TagRule>,
  tags: TagSet,
): boolean {
  for (const key of require) {
    const tag = tagRules.get(key);
    if (tag !== undefined && !isHeld(tag, tags)) return false;
  }
  return true;
}

/** Does the resource lack a tag that a conditional rule asks of it? */
export function judgeCondition(
  { id, severity, require, if: condition }: ConditionalRule,
  tagRules: ReadonlyMap<string, TagRule>,
  look: Look,
): Opinion {
  const lacking: TagRule[] = [];
  for (const key of require) {
    const tag = tagRules.get(key);
    if (tag !== undefined && !isHeld(tag, look.tags)) lacking.push(tag);
  }
  if (lacking.length === 0) return NO_OPINION;
  return judgeIf(selects(condition, look.subject), () =>
    lacking.map((tag) => missing(id, severity, tag, look, "condition")),
  );
}

function missing(
  rule: string,
  severity: Severity,
  tag: TagRule,
  look: Look,
  reason?: FindingReason,
): DraftFinding {
  const { key } = tag;
  const near = findNear(tag, look);
  // Without a source there is nothing that a plan could write; a prohibited tag it deletes.
  const isFillable = tag.sources.length > 0 || tag.prohibited;
  const row = isFillable ? look.outlook().rows.get(key) : undefined;
  return draft({
    rule,
    severity,
    reason: reason ?? (near === null ? plainReason(look) : "near-miss-key"),
    key,
    actual: near ?? look.tags.get(key) ?? null,
    expected: look.words(tag).presence,
    // Whoever mistyped the key knew a value; the policy's own may be no more than a default.
    suggestion: near === null ? (row?.to ?? null) : `rename ${near} to ${key}`,
    fix: row === undefined ? null : fixOf(key, look),
  });
}

function plainReason({ tags }: Look): FindingReason {
  for (const key of tags.keys()) if (!isSystemKey(key)) return "missing";
  return "untagged";
}

/** The key that was probably meant to be this tag; of several the nearest, then the first by its letters. */
function findNear(tag: TagRule, look: Look): string | null {
  const strangers = look.strangers();
  if (strangers.length === 0) return null;
  let best: { readonly key: string; readonly distance: number } | null = null;
  for (const { key, skeleton } of strangers)
    for (const name of look.words(tag).skeletons) {
      const distance = distanceOf(skeleton, name);
      if (distance === null || (best !== null && distance > best.distance)) continue;
      if (best === null || distance < best.distance || key < best.key) best = { key, distance };
    }
  return best?.key ?? null;
}
