import type { Facts, Need } from "../facts.ts";
import { exceeds } from "../limits.ts";
import type { KeyProfile, Policy } from "../policy/policy.ts";
import { RESOURCE_KINDS } from "../resource.ts";
import type { TagChange, TagSet } from "../tag.ts";
import type { Effect, PlanMode } from "./effect.ts";
import { resolveTags } from "./resolve.ts";
import { fitToRoom } from "./room.ts";

export type { PlanMode } from "./effect.ts";
export type { PlanReason } from "./reason.ts";

/** What a policy does to one resource. */
export type TagPlan = {
  /** In the policy's order: a declared tag that applies, then its aliases as far as they are there. */
  readonly changes: readonly TagChange[];
  /** Not empty: the plan is provisional. Read these, then plan again; never write it. */
  readonly needs: readonly Need[];
  /** Whose limits hold. `extended` where a key's own tags show that the policy's are too strict. */
  readonly profile: KeyProfile;
};

/**
 * Works out what a policy changes on one resource, and why it leaves the rest.
 *
 * Keys that no rule names are never part of a plan, and a plan that was carried out leaves nothing to
 * change: planning again with the same facts, in the same mode or on creation after bulk, writes
 * nothing. (Two exceptions: a key whose tags went beyond the documented limits, and no longer do
 * once the plan has deleted some, is then judged by those limits; and what bulk leaves as a conflict,
 * creation, which merges nothing, treats like any tag that is there.) Assumes a policy that was checked:
 * each key and alias is declared once, and tags do not depend on each other in a circle.
 *
 * Nothing is asked for in vain: a tag that stays as it is, whatever an unread field says, adds nothing
 * to `needs`. A field that cannot be read must become `null` in the facts, or it is asked for again.
 */
export function planTags(policy: Policy, facts: Facts, current: TagSet, mode: PlanMode): TagPlan {
  const profile = profileOf(policy, facts, current);
  const limits = RESOURCE_KINDS[facts.type].limits(profile);
  const resolution = resolveTags(policy, { facts, current, mode, limits });
  const open = needsOf(resolution.effects);
  const { effects, needs } =
    open.length > 0
      ? { effects: resolution.effects, needs: open }
      : fitToRoom(policy, resolution, current.size, limits.tagsMax);
  return {
    changes: changesOf(effects),
    needs: needs.length === 0 ? needs : [...new Set(needs)],
    profile,
  };
}

// Loops, where `flatMap` would take as long as all else that a plan takes.
function needsOf(effects: readonly Effect[]): readonly Need[] {
  const all: Need[] = [];
  for (const { needs } of effects) for (const need of needs) all.push(need);
  return all;
}

function changesOf(effects: readonly Effect[]): readonly TagChange[] {
  const all: TagChange[] = [];
  for (const { changes } of effects) for (const change of changes) all.push(change);
  return all;
}

/** Whose limits hold: a resource that carries more than its profile allows shows that this is too strict. */
export function profileOf(policy: Policy, { type }: Facts, current: TagSet): KeyProfile {
  const { keyProfile } = policy.limits;
  const limits = RESOURCE_KINDS[type].limits;
  const wider = limits("extended");
  return limits(keyProfile) !== wider && exceeds(limits(keyProfile), current)
    ? "extended"
    : keyProfile;
}

/** The writes of a plan, as the services' batch actions take them. */
export type PlanWrites = {
  /** Keys that were absent. */
  readonly create: TagSet;
  /** Keys that get another value. */
  readonly overwrite: TagSet;
  readonly remove: readonly string[];
};

/** Picks what a plan writes. All three are empty where it changes nothing. */
export function writesOf({ changes }: Pick<TagPlan, "changes">): PlanWrites {
  const written = (op: TagChange["op"]) =>
    new Map(changes.flatMap((it) => (it.op === op ? [[it.key, it.to ?? ""] as const] : [])));
  const remove = changes.filter(({ op }) => op === "delete").map(({ key }) => key);
  return { create: written("create"), overwrite: written("overwrite"), remove };
}

/** Do two plans write the same? Then what refused the first will refuse the second. */
export function samePlan(a: Pick<TagPlan, "changes">, b: Pick<TagPlan, "changes">): boolean {
  return fingerprint(a) === fingerprint(b);
}

function fingerprint({ changes }: Pick<TagPlan, "changes">): string {
  const writes = changes.filter(({ op }) => op !== "keep" && op !== "refuse");
  return JSON.stringify(writes.map(({ key, op, to }) => [key, op, to ?? null]).sort());
}

/** Does a key that is deleted hand its value on to another one? Then that one must be seen first. */
export function movesTag({ changes }: Pick<TagPlan, "changes">): boolean {
  const removed = changes.filter(({ op }) => op === "delete").map(({ key }) => key);
  const sources: readonly (string | undefined)[] = removed.flatMap((key) => [
    `alias ${key}`,
    `rename ${key}`,
  ]);
  return changes.some(
    ({ op, source }) => (op === "create" || op === "overwrite") && sources.includes(source),
  );
}
