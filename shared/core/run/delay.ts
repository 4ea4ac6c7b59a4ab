import { toIsoTime } from "../time.ts";
import { ATTEMPTS_MAX, type Message } from "./message.ts";

const FIRST_DELAY_MS = 5_000;

/** A message as it goes back to the queue because the time was over: that was no attempt. */
export function postponed<Form extends Message>(message: Form, untilMs: number | null): Form {
  return untilMs === null ? message : { ...message, notBefore: toIsoTime(untilMs) };
}

/**
 * A message as it goes back to the queue after a failure that may pass: later each time, so that whatever
 * failed has time to recover. `null` when it was tried often enough. `random` is in [0, 1).
 */
export function retried<Form extends Message>(
  message: Form,
  nowMs: number,
  random: number,
): Form | null {
  const attempt = attemptOf(message) + 1;
  if (attempt > ATTEMPTS_MAX) return null;
  const fullMs = FIRST_DELAY_MS * 2 ** (attempt - 2);
  const delayMs = fullMs / 2 + (fullMs / 2) * random;
  return { ...message, attempt, notBefore: toIsoTime(Math.ceil(nowMs + delayMs)) };
}

/** Which attempt at a message this is; 1 for the first. */
export function attemptOf({ attempt = 1 }: Pick<Message, "attempt">): number {
  return attempt;
}
