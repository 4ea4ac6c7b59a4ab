import type { Clock } from "../clock.ts";
import type { Budget, Cloud } from "../cloud.ts";
import type { QueueAddress } from "./address.ts";
import { QueueError } from "./error.ts";
import { createInvocationQueue, createMemoryQueue, createNotificationQueue } from "./http.ts";
import { createKafkaQueue } from "./kafka.ts";
import type { KafkaAccess } from "./kafka-connection.ts";

export { parseQueueUrl, type QueueAddress } from "./address.ts";
export { QueueError, type QueueErrorCode } from "./error.ts";
export type { KafkaAccess } from "./kafka-connection.ts";

/** Where messages are left for a function. Delivery is at least once: whoever reads must be idempotent. */
export type Queue = {
  /** As messages and logs name it: `kafka://host:9092/topic`, without credentials. */
  readonly url: string;
  /**
   * Resolves when the transport has taken every text. Throws a `QueueError` when it did not: some of the
   * texts may have been taken. One that is too large is refused before any is sent.
   */
  publish(texts: readonly string[]): Promise<void>;
  /** Gives up what the queue keeps open. It can be used again afterwards. */
  close(): Promise<void>;
};

/** What queues are opened with, for one invocation. */
export type QueueDeps = {
  /** The host at this endpoint, with this invocation's credentials. */
  readonly cloudAt: (endpoint: string) => Cloud;
  readonly endpoints: {
    readonly functiongraph: string;
    readonly smn: string;
    /** Of KMS and CSMS; queues in memory are the local cloud's, which is there on loopback only. */
    readonly kms: string;
  };
  readonly kafka: KafkaAccess;
  readonly clock: Clock;
  readonly random: () => number;
  readonly budget: Budget;
};

/** Opens a queue; nothing is sent yet. Throws a `QueueError` where it cannot be used with these settings. */
export function openQueue(address: QueueAddress, deps: QueueDeps): Queue {
  const { cloudAt, endpoints, budget } = deps;
  switch (address.transport) {
    case "functiongraph":
      return createInvocationQueue(address, cloudAt(endpoints.functiongraph), budget);
    case "smn":
      return createNotificationQueue(address, cloudAt(endpoints.smn), budget);
    case "memory":
      if (new URL(endpoints.kms).hostname !== "127.0.0.1")
        throw new QueueError(address.url, "denied", "the local cloud only has queues in memory");
      return createMemoryQueue(address, cloudAt(endpoints.kms), budget);
    case "kafka": {
      const { kafka: access, clock, random } = deps;
      return createKafkaQueue(address, { access, clock, random, budget });
    }
  }
}
