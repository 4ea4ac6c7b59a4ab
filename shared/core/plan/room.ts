import type { Need } from "../facts.ts";
import type { Policy, TagRule } from "../policy/policy.ts";
import { anyHolds, inScope, type Subject, selects, type Verdict } from "../selector.ts";
import type { Effect } from "./effect.ts";
import type { PlanReason } from "./reason.ts";
import type { Resolution } from "./resolve.ts";

/** Effects of which some additions were left out; `needs`: to know which ones are required. */
export type Fitted = { readonly effects: readonly Effect[]; readonly needs: readonly Need[] };

type Addition = { readonly rule: TagRule; readonly effect: Effect };

/**
 * Leaves out the planned additions for which a resource has no room: those that are not required
 * first, and of each sort the last in the policy's order first. What is there already is never
 * trimmed, and a merge always has the room of the alias it removes.
 */
export function fitToRoom(
  policy: Policy,
  { effects, subject }: Resolution,
  tagsPresent: number,
  tagsMax: number,
): Fitted {
  const surplus = tagsAfter(effects, tagsPresent) - tagsMax;
  if (surplus <= 0) return { effects, needs: [] };

  const additions = policy.tags.flatMap((rule, index) => {
    const effect = effects[index];
    return effect?.adds ? [{ rule, effect }] : [];
  });
  const { leftOut, needs } = choose(policy, additions, subject, surplus);
  return { effects: effects.map((it) => (leftOut.has(it) ? refuse(it) : it)), needs };
}

function tagsAfter(effects: readonly Effect[], tagsPresent: number): number {
  let count = tagsPresent;
  for (const { changes } of effects)
    for (const { op } of changes) {
      if (op === "create") count += 1;
      if (op === "delete") count -= 1;
    }
  return count;
}

function choose(
  policy: Policy,
  additions: readonly Addition[],
  subject: Subject,
  surplus: number,
): { readonly leftOut: ReadonlySet<Effect>; readonly needs: readonly Need[] } {
  // Where none fits, nobody needs to know which one is required.
  if (additions.length <= surplus)
    return { leftOut: new Set(additions.map(({ effect }) => effect)), needs: [] };
  const ranked = additions.map(({ rule, effect }) => ({
    effect,
    required: requires(policy, rule, subject),
  }));
  const optional = ranked.filter(({ required }) => required.holds === false);
  const others = ranked.filter(({ required }) => required.holds !== false);
  const order = [...others, ...optional].map(({ effect }) => effect);
  return {
    leftOut: new Set(order.slice(order.length - surplus)),
    needs: ranked.flatMap(({ required }) => required.needs),
  };
}

/** Must the resource, as it will be, have the tag? */
function requires(policy: Policy, { key, required }: TagRule, subject: Subject): Verdict {
  const byRules = policy.rules
    .filter((rule) => rule.require.includes(key))
    .map((rule) => selects(rule.if, subject));
  return anyHolds(required === null ? byRules : [inScope(required, subject), ...byRules]);
}

function refuse(effect: Effect): Effect {
  const reason: PlanReason = "no-room";
  const changes = effect.changes.map((change) =>
    change.op === "create" ? { ...change, op: "refuse" as const, reason } : change,
  );
  return { ...effect, changes };
}
