import type { CloudError } from "../core/error.ts";
import { parseJsonRows } from "../core/json-rows.ts";
import { parseJson } from "../core/json-value.ts";
import type { ResourceKind } from "../core/resource.ts";
import { delayBeforeRetry, parseRetryAfter } from "../core/retry.ts";
import type { Clock } from "./clock.ts";
import type { Connections } from "./connections.ts";
import { type Answer, decodeBody, failure, faultOf, header, newError } from "./failure.ts";
import type { Pacer } from "./pacer.ts";
import type { Credentials, UnsignedRequest } from "./sign.ts";
import { tryOnce } from "./transport.ts";

/** One host, reached with one invocation's credentials. */
export type Cloud = {
  /** Origin without a slash at its end: `https://kms.eu-west-101.myhuaweicloud.eu`. */
  readonly endpoint: string;
  readonly project: string;
  readonly credentials: Credentials;
  readonly pool: Connections;
  readonly clock: Clock;
  readonly random: () => number;
  /** Every try waits for its turn there. One for each host and invocation. */
  readonly pacer: Pacer;
  /** After this long a try is given up; usually `TRY_TIMEOUT_MS`. */
  readonly tryTimeoutMs: number;
};

/** What one input may use: time, and a counter of the requests made for it, retries included. */
export type Budget = {
  readonly signal: AbortSignal;
  /** When the work must be over, on the clock. */
  readonly deadlineMs: number;
  readonly countCall: () => void;
};

export type CloudRequest = Omit<UnsignedRequest, "endpoint"> & {
  /** What is tried, in a word for both services; errors name it. */
  readonly operation: string;
  /** Whose error codes say "no such resource" and "never to be tagged". */
  readonly kind: ResourceKind;
  /** The field of the answer whose rows are many: it comes as `JsonRows`. */
  readonly rows?: string | undefined;
};

/** Huawei asks for 5 to 8 s before a try is given up (dew-api.md section 5). */
export const TRY_TIMEOUT_MS = 8_000;

/** Statuses after which the same request may succeed (dew-api.md section 5, and 503). */
export const PASSING_STATUSES: ReadonlySet<number> = new Set([429, 500, 502, 503, 504]);

const THROTTLED = 429;

/**
 * Makes one call: signs, sends, and retries what may pass, within the budget.
 *
 * Answers with the parsed JSON body, `undefined` where there is none. Throws a `CloudError` for
 * everything else; the deadline wins over all other reasons.
 *
 * After a 429 this call waits for itself, so that its five retries are not spent in a second, while the
 * pacer slows all calls down. Both waits run at the same time, and other calls take the free turns.
 */
export async function call(cloud: Cloud, request: CloudRequest, budget: Budget): Promise<unknown> {
  for (let retry = 1; ; retry++) {
    const result = await attempt(cloud, request, budget);
    if (result.ok) return result.body;

    const { error, retryAfterMs, passing } = result;
    if (!passing) throw error;
    const delayMs = delayBeforeRetry({ retry, retryAfterMs, random: cloud.random() });
    if (delayMs === null) throw error;
    await pause(cloud, request, budget, delayMs, error);
  }
}

type Attempt =
  | { readonly ok: true; readonly body: unknown }
  | {
      readonly ok: false;
      readonly error: CloudError;
      readonly retryAfterMs: number | null;
      readonly passing: boolean;
    };

async function attempt(cloud: Cloud, request: CloudRequest, budget: Budget): Promise<Attempt> {
  requireTime(cloud, request, budget);
  const turn = cloud.pacer.turn(request, budget);
  if (turn !== undefined) await turn;
  const sentMs = cloud.clock.now();
  budget.countCall();
  let answer: Answer;
  try {
    answer = await tryOnce(cloud, request, budget);
  } catch (cause) {
    return failedSend(request, budget, cause);
  }
  const retryAfterMs = parseRetryAfter(header(answer.headers, "retry-after"), cloud.clock.now());
  cloud.pacer.note(sentMs, answer.status === THROTTLED, retryAfterMs);
  if (answer.status >= 200 && answer.status < 300) return readBody(request, answer);
  return {
    ok: false,
    error: failure(request, answer),
    retryAfterMs,
    passing: PASSING_STATUSES.has(answer.status),
  };
}

function readBody(request: CloudRequest, answer: Answer): Attempt {
  const { status, body } = answer;
  if (body.length === 0) return { ok: true, body: undefined };
  const { rows } = request;
  const json = rows === undefined ? parseJson(decodeBody(answer)) : parseJsonRows(body, rows);
  if (json !== undefined) return { ok: true, body: json };
  const detail = "the body is not JSON";
  const error = newError(request, { code: "unexpected", status, detail });
  return { ok: false, error, retryAfterMs: null, passing: false };
}

function failedSend(request: CloudRequest, { signal }: Budget, cause: unknown): Attempt {
  if (signal.aborted) throw newError(request, { code: "deadline" });
  const { detail, passing } = faultOf(cause);
  const error = newError(request, { code: "unreachable", detail });
  return { ok: false, error, retryAfterMs: null, passing };
}

function requireTime({ clock }: Cloud, request: CloudRequest, budget: Budget): void {
  if (budget.signal.aborted || clock.now() >= budget.deadlineMs)
    throw newError(request, { code: "deadline" });
}

async function pause(
  { clock }: Cloud,
  request: CloudRequest,
  budget: Budget,
  delayMs: number,
  failed: CloudError,
): Promise<void> {
  const late = { code: "deadline", detail: `after ${failed.message}` } as const;
  if (clock.now() + delayMs >= budget.deadlineMs) throw newError(request, late);
  try {
    await clock.sleep(delayMs, budget.signal);
  } catch (error) {
    throw budget.signal.aborted ? newError(request, late) : error;
  }
}
