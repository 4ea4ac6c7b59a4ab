import { randomUUID } from "node:crypto";
import { queueEvent } from "../cloud/queue-event.ts";
import type { LocalKafka } from "./kafka.ts";

/** Takes messages from a topic, and stops. */
export type TopicPump = { stop(): Promise<void> };

export type TopicPumpOptions = {
  /** Name of the consumer group; default a new one. */
  readonly group?: string;
  /** Most messages in one event; default 100, as in Terraform's resource (functiongraph.md 4). */
  readonly batchSize?: number;
};

/**
 * Stands for the Kafka trigger: takes a topic's messages from its beginning, in batches in the form of the KAFKA
 * event, and hands each to `handle`. What `handle` has taken is committed afterwards; where it throws, the batch
 * comes again. (What the platform does then is not documented.)
 */
export async function pumpTopic(
  kafka: LocalKafka,
  topic: string,
  handle: (event: unknown) => Promise<unknown>,
  { group = `pump-${randomUUID()}`, batchSize = 100 }: TopicPumpOptions = {},
): Promise<TopicPump> {
  const consumer = await kafka.client.startConsumer({
    topics: [topic],
    groupId: group,
    fromBeginning: true,
    maxWaitMs: 100,
    // What a consumer leaves behind that lost its broker; the broker allows no less than 6 s.
    sessionTimeoutMs: 6000,
    rebalanceTimeoutMs: 6000,
    async onBatch(messages) {
      for (let start = 0; start < messages.length; start += batchSize) {
        const texts = messages.slice(start, start + batchSize).map(({ value }) => value ?? "");
        await handle(queueEvent("KAFKA", texts, placeOf(topic)));
      }
    },
  });
  return { stop: () => consumer.close() };
}

function placeOf(topic: string) {
  return {
    region: "local",
    project: "local",
    topic,
    functionName: "retag",
    nowMs: Date.now(),
    id: randomUUID(),
  };
}
