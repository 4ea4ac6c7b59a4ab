import { refuseWrites } from "../outcome.ts";
import type { TagSet } from "../tag.ts";
import type { Intent } from "./journal.ts";
import type { PlannedResource } from "./run-plan.ts";
import { changesLeft, isWrite } from "./step.ts";
import type { Work, WorkDecision } from "./work.ts";

/**
 * What a plan has to do to a resource. It is written when its tags are those that the plan was made from
 * (`digestOf` says), or when a worker that was stopped half way (`open`) may have left them; otherwise it
 * is stale and left alone.
 */
export function plannedWork(
  planned: PlannedResource,
  open: Intent | null,
  digestOf: (tags: TagSet) => string,
): Work {
  const { resource, changes, digest, profile } = planned;
  const refused = refuseWrites(changes, []);
  const decide = (current: TagSet): WorkDecision => {
    const asPlanned = digestOf(current) === digest;
    const left = asPlanned ? changes.filter(isWrite) : changesLeft(changes, current);
    if (left?.length === 0)
      return open === null
        ? { do: "end", ending: { ...AS_PLANNED, tags: refused }, wrote: false }
        : { do: "end", ending: { kind: "tagged", reason: "resumed", tags: changes }, wrote: true };
    if (left === null || !(asPlanned || open !== null))
      return {
        do: "end",
        ending: { kind: "stale", reason: "changed since the plan", tags: refused },
        wrote: false,
      };
    return { do: "write", changes, left, profile };
  };
  return { resource, wanted: changes, decide };
}

const AS_PLANNED = { kind: "unchanged", reason: "as planned already" } as const;
