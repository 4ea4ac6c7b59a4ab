import { TRY_TIMEOUT_MS } from "../cloud.ts";
import type { KafkaAddress } from "./address.ts";

/** Who publishes, and whom it trusts. From encrypted settings. */
export type KafkaAccess = {
  /** `null` where none is set. */
  readonly login: { readonly user: string; readonly password: string } | null;
  /** Certificate of the authority that signed the brokers', as PEM; `null` for the well-known ones. */
  readonly ca: string | null;
};

/** The client library. It is large: it is loaded by the first publication, not with this module. */
export type Kafka = typeof import("kafka-ts");

const CONNECT_TIMEOUT_MS = 5_000;

type Client = ReturnType<Kafka["createKafkaClient"]>;
type Producer = ReturnType<Client["createProducer"]>;
/** A client that is set up; it connects when it first sends. */
export type KafkaConnection = {
  readonly kafka: Kafka;
  readonly producer: Producer;
  /** For questions about the brokers themselves. */
  readonly openCluster: () => ReturnType<Client["createCluster"]>;
  /** Why the last login failed, if it did: the client only says that it could not connect. */
  readonly loginFailure: () => unknown;
};

/** Loads the client library and sets it up for these brokers. */
export async function openKafka(
  address: KafkaAddress,
  access: KafkaAccess,
): Promise<KafkaConnection> {
  const kafka = await import("kafka-ts");
  // Its log lines can hold requests, and requests hold texts.
  kafka.setLogger({ debug() {}, info() {}, warn() {}, error() {} });
  const { sasl, loginFailure } = observed(saslOf(kafka, address, access));
  const client = kafka.createKafkaClient({
    clientId: "tagwarden",
    bootstrapServers: address.brokers.map(({ host, port }) => ({ host, port })),
    connectTimeout: CONNECT_TIMEOUT_MS,
    requestTimeout: TRY_TIMEOUT_MS,
    ssl: address.tls ? (access.ca === null ? {} : { ca: access.ca }) : null,
    sasl,
  });
  const producer = client.createProducer({ maxRetries: 2 });
  return { kafka, producer, openCluster: () => client.createCluster(), loginFailure };
}

type Sasl = ReturnType<Kafka["saslPlain"]>;

function saslOf(kafka: Kafka, { sasl }: KafkaAddress, { login }: KafkaAccess): Sasl | null {
  if (login === null) return null;
  const { user: username, password } = login;
  switch (sasl) {
    case "plain":
      return kafka.saslPlain({ username, password });
    case "scram-sha-256":
      return kafka.saslScramSha256({ username, password });
    case "scram-sha-512":
      return kafka.saslScramSha512({ username, password });
    case null:
      return null;
  }
}

function observed(sasl: Sasl | null) {
  let failed: unknown;
  if (sasl === null) return { sasl, loginFailure: () => failed };
  const authenticate: Sasl["authenticate"] = async (connection) => {
    failed = undefined;
    try {
      await sasl.authenticate(connection);
    } catch (error) {
      failed = error;
      throw error;
    }
  };
  return { sasl: { ...sasl, authenticate }, loginFailure: () => failed };
}
