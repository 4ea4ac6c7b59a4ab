import type { KafkaAddress } from "./address.ts";
import { type KafkaAccess, openKafka } from "./kafka-connection.ts";
import { type Failure, failureOf } from "./kafka-failure.ts";

/**
 * Asks the brokers for a topic's metadata, and makes none. `null` where it is there; else why not. Ends after
 * `timeoutMs` at the latest, whatever the brokers do.
 */
export async function missTopic(
  address: KafkaAddress,
  access: KafkaAccess,
  timeoutMs: number,
): Promise<Failure | null> {
  const { kafka, openCluster, loginFailure } = await openKafka(address, access);
  const cluster = openCluster();
  const late: Failure = { code: "unreachable", detail: "no answer", passing: true };
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<Failure>((resolve) => {
    timer = setTimeout(() => resolve(late), timeoutMs);
  });
  const asked = cluster
    .connect()
    .then(() =>
      cluster.sendRequest(kafka.API.METADATA, {
        allowTopicAutoCreation: false,
        topics: [{ id: null, name: address.topic }],
      }),
    )
    .then(
      () => null,
      (error: unknown) => failureOf(kafka, loginFailure() ?? error),
    );
  try {
    return await Promise.race([asked, timeout]);
  } finally {
    clearTimeout(timer);
    // It must not keep the answer waiting, and may fail where there was no connection.
    void cluster.disconnect().catch(() => undefined);
  }
}
