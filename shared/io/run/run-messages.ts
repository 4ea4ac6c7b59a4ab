import { CloudError } from "../../core/error.ts";
import type { Outcome } from "../../core/outcome.ts";
import { contradictionsIn } from "../../core/run/contradiction.ts";
import { postponed, retried } from "../../core/run/delay.ts";
import { brokenGuards } from "../../core/run/guard.ts";
import type { JobMessage, RunMessage, SliceMessage } from "../../core/run/message.ts";
import { unknownSelectors } from "../../core/run/selection.ts";
import { sliceMessages } from "../../core/run/slice.ts";
import { parseTime } from "../../core/time.ts";
import { endingOf, isPassing } from "../ending.ts";
import type { Store } from "../store/store.ts";
import type { Verdict } from "./handover.ts";
import { readLease } from "./lease.ts";
import { makePlan } from "./planning.ts";
import type { RetagDeps } from "./retag.ts";
import { giveUp, type RunDeps, workOnRun, workOnSlice } from "./run.ts";
import { newRunName, RunError, requireMatch, storeRun } from "./run-store.ts";
import { alone, DEFERRED, deadMessage, type Placed, passVerdict } from "./run-verdict.ts";

/** A message that is about many resources, and where it came from. */
export type RunInput = {
  readonly at: string;
  readonly message: RunMessage | SliceMessage | JobMessage;
  readonly raw: unknown;
};
type Input<Form> = Omit<RunInput, "message"> & { readonly message: Form };
type StoreDeps = RetagDeps & { readonly store: Store };

/** Carries out a run, a slice of one, or a job, as far as the time suffices. */
export async function applyRunMessage(input: RunInput, deps: RetagDeps): Promise<Verdict> {
  const { store } = deps;
  if (store === null)
    return alone({
      ...NOTHING,
      kind: "failed",
      reason: "TAGWARDEN_STORE is not set: runs need it",
    });
  const { message } = input;
  const withStore = { ...deps, store };
  try {
    switch (message.kind) {
      case "run":
        return await applyRun(message.run, input, withStore);
      case "slice":
        return await applySlice({ ...input, message }, withStore);
      case "job":
        return await applyJob({ ...input, message }, withStore);
    }
  } catch (error) {
    if (error instanceof RunError) return deadMessage(input, "failed", error.message);
    if (error instanceof CloudError) return failedCall(input, error, deps);
    throw error;
  }
}

const NOTHING = { tags: [], calls: 0 } as const;

/** A call that served the whole message: a page of the inventory. */
function failedCall(input: RunInput, error: CloudError, { clock, random }: RetagDeps): Verdict {
  const ending = endingOf(error, () => "failed");
  const again =
    ending.kind === "deferred"
      ? postponed(input.message, null)
      : isPassing(ending)
        ? retried(input.message, clock.now(), random())
        : null;
  if (again === null) return deadMessage(input, "failed", error.message);
  return { outcomes: [{ ...NOTHING, ...ending, handed: "queue" }], again: [again], dead: [] };
}

async function applyRun(run: string, input: RunInput, deps: StoreDeps): Promise<Verdict> {
  const outcomes: Outcome[] = [];
  const work = runDeps(deps, outcomes);
  const ending = await workOnRun(run, null, work);
  const again: RunMessage = { kind: "run", version: 1, run };
  switch (ending.kind) {
    case "guarded": {
      const reason = `guarded: ${ending.broken.join("; ")}`;
      return {
        ...alone({ ...NOTHING, kind: "skipped", reason }),
        run,
        guarded: ending.broken,
      };
    }
    case "taken": {
      // A worker that was killed keeps its lease for a while; coming back after that loses nothing.
      const untilMs = parseTime((await readLease(deps.store, run))?.until) ?? deps.clock.now();
      const waiting = { ...DEFERRED, reason: "another worker has the run" };
      const outcome = [...outcomes, waiting];
      return { outcomes: outcome, again: [postponed(again, untilMs)], dead: [], run };
    }
    case "finished":
    case "unfinished": {
      if (outcomes.length === 0 && ending.kind === "finished")
        return { ...alone({ ...NOTHING, kind: "unchanged", reason: "finished" }), run };
      const head = { run, project: deps.project, policy: { hash: deps.policy.hash } };
      const rest = ending.left.length === 0 ? [] : [again];
      const placed = { input, head, worked: ending, rest, attempt: input.message.attempt ?? 1 };
      return { ...(await place(placed, outcomes, work, deps)), run };
    }
  }
}

async function applySlice(input: Input<SliceMessage>, deps: StoreDeps): Promise<Verdict> {
  const { run, resources, project, policy, attempt = 1 } = input.message;
  requireMatch({ project, policy }, { policyHash: deps.policy.hash, project: deps.project });
  const outcomes: Outcome[] = [];
  const work = runDeps(deps, outcomes);
  const worked = await workOnSlice(run, resources, work);
  const head = { run, project, policy };
  const rest = sliceMessages(head, worked.left).map((slice) => ({ ...slice, attempt }));
  if (outcomes.length === 0 && worked.left.length === 0)
    return { ...alone({ ...NOTHING, kind: "unchanged", reason: "finished" }), run };
  return {
    ...(await place({ input, head, worked, rest, attempt }, outcomes, work, deps)),
    run,
  };
}

/** Places what a pass left; what will not be tried again is noted, so that the run can finish. */
async function place(
  placed: Placed,
  outcomes: readonly Outcome[],
  work: RunDeps,
  { clock, random }: RetagDeps,
): Promise<Verdict> {
  const { verdict, givenUp } = passVerdict(placed, outcomes, clock.now(), random());
  await giveUp(placed.head.run, givenUp, work);
  return verdict;
}

async function applyJob(input: Input<JobMessage>, deps: StoreDeps): Promise<Verdict> {
  const { selection = {}, edits } = input.message;
  const unknown = unknownSelectors(selection, deps.policy);
  if (unknown.length > 0)
    return deadMessage(input, "failed", `the policy has no selector ${unknown.join(", ")}`);
  // What contradicts what is not told: it could be values.
  if (edits !== undefined && contradictionsIn(edits).length > 0)
    return deadMessage(input, "malformed", "edits: contradict each other");
  let sharedCalls = 0;
  const countCall = () => {
    sharedCalls += 1;
  };
  const { signal, deadlineMs } = deps.work;
  const budget = { signal, deadlineMs, countCall };
  const request = edits === undefined ? { selection } : { selection, edits };
  const { plan } = await makePlan(request, { ...deps, budget });
  const broken = brokenGuards(plan, deps.policy.guards);
  const run = newRunName(deps.clock.now(), deps.random());
  await storeRun(deps.store, run, plan, deps.policy.guards, deps.clock.now());
  if (plan.resources.length === 0 && broken.length === 0)
    return {
      ...alone({ ...NOTHING, kind: "unchanged", reason: "nothing to change" }),
      run,
      sharedCalls,
    };
  return { ...(await applyRun(run, input, deps)), sharedCalls };
}

function runDeps(deps: StoreDeps, outcomes: Outcome[]): RunDeps {
  return { ...deps, ...deps.work, noteOutcome: (outcome) => void outcomes.push(outcome) };
}
