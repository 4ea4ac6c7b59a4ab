import { exceeds } from "../limits.ts";
import { refuseWrites } from "../outcome.ts";
import type { KeyProfile } from "../policy/policy.ts";
import { RESOURCE_KINDS, type ResourceRef } from "../resource.ts";
import type { TagChange, TagSet } from "../tag.ts";
import type { Intent } from "./journal.ts";
import type { PlannedResource } from "./run-plan.ts";
import { changesLeft, isWrite } from "./step.ts";
import type { Work, WorkDecision } from "./work.ts";

/**
 * What a plan has to do to a resource. It is written when its tags are those that the plan was made from
 * (`digestOf` says), or when a worker that was stopped half way (`open`) may have left them and there still is
 * room; otherwise it is stale and left alone.
 */
export function plannedWork(
  planned: PlannedResource,
  open: Intent | null,
  digestOf: (tags: TagSet) => string,
): Work {
  const { resource, changes, digest, profile } = planned;
  const refused = refuseWrites(changes);
  const decide = (current: TagSet): WorkDecision => {
    const asPlanned = digestOf(current) === digest;
    const left = asPlanned ? changes.filter(isWrite) : changesLeft(changes, current);
    if (left?.length === 0)
      return open === null
        ? { do: "end", ending: { ...AS_PLANNED, tags: refused }, wrote: false }
        : { do: "end", ending: { kind: "tagged", reason: "resumed", tags: changes }, wrote: true };
    const isOurs = asPlanned || open !== null;
    if (left === null || !isOurs || !(asPlanned || hasRoom(resource, left, current, profile)))
      return {
        do: "end",
        ending: { kind: "stale", reason: "changed since the plan", tags: refused },
        wrote: false,
      };
    return { do: "write", changes, left, profile };
  };
  return { resource, wanted: changes, decide };
}

/**
 * Is there room for what is left to be written? Where a worker was stopped between taking a key away and writing
 * another one, somebody else may have taken the room.
 */
export function hasRoom(
  { type }: ResourceRef,
  left: readonly TagChange[],
  current: TagSet,
  profile: KeyProfile,
): boolean {
  const { limits } = RESOURCE_KINDS[type];
  const shown = exceeds(limits(profile), current) ? "extended" : profile;
  const created = left.filter(({ op }) => op === "create").length;
  const deleted = left.filter(({ op }) => op === "delete").length;
  return created === 0 || current.size + created - deleted <= limits(shown).tagsMax;
}

const AS_PLANNED = { kind: "unchanged", reason: "as planned already" } as const;
