import type { EventEmitter } from "node:events";
import { Readable } from "node:stream";
import { requestIdIn } from "../../core/answer.ts";
import { delayBeforeRetry, parseRetryAfter } from "../../core/retry.ts";
import type { Clock } from "../clock.ts";
import { PASSING_STATUSES } from "../cloud.ts";
import type { Connections } from "../connections.ts";
import { type Answer, decodeBody, faultOf, header } from "../failure.ts";
import type { Credentials } from "../sign.ts";
import { withinTry } from "../transport.ts";
import { parseObsFailure } from "./obs-answer.ts";
import { encodeKey, type ObsUnsigned, signObs } from "./obs-sign.ts";
import { StoreError, type StoreErrorCode } from "./store-error.ts";
import type { StoreText } from "./store-text.ts";

/** How OBS is reached, with one invocation's credentials and time. */
export type ObsAccess = {
  /** Origin without a slash at its end: `https://obs.eu-west-101.myhuaweicloud.eu`. */
  readonly endpoint: string;
  readonly credentials: Credentials;
  /** The connections to an origin; every bucket of a real endpoint has one of its own. */
  readonly poolFor: (origin: string) => Connections;
  readonly clock: Clock;
  /** In [0, 1), for the delays between retries. */
  readonly random: () => number;
  readonly signal: AbortSignal;
  /** When the work must be over, on the clock. */
  readonly deadlineMs: number;
  /** After this long a try is given up; usually `OBS_TRY_TIMEOUT_MS`. */
  readonly tryTimeoutMs: number;
};

/** Longer than for a tag call: a plan of 100,000 changes has some 50 MB. */
export const OBS_TRY_TIMEOUT_MS = 60_000;
const OBJECT_BYTES_MAX = 256 * 1024 * 1024;

export type ObsRequest = ObsUnsigned & {
  readonly operation: "GetObject" | "PutObject" | "DeleteObject" | "ListObjects";
  /** Encoded, with its question mark; empty for none. */
  readonly query: string;
  /** What errors name: `obs://bucket/prefix/name`. */
  readonly place: string;
};

/** Codes that say why a 404 is one. Any other 404 is not understood: it never means "nothing there". */
const ABSENT_OBJECT = "NoSuchKey";
const ABSENT_BUCKET = "NoSuchBucket";

/**
 * Makes one call: signs, sends, and retries what may pass, until the deadline. Each of our operations may be
 * repeated: after a lost answer the same object is put, or removed, once more.
 *
 * Answers with the text, `null` for an object that is not there. Throws a `StoreError` for everything else.
 */
export async function callObs(obs: ObsAccess, request: ObsRequest): Promise<string | null> {
  for (let retry = 1; ; retry++) {
    const result = await attempt(obs, request);
    if (result.ok) return result.text;

    const { error, retryAfterMs, passing } = result;
    if (!passing) throw error;
    const delayMs = delayBeforeRetry({ retry, retryAfterMs, random: obs.random() });
    if (delayMs === null) throw error;
    await pause(obs, request, delayMs, error);
  }
}

type Attempt =
  | { readonly ok: true; readonly text: string | null }
  | {
      readonly ok: false;
      readonly error: StoreError;
      readonly retryAfterMs: number | null;
      readonly passing: boolean;
    };

async function attempt(obs: ObsAccess, request: ObsRequest): Promise<Attempt> {
  if (obs.signal.aborted || obs.clock.now() >= obs.deadlineMs)
    throw newError(request, { code: "deadline" });
  let answer: Answer | null;
  try {
    answer = await withinTry(obs, obs, (end) => send(obs, request, end));
  } catch (cause) {
    return failedSend(obs, request, cause);
  }
  if (answer === null)
    throw newError(request, { code: "unexpected", detail: "too large to be read" });
  if (answer.status >= 200 && answer.status < 300) return { ok: true, text: decodeBody(answer) };
  const error = failure(request, answer);
  if (answer.status === 404 && error.serviceCode === ABSENT_OBJECT) return { ok: true, text: null };
  return {
    ok: false,
    error,
    retryAfterMs: parseRetryAfter(header(answer.headers, "retry-after"), obs.clock.now()),
    passing: PASSING_STATUSES.has(answer.status),
  };
}

