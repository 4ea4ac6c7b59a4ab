import type { QueueErrorCode } from "./error.ts";
import type { Kafka } from "./kafka-connection.ts";

/** Why a batch was not taken, in names only: a client's error can hold the request and so the texts. */
export type Failure = {
  readonly code: QueueErrorCode;
  readonly detail: string;
  /** Whether the same batch may be taken later. */
  readonly passing: boolean;
};

type Row = { readonly code: QueueErrorCode; readonly passing: boolean };
const DENIED: Row = { code: "denied", passing: false };
const TOO_LARGE: Row = { code: "too-large", passing: false };
const UNAVAILABLE: Row = { code: "unavailable", passing: true };

/** Errors of the Kafka protocol, by the names in its own list. Those that are not here do not pass. */
const PROTOCOL_ERRORS: { readonly [name: string]: Row } = {
  TOPIC_AUTHORIZATION_FAILED: DENIED,
  CLUSTER_AUTHORIZATION_FAILED: DENIED,
  SASL_AUTHENTICATION_FAILED: DENIED,
  UNSUPPORTED_SASL_MECHANISM: DENIED,
  ILLEGAL_SASL_STATE: DENIED,
  MESSAGE_TOO_LARGE: TOO_LARGE,
  RECORD_LIST_TOO_LARGE: TOO_LARGE,
  // A new topic is not known everywhere at once, and neither is any topic to a broker that just started.
  UNKNOWN_TOPIC_OR_PARTITION: { code: "unexpected", passing: true },
  LEADER_NOT_AVAILABLE: UNAVAILABLE,
  NOT_LEADER_OR_FOLLOWER: UNAVAILABLE,
  REQUEST_TIMED_OUT: UNAVAILABLE,
  BROKER_NOT_AVAILABLE: UNAVAILABLE,
  REPLICA_NOT_AVAILABLE: UNAVAILABLE,
  NETWORK_EXCEPTION: UNAVAILABLE,
  COORDINATOR_LOAD_IN_PROGRESS: UNAVAILABLE,
  COORDINATOR_NOT_AVAILABLE: UNAVAILABLE,
  NOT_COORDINATOR: UNAVAILABLE,
  NOT_ENOUGH_REPLICAS: UNAVAILABLE,
  NOT_ENOUGH_REPLICAS_AFTER_APPEND: UNAVAILABLE,
  KAFKA_STORAGE_ERROR: UNAVAILABLE,
  OUT_OF_ORDER_SEQUENCE_NUMBER: UNAVAILABLE,
  UNKNOWN_PRODUCER_ID: UNAVAILABLE,
  THROTTLING_QUOTA_EXCEEDED: UNAVAILABLE,
};

/** Reads an error of the client library. */
export function failureOf(kafka: Kafka, error: unknown): Failure {
  if (error instanceof kafka.KafkaTSApiError) {
    const [name = `error ${error.errorCode}`] =
      Object.entries(kafka.API_ERROR).find(([, code]) => code === error.errorCode) ?? [];
    return { detail: name, ...(PROTOCOL_ERRORS[name] ?? { code: "unexpected", passing: false }) };
  }
  if (error instanceof kafka.ConnectionError) {
    const detail = /\bE[A-Z_]{4,}\b/.exec(error.message)?.[0] ?? "connection lost";
    return { code: "unreachable", detail, passing: true };
  }
  // The client keeps to itself why it could not connect to any broker of its list.
  if (error instanceof kafka.KafkaTSError)
    return { code: "unreachable", detail: "no broker accepts a connection", passing: true };
  const detail = error instanceof Error ? error.name : "not an error";
  return { code: "unexpected", detail, passing: false };
}
