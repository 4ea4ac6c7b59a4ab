import { isJsonObject, objectOf } from "../../core/json-value.ts";
import { ConfigError } from "../config.ts";
import { parseQueueUrl } from "../queue/address.ts";
import type { Queue } from "../queue/queue.ts";
import type { RunAccess } from "./connect.ts";
import { type DeadLetter, dropLost, type Lost } from "./dead-letter.ts";

/**
 * Sends something that was lost again, from its first attempt, and then takes it out of the store: in that
 * order, so that a crash between the two makes it come twice and never not at all. A dead letter goes to the
 * queue; an event that the platform gave up on goes to the function that it was for. Throws a `QueueError`,
 * a `StoreError`, and a `ConfigError` where nothing says where to send it.
 */
export async function redrive(
  lost: Lost,
  { store, openQueue, openQueueAt }: Pick<RunAccess, "store" | "openQueue" | "openQueueAt">,
): Promise<void> {
  const { queue, text } = destinationOf(lost, openQueue, openQueueAt);
  try {
    await queue.publish([text]);
  } finally {
    await queue.close();
  }
  await dropLost(store, lost);
}

function destinationOf(
  lost: Lost,
  openQueue: RunAccess["openQueue"],
  openQueueAt: RunAccess["openQueueAt"],
): { readonly queue: Queue; readonly text: string } {
  switch (lost.from) {
    case "function": {
      const queue = openQueue();
      if (queue === null) throw new ConfigError(["TAGWARDEN_QUEUE must be set, or --queue given"]);
      return { queue, text: freshText(lost.letter.message) };
    }
    case "platform": {
      const { function_urn: urn } = lost.failure.request_context;
      const parsed = parseQueueUrl(`functiongraph:${urn}`);
      if (!parsed.ok) throw new ConfigError([`${lost.id} does not say which function it was for`]);
      return { queue: openQueueAt(parsed.address), text: lost.failure.request_payload };
    }
    case "unreadable":
      throw new ConfigError([`${lost.id} cannot be read: show it, then drop it`]);
  }
}

/** A message as it was first sent: without its attempts and its time. One that is none stays as it came. */
function freshText(message: DeadLetter["message"]): string {
  const object = objectOf(message);
  if (object === null) return typeof message === "string" ? message : JSON.stringify(message);
  const { attempt: _attempt, notBefore: _notBefore, ...fresh } = object;
  return JSON.stringify(isJsonObject(fresh) ? fresh : message);
}
