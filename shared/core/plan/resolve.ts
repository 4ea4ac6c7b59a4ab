import type { Facts } from "../facts.ts";
import type { TagLimits } from "../limits.ts";
import type { Policy, TagRule } from "../policy/policy.ts";
import { inScope, type Subject, type TagLookup, UNREAD } from "../selector.ts";
import { deriveValue, type SourceContext } from "../source.ts";
import type { TagSet } from "../tag.ts";
import { type Effect, effect, effectOf, leaveUnread, type PlanMode } from "./effect.ts";

/** A resource as a plan sees it. */
export type Target = {
  readonly facts: Facts;
  readonly current: TagSet;
  readonly mode: PlanMode;
  readonly limits: TagLimits;
};

/** The effect of each of the policy's tag rules, in its order, and the resource as it will be. */
export type Resolution = { readonly effects: readonly Effect[]; readonly subject: Subject };

/**
 * Works out every tag rule of a policy for one resource.
 *
 * Selectors and `tag` sources see each declared tag as the policy will leave it, not as it was read;
 * otherwise a second run would find a different resource and change it again. They see it before
 * the limit on the number of tags cuts anything: what fits must not decide what is wanted.
 */
export function resolveTags(policy: Policy, target: Target): Resolution {
  const { facts, current, limits } = target;
  /** By the place of their rules in the policy. */
  const resolved: (Effect | typeof OPEN | undefined)[] = [];

  const tagValue: TagLookup = (key) => {
    const place = policy.tags.findIndex((one) => one.key === key || one.aliases.includes(key));
    const rule = policy.tags[place];
    // A cycle is an error of the policy; here it must only come to an end.
    if (rule === undefined || resolved[place] === OPEN) return current.get(key);
    return resultOf(key, rule, resolve(rule, place), current);
  };
  const subject: Subject = { facts, selectors: policy.selectors, tagValue };
  const sources: SourceContext = { lookups: policy.lookups, facts, limits, tagValue };

  function resolve(rule: TagRule, place: number): Effect {
    const known = resolved[place];
    if (known !== undefined && known !== OPEN) return known;
    resolved[place] = OPEN;
    const found = resolveOne(rule, target, subject, sources);
    resolved[place] = found;
    return found;
  }

  return { effects: policy.tags.map(resolve), subject };
}

/** Stands for the effect of a rule that is being worked out. */
const OPEN: unique symbol = Symbol("open");

function resolveOne(
  rule: TagRule,
  target: Target,
  subject: Subject,
  sources: SourceContext,
): Effect {
  const { current, mode, limits } = target;
  const applies = inScope(rule.applies, subject);
  if (applies.holds === false) return effect([], current.get(rule.key));
  const derive = () => deriveValue(rule, sources);
  const found = effectOf({ rule, mode, current, limits, derive });
  if (applies.holds === true || changesNothing(found, current.get(rule.key))) return found;
  return leaveUnread({ rule, current }, applies);
}

/** Whether it applies or not, the resource stays the same: no reason to read anything. */
function changesNothing({ changes, result }: Effect, present: string | undefined): boolean {
  return result === present && changes.every(({ op }) => op === "keep" || op === "refuse");
}

function resultOf(key: string, rule: TagRule, { changes, result }: Effect, current: TagSet) {
  if (key === rule.key) return result;
  if (result === UNREAD && current.has(key)) return UNREAD;
  const deleted = changes.some((change) => change.key === key && change.op === "delete");
  return deleted ? undefined : current.get(key);
}