/** Sends once. `null`: the answer is larger than anything of ours. */
async function send(
  obs: ObsAccess,
  request: ObsRequest,
  end: EventEmitter,
): Promise<Answer | null> {
  const { origin, path } = addressOf(obs.endpoint, request);
  const { statusCode, body, headers } = await obs.poolFor(origin).request({
    method: request.method,
    path: `${path}${request.query}`,
    headers: signObs(request, obs.credentials, obs.clock.now()),
    body: sentBody(request.body),
    signal: end,
  });
  const bytes = await readBytes(body);
  return bytes === null ? null : { status: statusCode, body: bytes, headers };
}

/** Pieces go out one after the other; a text that is held anyway goes at once. */
function sentBody(text: StoreText | null): string | Readable | null {
  return typeof text === "function" ? Readable.from(text(), { objectMode: false }) : text;
}

/**
 * A bucket is a host of its own (api-obs obs_04_0007): `https://bucket.obs.<region>.…`. On loopback, where
 * no such name leads anywhere, it is the first segment of the path. The signature names it either way.
 */
function addressOf(endpoint: string, { bucket, key }: ObsRequest) {
  const { protocol, host, hostname } = new URL(endpoint);
  const path = `/${encodeKey(key)}`;
  return hostname === "127.0.0.1"
    ? { origin: endpoint, path: `/${bucket}${path}` }
    : { origin: `${protocol}//${bucket}.${host}`, path };
}

async function readBytes(body: Readable): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let bytesRead = 0;
  for await (const chunk of body) {
    bytesRead += chunk.length;
    if (bytesRead <= OBJECT_BYTES_MAX) chunks.push(chunk);
  }
  return bytesRead > OBJECT_BYTES_MAX ? null : Buffer.concat(chunks);
}

function failedSend({ signal }: ObsAccess, request: ObsRequest, cause: unknown): Attempt {
  if (signal.aborted) throw newError(request, { code: "deadline" });
  const { detail, passing } = faultOf(cause);
  const error = newError(request, { code: "unreachable", detail });
  return { ok: false, error, retryAfterMs: null, passing };
}

function failure(request: ObsRequest, answer: Answer): StoreError {
  const { status, headers } = answer;
  const { serviceCode, requestId } = parseObsFailure(decodeBody(answer));
  return newError(request, {
    code: status === 404 && serviceCode === ABSENT_BUCKET ? "no-bucket" : codeOfStatus(status),
    status,
    serviceCode,
    requestId: requestId || requestIdIn(header(headers, "x-obs-request-id") ?? ""),
  });
}

function codeOfStatus(status: number): StoreErrorCode {
  if (status === 401 || status === 403) return "denied";
  return PASSING_STATUSES.has(status) ? "unavailable" : "unexpected";
}

async function pause(
  { clock, signal, deadlineMs }: ObsAccess,
  request: ObsRequest,
  delayMs: number,
  failed: StoreError,
): Promise<void> {
  const late = { code: "deadline", detail: `after ${failed.message}` } as const;
  if (clock.now() + delayMs >= deadlineMs) throw newError(request, late);
  try {
    await clock.sleep(delayMs, signal);
  } catch (error) {
    throw signal.aborted ? newError(request, late) : error;
  }
}

/** A `StoreError` of this request. */
export function newError(
  { operation, place }: Pick<ObsRequest, "operation" | "place">,
  parts: { readonly code: StoreErrorCode } & Partial<
    Pick<StoreError, "status" | "serviceCode" | "requestId" | "detail">
  >,
): StoreError {
  return new StoreError({ operation, place, ...parts });
}
