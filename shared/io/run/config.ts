import {
  allowedOrigin,
  type Config,
  ConfigError,
  defaultEndpoint,
  type ReadSetting,
} from "../config.ts";
import { parseQueueUrl, type QueueAddress } from "../queue/address.ts";
import type { KafkaAccess } from "../queue/kafka-connection.ts";
import { parseStoreUrl } from "../store/store-url.ts";

/** Settings of what works with runs, beside those of every function. */
export type RunConfig = {
  /** URL of the run store; `null` where none is set. */
  readonly storeUrl: string | null;
  readonly queue: QueueAddress | null;
  /** Origins; `null` where neither a region nor the endpoint is set. */
  readonly endpoints: { readonly [Host in RunHost]: string | null };
  readonly kafka: KafkaAccess;
};
export type RunHost = "obs" | "smn" | "functiongraph";

/** Reads and checks them. `allowFile`: a folder is meant for a person, or for the local cloud. */
export function readRunConfig(
  read: ReadSetting,
  { region, endpoint }: Config,
  allowFile: boolean,
): RunConfig {
  const problems: string[] = [];
  const setting = (name: string) => read(name)?.trim() || null;

  const origin = (service: string, name: string, set: string | null) => {
    const wanted = set ?? defaultEndpoint(service, region);
    const found = wanted === null ? null : allowedOrigin(wanted);
    if (wanted !== null && found === null)
      problems.push(
        `${name} must be an https:// origin without a path (http:// only on 127.0.0.1)`,
      );
    return found;
  };
  const endpoints = {
    obs: origin("obs", "HUAWEICLOUD_OBS_ENDPOINT", setting("HUAWEICLOUD_OBS_ENDPOINT")),
    smn: origin("smn", "HUAWEICLOUD_SMN_ENDPOINT", setting("HUAWEICLOUD_SMN_ENDPOINT")),
    functiongraph: origin(
      "functiongraph",
      "HUAWEICLOUD_FGS_ENDPOINT",
      setting("HUAWEICLOUD_FGS_ENDPOINT"),
    ),
  };

  const storeUrl = setting("TAGWARDEN_STORE");
  const files = allowFile || isLoopback(endpoint);
  const store = storeUrl === null ? null : parseStoreUrl(storeUrl, { allowFile: files });
  if (store !== null && !store.ok) problems.push(`TAGWARDEN_STORE ${store.problem}`);

  const queueUrl = setting("TAGWARDEN_QUEUE");
  const queue = queueUrl === null ? null : parseQueueUrl(queueUrl);
  if (queue !== null && !queue.ok) problems.push(`TAGWARDEN_QUEUE ${queue.problem}`);

  const user = setting("TAGWARDEN_QUEUE_USER");
  const password = setting("TAGWARDEN_QUEUE_PASSWORD");
  if ((user === null) !== (password === null))
    problems.push("TAGWARDEN_QUEUE_USER and TAGWARDEN_QUEUE_PASSWORD must be set together");

  if (problems.length > 0) throw new ConfigError(problems);
  return {
    storeUrl,
    queue: queue?.ok ? queue.address : null,
    endpoints,
    kafka: {
      login: user === null || password === null ? null : { user, password },
      ca: setting("TAGWARDEN_QUEUE_CA"),
    },
  };
}

/** Is it on this machine, so that it can only be the local cloud? */
function isLoopback(endpoint: string): boolean {
  return new URL(endpoint).hostname === "127.0.0.1";
}
