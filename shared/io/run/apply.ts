import { setMaxListeners } from "node:events";
import type { Outcome } from "../../core/outcome.ts";
import type { ResourceRef } from "../../core/resource.ts";
import { stepsOf } from "../../core/run/step.ts";
import type { Work } from "../../core/run/work.ts";
import { isPassing } from "../ending.ts";
import { type ChangeDeps, type ChangeOutcome, type ReadyChange, readChange } from "./change.ts";
import type { Journal } from "./journal.ts";

/** Resources whose intents become one segment of the journal. */
const GROUP = 16;
/** Time that a resource of a group takes at the permitted rate, beside the other lane's: two calls of each. */
const RESOURCE_MS = 250;
/** While one group's intents are written, the other one's calls go on. */
const LANES = 2;
/** A call listens twice at most: while it is under way, or while it waits for its turn. */
const LISTENERS_MAX = 4 * GROUP * LANES;

export type ApplyDeps = ChangeDeps & {
  /** `null` where there is no store: nothing can be resumed or undone then. */
  readonly journal: Journal | null;
  /** Aborts when no further resource is to be begun; what is begun is finished. */
  readonly stop: AbortSignal;
  /** No write begins this close to the deadline. */
  readonly lastStartMs: number;
  /** Told of every outcome as soon as it is known. */
  readonly noteOutcome: (outcome: Outcome) => void;
  /** Called now and then; false when the work belongs to somebody else by now. */
  readonly renew: () => Promise<boolean>;
};

/** How far the work got. */
export type Applied<Item extends Work> = {
  /** Resources that were not begun, in their order. */
  readonly left: readonly Item[];
  /** Why the rest was not begun: nothing is left, time or the user said so, credentials are refused. */
  readonly ended: WorkEnd;
};
export type WorkEnd = "done" | "stopped" | "denied" | "taken";

/**
 * Applies planned changes in groups: read all, write their intents to the journal, then write them. So each
 * write is preceded by a durable intent, and the journal costs a request a group. Each resource ends in one
 * outcome, whatever happens to the others; the store's failure ends everything before the next write.
 */
export async function applyChanges<Item extends Work>(
  work: readonly Item[],
  deps: ApplyDeps,
): Promise<Applied<Item>> {
  // All calls of the groups listen to one signal; Node takes more than ten for a leak, and says so on stderr.
  setMaxListeners(LISTENERS_MAX, deps.signal, deps.stop);
  const queue = [...work];
  const left: Item[] = [];
  let ended: WorkEnd = "done";
  const stopFor = (why: WorkEnd) => {
    if (ended === "done") ended = why;
  };
  const lane = async () => {
    while (queue.length > 0) {
      if (!mayBegin(deps)) stopFor("stopped");
      else if (!(await deps.renew())) stopFor("taken");
      if (ended !== "done") return;
      const group = queue.splice(0, groupSize(deps));
      const { denied, unbegun } = await applyGroup(group, deps);
      left.push(...unbegun);
      if (denied) stopFor("denied");
      else if (unbegun.length > 0) stopFor("stopped");
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: LANES }, lane));
  for (const { status, ...end } of lanes)
    if (status === "rejected" && "reason" in end) throw end.reason;
  await deps.journal?.commit();
  return { left: [...left, ...queue], ended };
}

function mayBegin({ stop, signal, clock, deadlineMs, lastStartMs }: ApplyDeps): boolean {
  return !stop.aborted && !signal.aborted && clock.now() + lastStartMs < deadlineMs;
}

/** What can be read and still be written in the time that is left: more would be read for nothing. */
function groupSize({ clock, deadlineMs, lastStartMs }: ApplyDeps): number {
  const leftMs = deadlineMs - lastStartMs - clock.now();
  return Math.max(1, Math.min(GROUP, Math.floor(leftMs / RESOURCE_MS)));
}

type Group<Item extends Work> = { readonly denied: boolean; readonly unbegun: readonly Item[] };

async function applyGroup<Item extends Work>(
  group: readonly Item[],
  deps: ApplyDeps,
): Promise<Group<Item>> {
  const { journal } = deps;
  let denied = false;
  const finish = (item: Item, { outcome, wrote }: ChangeOutcome) => {
    denied ||= outcome.code === "denied";
    // What the time did not suffice for is not an outcome of the run: it goes on with it.
    if (outcome.kind === "deferred" && wrote === false) return item;
    noteDone(journal, { outcome, wrote });
    deps.noteOutcome(outcome);
    return null;
  };

  const read = await Promise.all(
    group.map(async (item) => ({ item, found: await readChange(item, deps) })),
  );
  const unbegun: (Item | null)[] = [];
  const ready: { readonly item: Item; readonly change: ReadyChange }[] = [];
  for (const { item, found } of read) {
    if ("outcome" in found) unbegun.push(finish(item, found));
    else ready.push({ item, change: found });
  }
  for (const { item, change } of ready)
    journal?.note({
      entry: "intent",
      resource: plainRef(item.resource),
      steps: [...stepsOf(change.left)],
    });
  await journal?.commit();
  const written = await Promise.all(
    ready.map(async ({ item, change }) =>
      mayBegin(deps) ? finish(item, await change.write()) : item,
    ),
  );
  const rest = [...unbegun, ...written].filter((item) => item !== null);
  return { denied, unbegun: rest };
}

/** Notes how a resource ended; by default it is final unless it may succeed later. */
export function noteDone(
  journal: Journal | null,
  { outcome, wrote }: ChangeOutcome,
  final = isFinal(outcome),
): void {
  const { kind, reason, calls, resource } = outcome;
  if (resource === undefined) return;
  journal?.note({
    entry: "done",
    resource: plainRef(resource),
    kind,
    ...(reason === undefined ? {} : { reason }),
    ...(wrote === undefined ? {} : { wrote }),
    final,
    calls,
  });
}

/** Need the resource not be tried again? What passes may succeed, and permissions may be given. */
export function isFinal(outcome: Pick<Outcome, "kind" | "code">): boolean {
  return outcome.kind !== "deferred" && outcome.code !== "denied" && !isPassing(outcome);
}

function plainRef({ type, id, name }: ResourceRef): ResourceRef {
  return name === undefined ? { type, id } : { type, id, name };
}
