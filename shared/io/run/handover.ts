import type { Outcome } from "../../core/outcome.ts";
import type { Message } from "../../core/run/message.ts";
import { type Queue, QueueError } from "../queue/queue.ts";
import { StoreError } from "../store/store-error.ts";
import { type DeadLetter, type DeadLetterDeps, storeDeadLetter } from "./dead-letter.ts";

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
export async function handOver(verdict: Verdict, deps: HandoverDeps): Promise<readonly Outcome[]> {
  const published = await publish(verdict.again, deps);
  const buried = await bury(verdict.dead, deps);
  return verdict.outcomes.map(({ handed, ...outcome }) => {
    const placed = handed === "queue" ? published : buried;
    return handed !== undefined && placed ? { ...outcome, handed } : outcome;
  });
}

async function publish(messages: readonly Message[], { queue }: HandoverDeps): Promise<boolean> {
  if (messages.length === 0) return true;
  if (queue === null) return false;
  try {
    await queue.publish(messages.map((message) => JSON.stringify(message)));
    return true;
  } catch (error) {
    if (error instanceof QueueError) return false;
    throw error;
  }
}

async function bury(
  dead: readonly Dead[],
  { deadLetters, random }: HandoverDeps,
): Promise<boolean> {
  if (dead.length === 0) return true;
  if (deadLetters === null) return false;
  try {
    for (const letter of dead) await storeDeadLetter(letter, { ...deadLetters, random: random() });
    return true;
  } catch (error) {
    if (error instanceof StoreError) return false;
    throw error;
  }
}
