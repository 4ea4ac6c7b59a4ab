import type { Outcome } from "../../core/outcome.ts";
import { postponed } from "../../core/run/delay.ts";
import type { Message, TagsMessage } from "../../core/run/message.ts";
import { type MessageInput, parseQueueEvent } from "../../core/run/queue-event.ts";
import { parseTime } from "../../core/time.ts";
import type { Came, Deps } from "../function.ts";
import type { Queue } from "../queue/queue.ts";
import type { Store } from "../store/store.ts";
import type { ApplyDeps } from "./apply.ts";
import type { ChangeDeps } from "./change.ts";
import { handOver, type Verdict } from "./handover.ts";
import { applyRunMessage, type RunInput } from "./run-messages.ts";
import { DEFERRED } from "./run-verdict.ts";
import { applyTagsMessages, type TagsInput } from "./tags-messages.ts";

/** What the function `retag` works with beside what every function has. */
export type RetagDeps = Deps & {
  /** `null` where none is set: then nothing can be journalled, resumed or undone. */
  readonly store: Store | null;
  /** `null` where none is set: what is not done is thrown, so that the platform keeps the event. */
  readonly queue: Queue | null;
  readonly random: () => number;
  readonly request: string;
  /** Names this invocation in leases and journals. */
  readonly worker: string;
  /** The run under which single messages are journalled. */
  readonly adhocRun: string;
  /** Time for the work itself: it ends early enough to hand over what is left. */
  readonly work: ChangeDeps & Pick<ApplyDeps, "stop" | "lastStartMs">;
};

/** An input that can be read. */
type Readable = Extract<MessageInput, { readonly ok: true }>;

/** Time that the shortest piece of work takes; waiting for a message's time must leave that much. */
const SHORT_WORK_MS = 1_000;

/**
 * Carries out the messages of an event: runs, slices of plans, jobs, and single tag actions. Each message
 * ends in exactly one place: done, back in the queue, or a dead letter; one that is bad does not touch the
 * others.
 */
export async function retag(event: unknown, deps: RetagDeps): Promise<Came> {
  const verdicts: Verdict[] = [];
  const ready: Readable[] = [];
  for (const input of parseQueueEvent(event)) {
    if (input.ok) ready.push(input);
    else verdicts.push(malformed(input));
  }
  try {
    const defects: unknown[] = [];
    for (const batch of byTime(ready, deps.clock.now())) {
      const ended = (await waitFor(batch, deps)) ? await carryOut(batch, deps) : putOff(batch);
      verdicts.push(...ended.verdicts);
      defects.push(...ended.defects);
    }
    const came = await handOverAll(verdicts, deps);
    // A defect with one message lets the others end first; then the platform keeps the event.
    if (defects.length > 0) throw defects[0];
    return { ...came, ...partsOf(verdicts) };
  } finally {
    await deps.queue?.close();
  }
}

/** What the report tells beside the outcomes. */
function partsOf(verdicts: readonly Verdict[]): Omit<Came, "outcomes"> {
  const runs = [...new Set(verdicts.flatMap(({ run }) => run ?? []))];
  const guarded = verdicts.flatMap(({ guarded, run }) =>
    guarded === undefined ? [] : [`${run}: ${guarded.join("; ")}`],
  );
  return {
    sharedCalls: verdicts.reduce((sum, { sharedCalls = 0 }) => sum + sharedCalls, 0),
    ...(runs.length === 1 && runs[0] !== undefined ? { run: runs[0] } : {}),
    ...(guarded.length > 0 ? { guarded } : {}),
  };
}

/** Is an outcome's message in nobody's hands? Then the platform must keep the event. */
export function isUnplaced({ kind, handed }: Outcome): boolean {
  return ["failed", "deferred", "malformed"].includes(kind) && handed === undefined;
}

async function handOverAll(verdicts: readonly Verdict[], deps: RetagDeps) {
  const { store, queue, random, request, clock } = deps;
  const deadLetters =
    store === null ? null : { store, nowMs: clock.now(), function: "retag", request };
  return handOver(verdicts, { queue, deadLetters, random });
}

/** Messages whose time has come, then those that must wait, by their time. */
function byTime(inputs: readonly Readable[], nowMs: number): readonly (readonly Readable[])[] {
  const batches = new Map<number, Readable[]>();
  for (const input of inputs) {
    const untilMs = Math.max(parseTime(input.message.notBefore) ?? 0, nowMs);
    const batch = batches.get(untilMs) ?? [];
    batches.set(untilMs, [...batch, input]);
  }
  return [...batches].sort(([one], [other]) => one - other).map(([, batch]) => batch);
}

/** Waits until a batch may be handled; false where that is after this invocation's time. */
async function waitFor([first]: readonly Readable[], { clock, work }: RetagDeps): Promise<boolean> {
  const untilMs = parseTime(first?.message.notBefore) ?? 0;
  const lastMs = work.deadlineMs - work.lastStartMs - SHORT_WORK_MS;
  const delayMs = Math.min(untilMs, lastMs) - clock.now();
  if (delayMs > 0) await clock.sleep(delayMs, work.signal);
  // A message that must wait longer has at least waited here: it does not spin through the queue.
  return untilMs <= lastMs || untilMs <= clock.now();
}

/** What came of a batch; a defect is an error of ours, which no message is to blame for. */
type Ended = { readonly verdicts: readonly Verdict[]; readonly defects: readonly unknown[] };

async function carryOut(batch: readonly Readable[], deps: RetagDeps): Promise<Ended> {
  const tags: TagsInput[] = [];
  const runs: RunInput[] = [];
  for (const { at, message, raw } of batch) {
    if (isTagsMessage(message)) tags.push({ at, message, raw });
    else runs.push({ at, message, raw });
  }
  const verdicts: Verdict[] = [];
  const defects: unknown[] = [];
  const noteDefect = (defect: unknown) => void defects.push(defect);
  await applyTagsMessages(tags, deps, (verdict) => verdicts.push(verdict)).catch(noteDefect);
  for (const input of runs)
    await applyRunMessage(input, deps).then((verdict) => verdicts.push(verdict), noteDefect);
  return { verdicts, defects };
}

function isTagsMessage(message: Message): message is TagsMessage {
  return "resource" in message;
}

function putOff(batch: readonly Readable[]): Ended {
  const verdicts = batch.map(
    ({ message, at }): Verdict => ({
      outcomes: [{ ...DEFERRED, reason: `${at}: not before ${message.notBefore}` }],
      again: [postponed(message, null)],
      dead: [],
      ...("run" in message ? { run: message.run } : {}),
    }),
  );
  return { verdicts, defects: [] };
}

function malformed({ at, problem, raw }: Extract<MessageInput, { readonly ok: false }>): Verdict {
  const reason = `${at}: ${problem}`;
  return {
    outcomes: [{ kind: "malformed", reason, tags: [], calls: 0, handed: "dead-letter" }],
    again: [],
    dead: [{ at, cause: { kind: "malformed", reason: problem }, attempts: 1, message: raw }],
  };
}
