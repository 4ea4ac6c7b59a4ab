import { delayBeforeRetry } from "../../core/retry.ts";
import type { Clock } from "../clock.ts";
import type { Budget } from "../cloud.ts";
import type { KafkaAddress } from "./address.ts";
import { batchesOf } from "./batches.ts";
import { QueueError } from "./error.ts";
import { tooLarge } from "./http.ts";
import { type KafkaAccess, type KafkaConnection, openKafka } from "./kafka-connection.ts";
import { type Failure, failureOf } from "./kafka-failure.ts";
import type { Queue } from "./queue.ts";

export type KafkaDeps = {
  readonly access: KafkaAccess;
  readonly clock: Clock;
  readonly random: () => number;
  readonly budget: Budget;
};

/**
 * A broker takes a batch of 1,048,588 bytes unless `max.message.bytes` of its topic says something else;
 * what a record and a batch need beside the text is a hundred bytes.
 */
const TEXT_BYTES_MAX = 1_000_000;
const BATCH_TEXTS_MAX = 500;
const BATCH_BYTES_MAX = 512 * 1024;
/** A connection that does not close within this time is left to end by itself. */
const CLOSE_TIMEOUT_MS = 1_000;
/** Timers of Node cannot wait any longer. */
const TIMER_MS_MAX = 2 ** 31 - 1;

/**
 * Publishes to a topic of Kafka, each text as a record without a key. A batch counts as taken when all
 * in-sync replicas have it (`acks=all`). A batch whose answer was lost is sent again and may be there twice.
 */
export function createKafkaQueue(address: KafkaAddress, deps: KafkaDeps): Queue {
  const { url, sasl } = address;
  if (sasl !== null && deps.access.login === null)
    throw new QueueError(url, "denied", "the URL asks for sasl, and no user and password are set");
  let opened: Promise<KafkaConnection> | null = null;

  return {
    url,
    async publish(texts) {
      for (const text of texts) {
        const problem = tooLarge(text, TEXT_BYTES_MAX);
        if (problem !== "") throw new QueueError(url, "too-large", problem);
      }
      if (texts.length === 0) return;
      requireTime(url, deps);
      opened ??= openKafka(address, deps.access);
      const connection = await opened;
      for (const batch of batchesOf(texts, BATCH_TEXTS_MAX, BATCH_BYTES_MAX))
        await sendBatch(connection, address, batch, deps);
    },
    async close() {
      if (opened === null) return;
      const { producer } = await opened;
      opened = null;
      await ended(producer.close());
    },
  };
}

async function sendBatch(
  connection: KafkaConnection,
  { url, topic }: KafkaAddress,
  texts: readonly string[],
  deps: KafkaDeps,
): Promise<void> {
  for (let retry = 1; ; retry++) {
    requireTime(url, deps);
    const sent = connection.producer.send(texts.map((value) => ({ topic, value })));
    const failed = await outcomeOf(sent, connection, deps);
    if (failed === null) return;
    const { code, detail, passing } = failed;
    const delayMs = delayBeforeRetry({ retry, retryAfterMs: null, random: deps.random() });
    if (!passing || delayMs === null) throw new QueueError(url, code, detail);
    await pause(url, delayMs, detail, deps);
  }
}

/** `null` when it was taken. The end of the time wins over an answer that does not come. */
async function outcomeOf(
  sent: Promise<void>,
  { kafka, loginFailure }: KafkaConnection,
  { clock, budget: { signal, deadlineMs } }: KafkaDeps,
): Promise<Failure | null> {
  const late: Failure = { code: "deadline", detail: "no answer", passing: false };
  const { promise, resolve } = withResolver<Failure>();
  const stop = () => resolve(late);
  const timer = setTimeout(stop, Math.min(deadlineMs - clock.now(), TIMER_MS_MAX));
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  const answer = sent.then(
    () => null,
    (error: unknown) => failureOf(kafka, loginFailure() ?? error),
  );
  try {
    return await Promise.race([answer, promise]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
  }
}

function withResolver<T>() {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

function requireTime(url: string, { clock, budget: { signal, deadlineMs } }: KafkaDeps): void {
  if (signal.aborted || clock.now() >= deadlineMs) throw new QueueError(url, "deadline");
}

async function pause(
  url: string,
  delayMs: number,
  detail: string,
  { clock, budget: { signal, deadlineMs } }: KafkaDeps,
): Promise<void> {
  const late = new QueueError(url, "deadline", `after ${detail}`);
  if (clock.now() + delayMs >= deadlineMs) throw late;
  try {
    await clock.sleep(delayMs, signal);
  } catch (error) {
    throw signal.aborted ? late : error;
  }
}

/** Resolves when it is over, however it ends, or after a while. */
async function ended(closing: Promise<void>): Promise<void> {
  const { promise, resolve } = withResolver<void>();
  const timer = setTimeout(resolve, CLOSE_TIMEOUT_MS);
  await Promise.race([closing.catch(() => {}), promise]);
  clearTimeout(timer);
}
