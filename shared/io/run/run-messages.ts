import type { Outcome } from "../../core/outcome.ts";
import { attemptOf } from "../../core/run/delay.ts";
import { resourceKey } from "../../core/run/journal.ts";
import type { JobMessage, RunMessage, SliceMessage } from "../../core/run/message.ts";
import type { PlannedResource } from "../../core/run/run-plan.ts";
import { sliceMessages } from "../../core/run/slice.ts";
import { endingOf } from "../ending.ts";
import type { Store } from "../store/store.ts";
import { StoreError } from "../store/store-error.ts";
import { isFinal } from "./apply.ts";
import type { Verdict } from "./handover.ts";
import { orderJob } from "./job.ts";
import type { RetagDeps } from "./retag.ts";
import { giveUp, type RunDeps, workOnRun, workOnSlice } from "./run.ts";
import { comesAgain, halfDone, laterAfter, passingReason } from "./run-comeback.ts";
import { RunError, requireMatch } from "./run-store.ts";
import {
  alone,
  DEFERRED,
  deadMessage,
  deadWhole,
  endingOfStore,
  type Placed,
  passVerdict,
  UNBEGUN,
} from "./run-verdict.ts";

/** A message that is about many resources, and where it came from. */
export type RunInput = Input<RunMessage | SliceMessage | JobMessage>;
type Input<Form> = {
  readonly at: string;
  readonly message: Form;
  readonly raw: unknown;
};
type StoreDeps = RetagDeps & { readonly store: Store };

/** Carries out a run, a slice of one, or a job, as far as the time suffices. */
export async function applyRunMessage(input: RunInput, deps: RetagDeps): Promise<Verdict> {
  const { store } = deps;
  if (store === null)
    return alone({
      ...NOTHING,
      kind: "failed",
      reason: `${input.at}: TAGWARDEN_STORE is not set: runs need it`,
    });
  const { message } = input;
  const withStore = { ...deps, store };
  switch (message.kind) {
    case "run":
      return applyRun({ ...input, message }, withStore);
    case "slice":
      return applySlice({ ...input, message }, withStore);
    case "job":
      return applyJob({ ...input, message }, withStore);
  }
}

const NOTHING = { tags: [], calls: 0 } as const;

/** Ends a message in one verdict also where the store, a page of the inventory, or its run fails. */
async function ending(
  input: RunInput,
  outcomes: readonly Outcome[],
  deps: RetagDeps,
  work: () => Promise<Verdict>,
): Promise<Verdict> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof RunError) return deadMessage(input, "failed", error.message);
    const ended =
      error instanceof StoreError ? endingOfStore(error) : endingOf(error, () => "failed");
    const later = laterAfter(input.message, ended, deps);
    if (later === null) {
      const dead = deadMessage(input, "failed", ended.reason ?? "");
      return { ...dead, outcomes: [...outcomes, ...dead.outcomes] };
    }
    const told = outcomes.map((one): Outcome => (isFinal(one) ? one : { ...one, handed: "queue" }));
    const whole: Outcome = { ...NOTHING, ...ended, handed: "queue" };
    return { outcomes: [...told, whole], again: [later], dead: [] };
  }
}

async function applyRun(input: Input<RunMessage>, deps: StoreDeps): Promise<Verdict> {
  const { run } = input.message;
  const outcomes: Outcome[] = [];
  const verdict = await ending(input, outcomes, deps, async () => {
    const work = runDeps(deps, outcomes);
    const ended = await workOnRun(run, null, work);
    if (ended.kind === "guarded") {
      const reason = `guarded: ${ended.broken.join("; ")}`;
      return { ...alone({ ...NOTHING, kind: "skipped", reason }), guarded: ended.broken };
    }
    if (outcomes.length === 0 && ended.kind === "finished") return FINISHED;
    const again = await comesAgain(ended, input.message, outcomes, deps);
    if (again === "too-often") return deadWhole(input, ended, outcomes, passingReason(ended));
    const head = { run, project: deps.project, policy: { hash: deps.policy.hash } };
    const rest = again === null ? [] : [again];
    const attempt = attemptOf(input.message);
    const placed = await place({ input, head, worked: ended, rest, attempt }, outcomes, work, deps);
    const silent = placed.outcomes.length === 0;
    return silent ? { ...placed, outcomes: [{ ...DEFERRED, ...UNBEGUN.taken }] } : placed;
  });
  return { ...verdict, run };
}

const FINISHED = alone({ ...NOTHING, kind: "unchanged", reason: "finished" });

async function applySlice(input: Input<SliceMessage>, deps: StoreDeps): Promise<Verdict> {
  const { run, resources, project, policy } = input.message;
  const attempt = attemptOf(input.message);
  const outcomes: Outcome[] = [];
  const verdict = await ending(input, outcomes, deps, async () => {
    requireMatch({ project, policy }, { policyHash: deps.policy.hash, project: deps.project });
    const work = runDeps(deps, outcomes);
    const worked = await workOnSlice(run, resources, work);
    if (outcomes.length === 0 && worked.left.length === 0) return FINISHED;
    const head = { run, project, policy };
    const waiting = new Set([...worked.left.map(keyOf), ...halfDone(outcomes)]);
    const left = resources.filter((planned) => waiting.has(keyOf(planned)));
    const rest = sliceMessages(head, left).map((slice) => ({ ...slice, attempt }));
    return place({ input, head, worked, rest, attempt }, outcomes, work, deps);
  });
  return { ...verdict, run };
}

function keyOf({ resource }: PlannedResource): string {
  return resourceKey(resource);
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
  let sharedCalls = 0;
  const countCall = () => {
    sharedCalls += 1;
  };
  const verdict = await ending(input, [], deps, async () => {
    const ordered = await orderJob(input.message, deps, countCall);
    if (ordered.refused !== null)
      return deadMessage(input, ordered.refused.kind, ordered.refused.reason);
    const { run, outcomes } = ordered;
    if (run === null) {
      const nothing = { ...NOTHING, kind: "unchanged", reason: "nothing to change" } as const;
      return { outcomes: outcomes.length > 0 ? outcomes : [nothing], again: [], dead: [] };
    }
    // From here on it is a run like any other: whatever fails, it goes on and is not planned again.
    const message: RunMessage = { kind: "run", version: 1, run };
    const applied = await applyRun({ at: input.at, message, raw: message }, deps);
    return { ...applied, outcomes: [...outcomes, ...applied.outcomes] };
  });
  return { ...verdict, sharedCalls };
}

function runDeps(deps: StoreDeps, outcomes: Outcome[]): RunDeps {
  return { ...deps, ...deps.work, noteOutcome: (outcome) => void outcomes.push(outcome) };
}
