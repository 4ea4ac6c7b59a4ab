import type { InventoryItem } from "../inventory/item.ts";
import type { TagLimits } from "../limits.ts";
import { profileOf } from "../plan/plan.ts";
import type { Exemption, Policy, TagRule } from "../policy/policy.ts";
import { rulesByName } from "../policy/rules-by-name.ts";
import { RESOURCE_KINDS } from "../resource.ts";
import { type Subject, selects } from "../selector.ts";
import type { TagSet } from "../tag.ts";
import { type Curtain, createCurtain, OPEN } from "./curtain.ts";
import { creatorKeyOf, strangersIn } from "./declared.ts";
import type { DraftFinding, Look, Opinion } from "./draft.ts";
import { isInForce } from "./exemption.ts";
import { type Status, worstOf } from "./finding.ts";
import { createGlance, type Glance } from "./glance.ts";
import { judgeLimit, placesLeft } from "./judge-limit.ts";
import { holdsRequired, judgeCondition } from "./judge-missing.ts";
import { judgeSighted } from "./judge-sightings.ts";
import { judgeTag } from "./judge-tag.ts";
import { type JudgedTag, tellTags } from "./judged-tag.ts";
import { once, remember } from "./memory.ts";
import { skeletonOf } from "./near-miss.ts";
import { foresee } from "./outlook.ts";
import { type ProposedChange, proposeChanges } from "./proposed-change.ts";
import {
  type FingerprintOf,
  itemSubject,
  type KnownOfTags,
  tellFinding,
  type UnsignedFinding,
} from "./record.ts";
import { listRuleWords, type RuleWords, wordsOf } from "./rule-words.ts";
import { announcesSecret, type Sighting, sightText } from "./sighting.ts";
import { subjectOf } from "./subject.ts";
import { unreadable, untaggable } from "./unjudged.ts";

/** One resource, judged. */
export type Judgement = {
  /** The worst of its findings'; `pass` where it has none. */
  readonly status: Status;
  readonly findings: readonly UnsignedFinding[];
  /** Its tags as they may be shown and counted; none of a resource that is skipped. */
  readonly tags: readonly JudgedTag[];
  /** What a bulk plan would write; nothing where the plan would have to read more. */
  readonly changes: readonly ProposedChange[];
};

/** When it is, and how fingerprints are made. */
export type JudgeDeps = { readonly nowMs: number; readonly fingerprintOf: FingerprintOf };

/** Judges one resource by the policy that it was made for. */
export type Judge = (item: InventoryItem) => Judgement;

/** What a judge has at hand for every resource. */
type Bench = {
  readonly policy: Policy;
  /** By key and by alias. */
  readonly rules: ReadonlyMap<string, TagRule>;
  /** Those that still hold. */
  readonly exemptions: readonly Exemption[];
  readonly creatorKey: string | null;
  readonly sight: (text: string) => Sighting | null;
  readonly glance: (tags: TagSet) => Glance;
  /** Of a resource whose tags hold nothing that must be hidden. */
  readonly sheer: Curtain;
  readonly skeleton: (text: string) => string;
  readonly words: (rule: TagRule) => RuleWords;
  /** One string for all that say the same: findings are many. */
  readonly share: (text: string) => string;
};

/**
 * Makes the judge of a policy. It remembers what it worked out about texts that many resources share, and
 * nothing else: each judgement depends on its resource alone.
 *
 * What a bulk plan puts right is fixable, and nothing else; a plan that was carried out leaves nothing
 * fixable. What cannot be told for want of a field is an error, never a pass. No field of a finding holds
 * what looks like a secret or like personal data.
 */
export function createJudge(policy: Policy, { nowMs }: Pick<JudgeDeps, "nowMs">): Judge {
  const words = listRuleWords(policy);
  const rules = rulesByName(policy);
  const sight = remember(sightText);
  const bench: Bench = {
    policy,
    rules,
    exemptions: policy.exemptions.filter((exemption) => isInForce(exemption, nowMs)),
    creatorKey: creatorKeyOf(policy),
    sight,
    glance: createGlance(policy, { sight, announces: remember(announcesSecret) }),
    sheer: createCurtain([], sight),
    skeleton: remember(skeletonOf),
    words: (rule) => words.get(rule) ?? wordsOf(rule),
    share: remember((text) => text),
  };
  return (item) => {
    if (item.skip !== null) return dismiss(item, untaggable(item.skip), bench);
    if (item.tags === null) return dismiss(item, unreadable("tags that can be read"), bench);
    return judgeTags(item, item.tags, bench);
  };
}

