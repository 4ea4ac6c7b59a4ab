import { REMEDIATIONS, type Remediation } from "../../core/audit/remediation.ts";
import {
  allowedOrigin,
  type Config,
  ConfigError,
  defaultEndpoint,
  type ReadSetting,
  readConfig,
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
  /** SMN topic for the summaries of audits; `null` where none is set. */
  readonly topic: QueueAddress | null;
  readonly remediate: Remediation;
};
export type RunHost = "obs" | "smn" | "functiongraph";

/**
 * Reads and checks all settings of a process that works with runs. `allowFile`: a folder is meant for a
 * person, or for the local cloud. Throws a `ConfigError` that names everything that is wrong.
 */
export function readSettings(
  read: ReadSetting,
  allowFile: boolean,
): { readonly config: Config; readonly runs: RunConfig } {
  const problems: string[] = [];
  const config = collect(() => readConfig(read), problems);
  const runs = collect(() => readRunConfig(read, config, allowFile), problems);
  if (config === null || runs === null) throw new ConfigError(problems);
  return { config, runs };
}

function collect<T>(readPart: () => T, problems: string[]): T | null {
  try {
    return readPart();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    problems.push(...error.problems);
    return null;
  }
}

/** `config`: what every process has; `null` where that is wrong itself, so that less can be checked. */
function readRunConfig(read: ReadSetting, config: Config | null, allowFile: boolean): RunConfig {
  const problems: string[] = [];
  const setting = (name: string) => read(name)?.trim() || null;
  const isLocal = config !== null && isLoopback(config.endpoint);

  const origin = (host: RunHost) => {
    const { service, name } = HOSTS[host];
    // The local cloud serves everything at one place, and its credentials are worth nothing elsewhere.
    const own = isLocal ? config.endpoint : defaultEndpoint(service, config?.region ?? null);
    const wanted = setting(name) ?? own;
    const found = wanted === null ? null : allowedOrigin(wanted);
    if (wanted !== null && found === null)
      problems.push(
        `${name} must be an https:// origin without a path (http:// only on 127.0.0.1)`,
      );
    return found;
  };
  const endpoints = {
    obs: origin("obs"),
    smn: origin("smn"),
    functiongraph: origin("functiongraph"),
  };
  const require = (host: RunHost | null) => {
    if (config !== null && host !== null && endpoints[host] === null && !setting(HOSTS[host].name))
      problems.push(`HUAWEICLOUD_REGION or ${HOSTS[host].name} must be set`);
  };

  const storeUrl = setting("TAGWARDEN_STORE");
  const allowed = { allowFile: allowFile || config === null || isLocal };
  const store = storeUrl === null ? null : parseStoreUrl(storeUrl, allowed);
  if (store !== null && !store.ok) problems.push(`TAGWARDEN_STORE ${store.problem}`);
  if (store?.ok && store.place.at === "bucket") require("obs");

  const kafka = readKafkaAccess(setting, problems);
  const queueUrl = setting("TAGWARDEN_QUEUE");
  const queue = queueUrl === null ? null : parseQueueUrl(queueUrl);
  if (queue !== null && !queue.ok) problems.push(`TAGWARDEN_QUEUE ${queue.problem}`);
  if (queue?.ok) {
    const { address } = queue;
    require(QUEUE_HOSTS[address.transport]);
    if (address.transport === "memory" && config !== null && !isLocal)
      problems.push("TAGWARDEN_QUEUE memory: only the local cloud has queues in memory");
    if (address.transport === "kafka" && address.sasl !== null && kafka.login === null)
      problems.push("TAGWARDEN_QUEUE asks for sasl: it needs TAGWARDEN_QUEUE_USER and _PASSWORD");
  }

  const audits = readAuditSettings(setting, problems);
  if (audits.topic !== null) require("smn");

  if (problems.length > 0) throw new ConfigError(problems);
  return {
    storeUrl,
    queue: queue?.ok ? queue.address : null,
    endpoints,
    kafka,
    ...audits,
  };
}

function readAuditSettings(
  setting: (name: string) => string | null,
  problems: string[],
): Pick<RunConfig, "topic" | "remediate"> {
  const urn = setting("TAGWARDEN_TOPIC");
  const topic = urn === null ? null : parseQueueUrl(`smn:${urn}`);
  if (topic !== null && !topic.ok)
    problems.push("TAGWARDEN_TOPIC must be urn:smn:<region>:<project>:<topic>");
  const wanted = setting("TAGWARDEN_REMEDIATE") ?? "off";
  const remediate = REMEDIATIONS.find((one) => one === wanted);
  if (remediate === undefined)
    problems.push(`TAGWARDEN_REMEDIATE must be ${REMEDIATIONS.join(", ")}`);
  return { topic: topic?.ok ? topic.address : null, remediate: remediate ?? "off" };
}

const HOSTS: { readonly [Host in RunHost]: { readonly service: string; readonly name: string } } = {
  obs: { service: "obs", name: "HUAWEICLOUD_OBS_ENDPOINT" },
  smn: { service: "smn", name: "HUAWEICLOUD_SMN_ENDPOINT" },
  functiongraph: { service: "functiongraph", name: "HUAWEICLOUD_FGS_ENDPOINT" },
};

/** The host that a transport calls, where it is one of ours. */
const QUEUE_HOSTS: { readonly [Transport in QueueAddress["transport"]]: RunHost | null } = {
  functiongraph: "functiongraph",
  smn: "smn",
  memory: null,
  kafka: null,
};

function readKafkaAccess(
  setting: (name: string) => string | null,
  problems: string[],
): KafkaAccess {
  const user = setting("TAGWARDEN_QUEUE_USER");
  const password = setting("TAGWARDEN_QUEUE_PASSWORD");
  if ((user === null) !== (password === null))
    problems.push("TAGWARDEN_QUEUE_USER and TAGWARDEN_QUEUE_PASSWORD must be set together");
  const login = user === null || password === null ? null : { user, password };
  return { login, ca: setting("TAGWARDEN_QUEUE_CA") };
}

/** Is it on this machine, so that it can only be the local cloud? */
function isLoopback(endpoint: string): boolean {
  return new URL(endpoint).hostname === "127.0.0.1";
}
