import { CloudError, type CloudErrorCode } from "../../core/error.ts";
import { isJsonObject, parseJson } from "../../core/json-value.ts";
import { RESOURCE_KINDS, type ResourceKind } from "../../core/resource.ts";
import { type Budget, type Cloud, call } from "../cloud.ts";
import type { QueueAddress } from "./address.ts";
import { batchesOf } from "./batches.ts";
import { QueueError, type QueueErrorCode } from "./error.ts";
import type { Queue } from "./queue.ts";

/** Largest asynchronous request to a function (functiongraph.md section 6). */
export const INVOCATION_BYTES_MAX = 256 * 1024;
/**
 * Largest message of SMN (dew-api.md section 11). One that goes on to a function must be smaller by its
 * envelope and its JSON escapes, because the event may not be larger than this either.
 */
export const NOTIFICATION_BYTES_MAX = 256 * 1024;
/** The local cloud's own limits: a request has at most 1 MiB. */
const MEMORY_TEXT_BYTES_MAX = 256 * 1024;
const MEMORY_BATCH_BYTES_MAX = 768 * 1024;
const MEMORY_BATCH_TEXTS_MAX = 500;

const PAYLOAD_TOO_LARGE = 413;

type Post = { readonly operation: string; readonly path: string; readonly body: object };

/** A transport that is an HTTP call: what it refuses, and which calls carry the texts. */
type Transport = { readonly check: (text: string) => string; readonly posts: Posts };
type Posts = (texts: readonly string[], project: string) => readonly Post[];

/** `call` tells KMS' and CSMS' error codes by the kind of the resource; a queue has none of those. */
const NO_KIND: ResourceKind = { ...RESOURCE_KINDS.key, absentCodes: [], untaggableCodes: {} };

const CODES: { readonly [Code in CloudErrorCode]: QueueErrorCode } = {
  absent: "unexpected",
  untaggable: "unexpected",
  rejected: "unexpected",
  denied: "denied",
  throttled: "unavailable",
  unavailable: "unavailable",
  unreachable: "unreachable",
  deadline: "deadline",
  unexpected: "unexpected",
};

/**
 * Invokes a function asynchronously, once for each text, which is the event: it must be a JSON object.
 * A lost answer is asked for again, so the function may get a text twice.
 */
export function createInvocationQueue(
  { url, urn }: QueueAddress & { readonly transport: "functiongraph" },
  cloud: Cloud,
  budget: Budget,
): Queue {
  const eventOf = (text: string) => {
    const event = parseJson(text);
    if (!isJsonObject(event)) throw new QueueError(url, "unexpected", "a text is no JSON object");
    return event;
  };
  const transport: Transport = {
    check: (text) => tooLarge(JSON.stringify(eventOf(text)), INVOCATION_BYTES_MAX),
    posts: (texts, project) =>
      texts.map((text) => ({
        operation: "AsyncInvokeFunction",
        path: `/v2/${project}/fgs/functions/${urn}/invocations-async`,
        body: eventOf(text),
      })),
  };
  return createHttpQueue(url, transport, cloud, budget);
}

/** Publishes each text as a message of an SMN topic. A lost answer may put a text there twice. */
export function createNotificationQueue(
  { url, urn }: QueueAddress & { readonly transport: "smn" },
  cloud: Cloud,
  budget: Budget,
): Queue {
  const transport: Transport = {
    check: (text) => tooLarge(text, NOTIFICATION_BYTES_MAX),
    posts: (texts, project) =>
      texts.map((message) => ({
        operation: "PublishMessage",
        path: `/v2/${project}/notifications/topics/${urn}/publish`,
        body: { message },
      })),
  };
  return createHttpQueue(url, transport, cloud, budget);
}

/** Puts texts into a queue of the local cloud; the real one has no such interface. */
export function createMemoryQueue(
  { url, queue }: QueueAddress & { readonly transport: "memory" },
  cloud: Cloud,
  budget: Budget,
): Queue {
  const transport: Transport = {
    check: (text) => tooLarge(text, MEMORY_TEXT_BYTES_MAX),
    posts: (texts) =>
      batchesOf(texts, MEMORY_BATCH_TEXTS_MAX, MEMORY_BATCH_BYTES_MAX).map((body) => ({
        operation: "PutMessages",
        path: `/local/queues/${queue}/messages`,
        body,
      })),
  };
  return createHttpQueue(url, transport, cloud, budget);
}

/** Says that a text is over a limit; empty where it is not. */
export function tooLarge(text: string, bytesMax: number): string {
  const bytes = Buffer.byteLength(text);
  return bytes > bytesMax ? `a text of ${bytes} bytes, at most ${bytesMax} are allowed` : "";
}

function createHttpQueue(
  url: string,
  { check, posts }: Transport,
  cloud: Cloud,
  budget: Budget,
): Queue {
  return {
    url,
    async publish(texts) {
      for (const text of texts) {
        const problem = check(text);
        if (problem !== "") throw new QueueError(url, "too-large", problem);
      }
      for (const post of posts(texts, cloud.project)) {
        try {
          await call(cloud, { ...post, method: "POST", kind: NO_KIND }, budget);
        } catch (error) {
          throw error instanceof CloudError ? failureOf(url, error) : error;
        }
      }
    },
    // The connections are the pool's, which outlives the queue.
    close: async () => {},
  };
}

function failureOf(url: string, error: CloudError): QueueError {
  const code = error.status === PAYLOAD_TOO_LARGE ? "too-large" : CODES[error.code];
  return new QueueError(url, code, error.message);
}
