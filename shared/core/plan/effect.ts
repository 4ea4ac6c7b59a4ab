import type { Need } from "../facts.ts";
import { encodeValue, fitsKey, type TagLimits } from "../limits.ts";
import type { TagRule } from "../policy/policy.ts";
import { type TagLookup, UNREAD } from "../selector.ts";
import type { Derived } from "../source.ts";
import type { PassedOver, Tag, TagChange, TagSet } from "../tag.ts";
import { change, keepAll } from "./change.ts";
import { type Holding, hasValue, holdingOf, presentTags } from "./holding.ts";
import { treatPresent } from "./present.ts";
import type { PlanReason } from "./reason.ts";

/** On the creation of a resource, or later: bulk retagging, remediation and the audit's plans. */
export type PlanMode = "creation" | "bulk";

/** One tag rule that applies to a resource, and what there is. */
export type Situation = {
  readonly rule: TagRule;
  readonly mode: PlanMode;
  readonly current: TagSet;
  readonly limits: TagLimits;
  readonly derive: () => Derived;
};

/** What one tag rule does to a resource. */
export type Effect = {
  /** The rule's own key first, then its aliases. */
  readonly changes: readonly TagChange[];
  /** The value that other tags and selectors see under the rule's key. */
  readonly result: ReturnType<TagLookup>;
  /** A key is added that was not there in any spelling: it is left out where there is no room. */
  readonly adds: boolean;
  readonly needs: readonly Need[];
};

/** Works out a rule's effect: one row of the effects table, found by what is there. */
export function effectOf(situation: Situation): Effect {
  const { rule, mode, current, limits } = situation;
  if (rule.prohibited) return removeProhibited(situation);
  const holding = holdingOf(rule, current, limits);
  if (mode === "bulk" && !holding.agree) return leaveConflict(situation, holding);
  if (hasValue(holding.own)) return settlePresent(situation, holding, holding.own);
  if (holding.carrier === undefined) return fillMissing(situation, holding);
  return mode === "bulk"
    ? mergeAlias(situation, holding, holding.carrier)
    : countAlias(situation, holding, holding.carrier);
}

/** Row "fill a missing tag". */
function fillMissing(situation: Situation, holding: Holding): Effect {
  const { rule, limits, derive } = situation;
  const { own: from } = holding;
  const refuse = (reason: PlanReason, passed?: readonly PassedOver[]): Effect =>
    effect(
      [change(rule.key, "refuse", { from, reason, passed }), ...clear(situation, holding)],
      from,
    );

  if (rule.sources.length === 0) return refuse("no-source");
  if (from === undefined && !fitsKey(rule.key, limits)) return refuse("key-does-not-fit");
  const derived = derive();
  if (derived.kind === "unread") return leaveUnread(situation, derived);
  if (derived.kind === "none") return refuse("no-value", derived.passed);
  const { value: to, source, adjustedFrom, passed } = derived;
  const op = from === undefined ? "create" : "overwrite";
  const filled = change(rule.key, op, { from, to, source, adjustedFrom, passed });
  const changes = [filled, ...clear(situation, holding)];
  return { changes, result: to, adds: op === "create", needs: [] };
}

/** Row "fill a missing tag", on creation, where an alias is present. */
function countAlias({ rule }: Situation, holding: Holding, carrier: Tag): Effect {
  const { own: from, aliases, agree } = holding;
  const kept = change(rule.key, "keep", { from, reason: "alias-present" });
  return effect([kept, ...keepAll(aliases, "alias")], agree ? carrier.value : from);
}

/** Row "merge an alias into its key": the value moves, and is then treated like one that was there. */
function mergeAlias(situation: Situation, holding: Holding, carrier: Tag): Effect {
  const { rule, limits, derive } = situation;
  const { own: from, aliases } = holding;
  if (from === undefined && !fitsKey(rule.key, limits)) {
    const reason = "key-does-not-fit";
    const refused = change(rule.key, "refuse", { reason, to: carrier.value });
    return effect([refused, ...keepAll(aliases, reason)], carrier.value);
  }
  const value = encodeValue(carrier.value, limits);
  const treatment = treatPresent({ rule, value, limits, derive });
  if (treatment.do === "wait") return leaveUnread(situation, treatment);

  const op = from === undefined ? "create" : "overwrite";
  const stays = treatment.do === "stay";
  const to = stays ? value : treatment.value;
  const source = treatment.do === "replace" ? treatment.source : `alias ${carrier.key}`;
  const encodedFrom = value === carrier.value ? undefined : carrier.value;
  const adjustedFrom = stays ? encodedFrom : treatment.adjustedFrom;
  const moved = change(rule.key, op, {
    ...treatment,
    reason: undefined,
    from,
    to,
    source,
    adjustedFrom,
  });
  return effect([moved, ...clear(situation, holding)], to);
}

/** Row "merge an alias into its key", where values differ: nobody knows which is right. */
function leaveConflict({ rule }: Situation, { own: from, aliases }: Holding): Effect {
  const kept = change(rule.key, "keep", { from, reason: "conflict" });
  return effect([kept, ...keepAll(aliases, "conflict")], from);
}

/** Rows "bring a variant to its canonical spelling", "replace an invalid value", "a valid value". */
function settlePresent(situation: Situation, holding: Holding, from: string): Effect {
  const { rule, limits, derive } = situation;
  const treatment = treatPresent({ rule, value: from, limits, derive });
  if (treatment.do === "wait") return leaveUnread(situation, treatment);
  const rest = clear(situation, holding);
  if (treatment.do === "stay") {
    const { reason, passed } = treatment;
    return effect([change(rule.key, "keep", { from, reason, passed }), ...rest], from);
  }
  const source = treatment.do === "respell" ? "canonical" : treatment.source;
  const written = { ...treatment, from, to: treatment.value, source };
  return effect([change(rule.key, "overwrite", written), ...rest], treatment.value);
}

/** Row "remove a prohibited tag". */
function removeProhibited({ rule, mode, current }: Situation): Effect {
  const from = current.get(rule.key);
  if (from === undefined) return effect([], undefined);
  const reason = "prohibited";
  return mode === "creation"
    ? effect([change(rule.key, "keep", { from, reason })], from)
    : effect([change(rule.key, "delete", { from, reason })], undefined);
}

/** No row yet: something must be read before the effect is known. */
export function leaveUnread(
  { rule, current }: Pick<Situation, "rule" | "current">,
  { needs, passed }: { readonly needs: readonly Need[]; readonly passed?: readonly PassedOver[] },
): Effect {
  const from = current.get(rule.key);
  const op = from === undefined ? "refuse" : "keep";
  const aliases = keepAll(presentTags(rule.aliases, current), "unread");
  const changes = [change(rule.key, op, { from, reason: "unread", passed }), ...aliases];
  return { ...effect(changes, UNREAD), needs };
}

/** An effect that adds no key and waits for nothing. */
export function effect(changes: readonly TagChange[], result: Effect["result"]): Effect {
  return { changes, result, adds: false, needs: [] };
}

/** What happens to the aliases once their key is as it should be. */
function clear({ mode }: Situation, { aliases }: Holding): readonly TagChange[] {
  if (mode === "creation") return keepAll(aliases, "alias");
  return aliases.map(({ key, value }) => change(key, "delete", { from: value, reason: "merged" }));
}
