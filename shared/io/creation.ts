import { CloudError } from "../core/error.ts";
import { graceFor, graceLeft } from "../core/grace.ts";
import { type Outcome, type OutcomeKind, refuseWrites } from "../core/outcome.ts";
import type { ResourceRef, ResourceType } from "../core/resource.ts";
import { delayBeforeLook } from "../core/retry.ts";
import type { TagChange } from "../core/tag.ts";
import { decide } from "../core/trace/decision.ts";
import { parseEvent } from "../core/trace/envelope.ts";
import type { Trace, TraceInput } from "../core/trace/trace.ts";
import type { Budget } from "./cloud.ts";
import { planCreation, planTraced, type ToTag } from "./creation-plan.ts";
import { endingOf, reasonWithLost } from "./ending.ts";
import { newError } from "./failure.ts";
import type { Came, Deps } from "./function.ts";
import type { PlannedTags } from "./write.ts";
import { writeTags } from "./writer.ts";

/** Creation functions throw on these, so that the platform tries again or keeps the event. */
export const CREATION_THROWS_ON: readonly OutcomeKind[] = ["failed", "deferred", "malformed"];

/** Is the creation lost unless the platform tries again or keeps its event? */
export function isLost({ kind }: Outcome): boolean {
  return CREATION_THROWS_ON.includes(kind);
}

/** A few, so that one that waits does not hold up the others, nor all of them exceed the rate at once. */
const INPUTS_AT_ONCE = 4;

type Ending = Omit<Outcome, "calls" | "event">;
/** How far one trace got: told in its outcome even when a later step fails. */
type Found = { ref?: ResourceRef; changes?: readonly TagChange[]; lost: readonly TagChange[] };

/**
 * Tags what the traces of an event say was created: secrets for the function `secret-created`, keys
 * for `key-created`. Each trace ends in one outcome, whatever happens to the others; a defect of ours
 * is thrown when all of them have ended.
 */
export async function tagCreated(type: ResourceType, event: unknown, deps: Deps): Promise<Came> {
  const ends: PromiseSettledResult<Outcome>[] = [];
  const waiting = parseEvent(event).entries();
  const work = async () => {
    for (const [index, input] of waiting)
      [ends[index]] = await Promise.allSettled([tagInput(type, input, deps)]);
  };
  await Promise.all(Array.from({ length: INPUTS_AT_ONCE }, work));
  const outcomes = ends.map((end) => {
    if (end.status === "rejected") throw end.reason;
    return end.value;
  });
  return { outcomes };
}

async function tagInput(type: ResourceType, input: TraceInput, deps: Deps): Promise<Outcome> {
  if (!input.ok)
    return { kind: "malformed", reason: `${input.at}: ${input.problem}`, tags: [], calls: 0 };
  const { trace } = input;
  const decision = decide(trace, type);
  if (decision.do !== "tag") {
    const kind = decision.do === "ignore" ? "ignored" : "malformed";
    return { kind, reason: decision.reason, tags: [], calls: 0, ...eventOf(trace) };
  }

  let calls = 0;
  const countCall = () => {
    calls += 1;
  };
  const budget: Budget = { signal: deps.signal, deadlineMs: deps.deadlineMs, countCall };
  const ending = await tagWhenVisible(trace, decision, deps, budget);
  return { ...ending, calls, ...eventOf(trace) };
}

/** Waits for the creator, then for the resource to be visible, and tags it. */
async function tagWhenVisible(
  trace: Trace,
  decision: ToTag,
  deps: Deps,
  budget: Budget,
): Promise<Ending> {
  const { policy, clock, graceMs } = deps;
  const found: Found = { lost: [] };
  if (decision.identity.by === "id") found.ref = decision.identity.ref;
  try {
    const agent = trace.fields.get("creator.agent") ?? null;
    const fullMs = graceMs ?? graceFor(policy.guards.grace, agent);
    await pause(graceLeft(fullMs, trace.timeMs, clock.now()), "grace", deps);
    for (let look = 1; ; look++) {
      const ending = await tagOnce(trace, decision, deps, budget, found).catch(onlyAbsent);
      if (ending !== "absent") return ending;
      const ageMs = trace.timeMs === null ? null : clock.now() - trace.timeMs;
      const delayMs = delayBeforeLook(look, ageMs, policy.guards.visibleMs);
      if (delayMs === null) return { kind: "gone", ...resourceOf(found), tags: [] };
      await pause(delayMs, "not-visible", deps);
    }
  } catch (error) {
    const ending = endingOf(error, (reason) => UNTAGGABLE_ENDS_AS[reason] ?? "ignored");
    const { changes = [], lost } = found;
    const reason = reasonWithLost(ending.reason, lost);
    return { ...ending, reason, ...resourceOf(found), tags: refuseWrites(changes, lost) };
  }
}

async function tagOnce(
  trace: Trace,
  decision: ToTag,
  deps: Deps,
  budget: Budget,
  found: Found,
): Promise<Ending> {
  const note = <T extends PlannedTags>(planned: T): T => {
    found.changes = planned.plan.changes;
    return planned;
  };
  const first = note(
    await planTraced(trace, decision, deps, budget, (ref) => {
      found.ref = ref;
    }),
  );
  const { ref, facts } = first;
  const { plan, wrote } = await writeTags(ref, first, {
    tags: deps.tags,
    clock: deps.clock,
    budget,
    replan: async () => note(await planCreation(ref, facts, deps, budget)),
    noteLost(lost) {
      found.lost = lost;
    },
  });
  const stricter = plan.profile !== deps.policy.limits.keyProfile;
  return {
    kind: wrote ? "tagged" : "unchanged",
    resource: ref,
    tags: plan.changes,
    ...(stricter ? { reason: "extended-profile" } : {}),
  };
}

/** Waits, unless that would outlast the invocation: then the platform's retry is the better wait. */
async function pause(delayMs: number, reason: string, deps: Deps): Promise<void> {
  if (delayMs <= 0) return;
  const late = newError({ operation: "Wait" }, { code: "deadline", detail: reason });
  if (deps.clock.now() + delayMs >= deps.deadlineMs) throw late;
  try {
    await deps.clock.sleep(delayMs, deps.signal);
  } catch (error) {
    throw deps.signal.aborted ? late : error;
  }
}

function onlyAbsent(error: unknown): "absent" {
  if (error instanceof CloudError && error.code === "absent") return "absent";
  throw error;
}

/** A resource that is pending deletion may come back; the others can never be tagged. */
const UNTAGGABLE_ENDS_AS: { readonly [reason: string]: OutcomeKind } = {
  "pending-deletion": "skipped",
};

function resourceOf({ ref }: Found): Pick<Outcome, "resource"> {
  return ref === undefined ? {} : { resource: ref };
}

/** Ids go into log lines: only what looks like one gets there. */
function eventOf({ id }: Trace): Pick<Outcome, "event"> {
  return /^[\w.:-]{1,128}$/.test(id) ? { event: id } : {};
}
