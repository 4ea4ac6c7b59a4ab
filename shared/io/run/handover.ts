import type { Outcome } from "../../core/outcome.ts";
import type { Message } from "../../core/run/message.ts";
import type { Came } from "../function.ts";
import { type Queue, QueueError } from "../queue/queue.ts";
import { StoreError } from "../store/store-error.ts";
import { type DeadLetter, type DeadLetterDeps, storeDeadLetter } from "./dead-letter.ts";

/** Dead letters that are stored at the same time. */
const LETTERS_AT_ONCE = 8;

/** A message, or a part of one, that cannot be done. */
export type Dead = Pick<DeadLetter, "at" | "cause" | "attempts" | "message">;

/** How a message ended, and what is to become of what is not done. */
export type Verdict = {
  /** Those that are not done say in `handed` where they are to go. */
  readonly outcomes: readonly Outcome[];
  /** What goes back to the queue. */
  readonly again: readonly Message[];
  /** What is kept for a person. */
  readonly dead: readonly Dead[];
  readonly run?: string;
  readonly guarded?: readonly string[];
  readonly sharedCalls?: number;
};

export type HandoverDeps = {
  readonly queue: Queue | null;
  readonly deadLetters: Omit<DeadLetterDeps, "random"> | null;
  readonly random: () => number;
};

/**
 * Puts what is not done where it will be taken up: back into the queue, or among the dead letters. An
 * outcome whose message could not be placed loses its `handed`: the platform has to keep the event.
 */
export async function handOver(
  verdicts: readonly Verdict[],
  deps: HandoverDeps,
): Promise<Pick<Came, "outcomes" | "deadLetters">> {
  const unpublished = await publishAll(verdicts, deps);
  const { unburied, buried } = await buryAll(verdicts, deps);
  const outcomes = verdicts.flatMap((verdict) =>
    verdict.outcomes.map(({ handed, ...outcome }) => {
      const placed = !(handed === "queue" ? unpublished : unburied).has(verdict);
      return handed !== undefined && placed ? { ...outcome, handed } : outcome;
    }),
  );
  return buried === 0 ? { outcomes } : { outcomes, deadLetters: buried };
}

type Unplaced = ReadonlySet<Verdict>;

/** Publishes everything at once, as the deadline is near; answers with the verdicts that were not taken. */
async function publishAll(
  verdicts: readonly Verdict[],
  { queue }: HandoverDeps,
): Promise<Unplaced> {
  const waiting = verdicts.filter(({ again }) => again.length > 0);
  if (waiting.length === 0) return new Set();
  if (queue === null) return new Set(waiting);
  const failure = await publish(waiting, queue);
  if (failure === null) return new Set();
  // One message that the transport does not take must not keep the others out.
  if (!["too-large", "unexpected"].includes(failure.code)) return new Set(waiting);
  const refused = new Set<Verdict>();
  for (const verdict of waiting)
    if ((await publish([verdict], queue)) !== null) refused.add(verdict);
  return refused;
}

async function publish(verdicts: readonly Verdict[], queue: Queue): Promise<QueueError | null> {
  try {
    const messages = verdicts.flatMap(({ again }) => again);
    await queue.publish(messages.map((message) => JSON.stringify(message)));
    return null;
  } catch (error) {
    if (error instanceof QueueError) return error;
    throw error;
  }
}

async function buryAll(
  verdicts: readonly Verdict[],
  { deadLetters, random }: HandoverDeps,
): Promise<{ readonly unburied: Unplaced; readonly buried: number }> {
  const letters = verdicts.flatMap((verdict) => verdict.dead.map((dead) => ({ verdict, dead })));
  if (deadLetters === null) {
    return { unburied: new Set(letters.map(({ verdict }) => verdict)), buried: 0 };
  }
  const unburied = new Set<Verdict>();
  let buried = 0;
  const lane = async () => {
    for (let next = letters.shift(); next !== undefined; next = letters.shift())
      try {
        await storeDeadLetter(next.dead, { ...deadLetters, random: random() });
        buried += 1;
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
        unburied.add(next.verdict);
      }
  };
  await Promise.all(Array.from({ length: LETTERS_AT_ONCE }, lane));
  return { unburied, buried };
}
