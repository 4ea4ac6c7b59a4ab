import type { Facts, Field } from "../core/facts.ts";
import { planTags } from "../core/plan/plan.ts";
import { resolveTags } from "../core/plan/resolve.ts";
import type { KeyProfile, Policy, TagRule } from "../core/policy/policy.ts";
import { RESOURCE_KINDS, type ResourceType } from "../core/resource.ts";
import type { Subject } from "../core/selector.ts";
import type { Tag, TagChange, TagSet } from "../core/tag.ts";
import {
  type Applicability,
  explainRules,
  explainScope,
  type RuleApplicability,
} from "./explanation-scope.ts";

/** What a policy does to one resource on creation, tag by tag, and why. */
export type Explanation = {
  readonly resource: { readonly type: ResourceType; readonly id: string | null };
  /** What is known of it; `null`: known to have none. */
  readonly fields: { readonly [F in Field]?: string | null };
  /** False: the tags were not read, and everything is said of a resource without tags. */
  readonly tagsRead: boolean;
  readonly limits: {
    readonly profile: KeyProfile;
    /** The policy's own profile, where the resource's tags show that it is too strict. */
    readonly tooStrict?: KeyProfile;
    readonly tagsMax: number;
    readonly keyLengthMax: number;
    readonly valueLengthMax: number;
    readonly tagsNow: number;
  };
  /** In the order of the policy. */
  readonly tags: readonly TagExplanation[];
  /** Tags that no rule names: never written, never removed. */
  readonly otherTags: readonly Tag[];
  readonly rules: readonly RuleApplicability[];
};

export type TagExplanation = Applicability & {
  readonly key: string;
  /** What is there now; `null` where it is missing, or was not read. */
  readonly now: string | null;
  /** What creation does; `null` where the tag does not apply or there is nothing to say. */
  readonly change: TagChange | null;
  /** Aliases that are there, and what creation does with them. */
  readonly aliases: readonly TagChange[];
};

export type Explained = {
  readonly facts: Facts;
  /** `null`: not read. */
  readonly current: TagSet | null;
  readonly policy: Policy;
  readonly nowMs: number;
};

/** Explains what the policy does to a resource of which this is known. */
export function explainResource({ facts, current, policy, nowMs }: Explained): Explanation {
  const tags = current ?? new Map<string, string>();
  const plan = planTags(policy, facts, tags, "creation");
  const limits = RESOURCE_KINDS[facts.type].limits(plan.profile);
  const { subject } = resolveTags(policy, { facts, current: tags, mode: "creation", limits });
  const { tagsMax, keyLengthMax, valueLengthMax } = limits;
  const named = new Set(policy.tags.flatMap(({ key, aliases }) => [key, ...aliases]));
  return {
    resource: { type: facts.type, id: facts.fields.get("resource.id") ?? null },
    fields: Object.fromEntries(facts.fields),
    tagsRead: current !== null,
    limits: {
      profile: plan.profile,
      ...(plan.profile === policy.limits.keyProfile ? {} : { tooStrict: policy.limits.keyProfile }),
      tagsMax,
      keyLengthMax,
      valueLengthMax,
      tagsNow: tags.size,
    },
    tags: policy.tags.map((rule) => explainTag(rule, subject, tags, plan.changes)),
    otherTags: [...tags].flatMap(([key, value]) => (named.has(key) ? [] : [{ key, value }])),
    rules: explainRules(policy, subject, nowMs),
  };
}

function explainTag(
  rule: TagRule,
  subject: Subject,
  current: TagSet,
  changes: readonly TagChange[],
): TagExplanation {
  const { key, aliases, applies } = rule;
  return {
    key,
    ...explainScope(applies, subject),
    now: current.get(key) ?? null,
    change: changes.find((change) => change.key === key) ?? null,
    aliases: changes.filter((change) => aliases.includes(change.key)),
  };
}
