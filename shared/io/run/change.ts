import { CloudError } from "../../core/error.ts";
import { type Outcome, refuseWrites } from "../../core/outcome.ts";
import { hasRoom } from "../../core/run/planned-work.ts";
import { changesLeft } from "../../core/run/step.ts";
import type { Work, WorkDecision } from "../../core/run/work.ts";
import type { TagChange, TagSet } from "../../core/tag.ts";
import type { Clock } from "../clock.ts";
import type { Budget } from "../cloud.ts";
import { endingOf, reasonWithLost } from "../ending.ts";
import { newError } from "../failure.ts";
import type { TagApi } from "../tag-api.ts";
import { writeTags } from "../writer.ts";

export type ChangeDeps = {
  readonly tags: TagApi;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly deadlineMs: number;
};

/** An outcome, and whether the run wrote something; `undefined`: nobody knows. */
export type ChangeOutcome = { readonly outcome: Outcome; readonly wrote: boolean | undefined };

/** A resource that may be written now. */
export type ReadyChange = {
  readonly left: readonly TagChange[];
  /** Writes, whatever happens; ends in the resource's outcome. */
  readonly write: () => Promise<ChangeOutcome>;
};

/** Reads a resource just before its write: it is ready, or its outcome says what became of it. */
export async function readChange(
  work: Work,
  deps: ChangeDeps,
): Promise<ReadyChange | ChangeOutcome> {
  let calls = 0;
  const budget: Budget = {
    signal: deps.signal,
    deadlineMs: deps.deadlineMs,
    countCall: () => {
      calls += 1;
    },
  };
  const end: End = (ending, wrote) => ({
    outcome: { ...ending, resource: work.resource, calls },
    wrote,
  });
  // Half of the time is for the writes: one resource that is retried must not keep its whole group from them.
  const nowMs = deps.clock.now();
  const readBudget = { ...budget, deadlineMs: nowMs + (deps.deadlineMs - nowMs) / 2 };
  let current: TagSet;
  try {
    current = await deps.tags.readTags(work.resource, readBudget);
  } catch (error) {
    return end({ ...endingOfChange(error), tags: refuseWrites(work.wanted) }, false);
  }
  const decision = work.decide(current);
  if (decision.do === "end") return end(decision.ending, decision.wrote);
  const write = () => writeChange(work, decision, current, { ...deps, budget }, end);
  return { left: decision.left, write };
}

type End = (
  ending: Omit<Outcome, "resource" | "calls">,
  wrote: boolean | undefined,
) => ChangeOutcome;

async function writeChange(
  { resource }: Work,
  { changes, left, profile }: Extract<WorkDecision, { do: "write" }>,
  current: TagSet,
  { tags, clock, budget }: ChangeDeps & { readonly budget: Budget },
  end: End,
): Promise<ChangeOutcome> {
  const plan = { changes: left, needs: [], profile };
  const stale = newError(
    { operation: "Replan" },
    { code: "rejected", detail: "changed by somebody else meanwhile" },
  );
  let lost: readonly TagChange[] = [];
  const replan = async () => {
    const now = await tags.readTags(resource, budget);
    const still = changesLeft(left, now);
    if (still === null || !hasRoom(resource, still, now, profile)) throw stale;
    return { plan: { ...plan, changes: still }, current: now };
  };
  try {
    const { wrote } = await writeTags(
      resource,
      { plan, current },
      {
        tags,
        clock,
        budget,
        replan,
        noteLost: (gone) => {
          lost = gone;
        },
      },
    );
    return wrote
      ? end({ kind: "tagged", tags: changes }, true)
      : end({ kind: "unchanged", tags: refuseWrites(changes) }, false);
  } catch (error) {
    const refused = refuseWrites(changes, lost);
    if (error === stale)
      return end({ kind: "stale", reason: stale.detail, tags: refused }, undefined);
    const ending = endingOfChange(error);
    const reason = reasonWithLost(ending.reason, lost);
    return end({ ...ending, reason, tags: refused }, undefined);
  }
}

/**
 * Whoever wants to change a resource knows it: one that is not there any more was deleted. A call whose
 * retries did not end in time has failed: it counts, so that nothing comes again for ever.
 */
function endingOfChange(error: unknown) {
  const ending = endingOf(error, () => "skipped");
  if (!(error instanceof CloudError)) return ending;
  if (error.code === "absent") return { kind: "gone" as const };
  const wasTried = error.code === "deadline" && error.detail !== "";
  return wasTried ? { ...ending, kind: "failed" as const } : ending;
}