function judgeTags(item: InventoryItem, tags: TagSet, bench: Bench): Judgement {
  const { policy, rules, creatorKey } = bench;
  const glance = bench.glance(tags);
  const limits = RESOURCE_KINDS[item.facts.type].limits(profileOf(policy, item.facts, tags));
  if (isClear(glance, tags, limits, bench))
    return { status: "pass", findings: NONE, tags: glance.told, changes: NONE };
  const look = lookAt(item, tags, glance, bench);
  const isSheer = glance.sighted.length === 0;
  const curtain = isSheer ? bench.sheer : createCurtain(glance.sighted, bench.sight);
  const { found, unsure } = judgeRules(look, rules);
  found.push(...judgeLimit(look, limits));
  for (const one of glance.sighted) found.push(judgeSighted(one, look));
  if (unsure) found.push(unreadable("every field that the policy asks for"));
  const creator = creatorKey === null ? undefined : tags.get(creatorKey);
  const known = {
    creator: creator === undefined ? null : bench.share(curtain.text(creator)),
    tags_count: tags.size,
    tag_limit: limits.tagsMax,
  };
  const findings = record(found, item, { bench, curtain, known, subject: look.subject });
  const changes = proposeChanges(look, item, curtain);
  const told = isSheer ? glance.told : tellTags(tags, rules, curtain);
  return { status: worstOf(findings), findings, tags: told, changes };
}

const NONE: readonly never[] = [];

/** Has no rule anything to say, whoever it is about? */
function isClear(
  { unsettled, sighted }: Glance,
  tags: TagSet,
  limits: TagLimits,
  { policy, rules }: Bench,
): boolean {
  const isQuiet = unsettled.length === 0 && sighted.length === 0;
  if (!isQuiet || placesLeft(tags, limits) < policy.limits.reserve) return false;
  return policy.rules.every((rule) => holdsRequired(rule, rules, tags));
}

function lookAt(
  item: InventoryItem,
  tags: TagSet,
  { unsettled }: Glance,
  { policy, rules, skeleton, words }: Bench,
): Look {
  return {
    policy,
    tags,
    subject: subjectOf(item, policy),
    unsettled,
    outlook: once(() => foresee(policy, item.facts, tags, unsettled)),
    strangers: once(() => strangersIn(tags, rules, skeleton)),
    words,
  };
}

function judgeRules(look: Look, rules: ReadonlyMap<string, TagRule>) {
  const found: DraftFinding[] = [];
  let unsure = !look.outlook().final;
  const enter = (opinion: Opinion) => {
    found.push(...opinion.findings);
    unsure ||= opinion.unsure;
  };
  for (const rule of look.unsettled) enter(judgeTag(rule, look));
  for (const rule of look.policy.rules) enter(judgeCondition(rule, rules, look));
  return { found, unsure };
}

/** A resource of which nothing is judged. */
function dismiss(item: InventoryItem, found: DraftFinding, bench: Bench): Judgement {
  const known = { creator: null, tags_count: item.tags?.size ?? null, tag_limit: null };
  const subject = subjectOf(item, bench.policy);
  const findings = record([found], item, { bench, curtain: OPEN, known, subject });
  return { status: worstOf(findings), findings, tags: [], changes: [] };
}

type Setting = {
  readonly bench: Bench;
  readonly curtain: Curtain;
  readonly known: KnownOfTags;
  readonly subject: Subject;
};

function record(
  found: readonly DraftFinding[],
  item: InventoryItem,
  { bench, curtain, known, subject }: Setting,
): readonly UnsignedFinding[] {
  if (found.length === 0) return NONE;
  const { policy, exemptions, share } = bench;
  const about = itemSubject(item, known, policy.hash);
  return found.map((one) => {
    const exemption = exemptions.find(
      ({ rule, resource }) => rule === one.rule && selects(resource, subject).holds === true,
    );
    return tellFinding(one, about, { curtain, share, exemption });
  });
}
