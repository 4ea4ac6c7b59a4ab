/** How a Kafka client proves who it is; user and password are settings, never part of the URL. */
export type SaslMechanism = "plain" | "scram-sha-256" | "scram-sha-512";

export type Broker = { readonly host: string; readonly port: number };

/** Where messages go, by transport. `url` is the text by which messages and logs name it. */
export type QueueAddress =
  | { readonly transport: "functiongraph"; readonly url: string; readonly urn: string }
  | { readonly transport: "smn"; readonly url: string; readonly urn: string }
  | { readonly transport: "memory"; readonly url: string; readonly queue: string }
  | KafkaAddress;

export type KafkaAddress = {
  readonly transport: "kafka";
  readonly url: string;
  readonly brokers: readonly Broker[];
  readonly topic: string;
  readonly tls: boolean;
  readonly sasl: SaslMechanism | null;
};

export type ParsedAddress =
  | { readonly ok: true; readonly address: QueueAddress }
  | { readonly ok: false; readonly problem: string };

const FORMS =
  "functiongraph:<function urn>, kafka://host:port[,host:port]/topic, smn:<topic urn> or memory:<queue>";

// Forms of the URNs: functiongraph.md sections 3 and 4. They go into paths as they stand.
const FUNCTION_URN = /^urn:fss:[\w-]+:\w+:function:[\w-]+:[\w-]+(:[\w.-]+)?$/;
const TOPIC_URN = /^urn:smn:[\w-]+:\w+:[\w-]{1,255}$/;
const QUEUE_NAME = /^[\w-]{1,64}$/;
/** What Kafka allows as the name of a topic. */
const TOPIC_NAME = /^(?!\.{1,2}$)[\w.-]{1,249}$/;
const HOST = /^([a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])$/i;
const KAFKA_URL = /^kafka:\/\/([^/?#]+)\/([^/?#]+)(?:\?([^#]*))?$/;
const MECHANISMS: readonly SaslMechanism[] = ["plain", "scram-sha-256", "scram-sha-512"];
const LOOPBACK: readonly string[] = ["127.0.0.1", "::1", "localhost"];

/** Reads the address of a queue. A problem says what was expected, and repeats nothing of the text. */
export function parseQueueUrl(text: string): ParsedAddress {
  const url = text.trim();
  const [scheme = ""] = url.split(":", 1);
  const rest = url.slice(scheme.length + 1);
  switch (scheme) {
    case "functiongraph":
      if (!FUNCTION_URN.test(rest))
        return wrong("functiongraph: takes urn:fss:<region>:<project>:function:<package>:<name>");
      return { ok: true, address: { transport: "functiongraph", url, urn: rest } };
    case "smn":
      if (!TOPIC_URN.test(rest)) return wrong("smn: takes urn:smn:<region>:<project>:<topic>");
      return { ok: true, address: { transport: "smn", url, urn: rest } };
    case "memory":
      if (!QUEUE_NAME.test(rest))
        return wrong("memory: takes a name of letters, digits, - and _, 64 at most");
      return { ok: true, address: { transport: "memory", url, queue: rest } };
    case "kafka":
      return parseKafkaUrl(url);
    default:
      return wrong(`expected ${FORMS}`);
  }
}

function parseKafkaUrl(text: string): ParsedAddress {
  if (text.includes("@"))
    return wrong("user and password belong into settings, not into a kafka:// URL");
  const [, hosts = "", topic = "", query = ""] = KAFKA_URL.exec(text) ?? [];
  const brokers = hosts.split(",").map(parseBroker);
  if (hosts === "" || brokers.includes(null))
    return wrong("kafka:// takes host:port[,host:port]/topic");
  if (!TOPIC_NAME.test(topic))
    return wrong("the topic of a kafka:// URL has letters, digits, . _ and -, 249 at most");

  const options = new URLSearchParams(query);
  const unknown = [...options.keys()].some((name) => name !== "tls" && name !== "sasl");
  const tls = options.get("tls") ?? "0";
  const asked = options.get("sasl");
  const sasl = MECHANISMS.find((mechanism) => mechanism === asked) ?? null;
  if (unknown || !["0", "1"].includes(tls) || (asked !== null && sasl === null))
    return wrong(`a kafka:// URL has the options tls=1 and sasl=${MECHANISMS.join("|")}`);

  const known = brokers.filter((broker) => broker !== null);
  const local = known.every(({ host }) => LOOPBACK.includes(host));
  if (sasl === "plain" && tls !== "1" && !local)
    return wrong("sasl=plain sends the password as it is: it needs tls=1");
  const url = `kafka://${hosts}/${topic}`;
  const address = {
    transport: "kafka",
    url,
    brokers: known,
    topic,
    tls: tls === "1",
    sasl,
  } as const;
  return { ok: true, address };
}

function parseBroker(text: string): Broker | null {
  const [, name = "", digits = ""] = /^(.+):(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  if (!HOST.test(name) || port < 1 || port > 65_535) return null;
  return { host: name.replace(/^\[(.+)\]$/, "$1"), port };
}

function wrong(problem: string): ParsedAddress {
  return { ok: false, problem };
}
