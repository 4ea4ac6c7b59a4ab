import { parseFailure } from "../../core/answer.ts";
import type { Greeting } from "../../core/doctor/access.ts";
import type { ProbeAnswer } from "../../core/doctor/probe-answer.ts";
import { parseJson } from "../../core/json-value.ts";
import { RESOURCE_KINDS } from "../../core/resource.ts";
import { delayBeforeRetry, parseRetryAfter } from "../../core/retry.ts";
import type { Clock } from "../clock.ts";
import {
  type Budget,
  type Cloud,
  type CloudRequest,
  PASSING_STATUSES,
  TRY_TIMEOUT_MS,
} from "../cloud.ts";
import { poolFor } from "../connect.ts";
import { type Answer, decodeBody, faultOf, header } from "../failure.ts";
import { tryOnce, withinTry } from "../transport.ts";

/** A call whose answer shows something. `path` is safe to send as it is. */
export type ProbeCall = Pick<CloudRequest, "operation" | "method" | "path"> & {
  readonly body?: object;
};

/** A person waits: what may pass is tried again less often than in a run. */
const RETRIES_MAX = 2;

/** Makes a signed call and answers with what came of it, whatever that is. Rejects when the time is over. */
export async function probe(cloud: Cloud, asked: ProbeCall, budget: Budget): Promise<ProbeAnswer> {
  const request: CloudRequest = { body: undefined, ...asked, kind: RESOURCE_KINDS.key };
  for (let retry = 1; ; retry++) {
    await cloud.pacer.turn(request, budget);
    const sentMs = cloud.clock.now();
    let answer: Answer;
    try {
      answer = await tryOnce(cloud, request, budget);
    } catch (cause) {
      budget.signal.throwIfAborted();
      return { kind: "silent", detail: faultOf(cause).detail };
    }
    const { status, headers } = answer;
    const retryAfterMs = parseRetryAfter(header(headers, "retry-after"), cloud.clock.now());
    cloud.pacer.note(sentMs, status === 429, retryAfterMs);
    const delayMs = delayBeforeRetry({ retry, retryAfterMs, random: cloud.random() });
    if (!PASSING_STATUSES.has(status) || retry > RETRIES_MAX || delayMs === null) {
      const body = decodeBody(answer);
      const { serviceCode } = status < 300 ? { serviceCode: "" } : parseFailure(body);
      return { kind: "answered", status, serviceCode, body: parseJson(body) };
    }
    await cloud.clock.sleep(delayMs, budget.signal);
  }
}

/** Asks a host for nothing, unsigned: whether it answers, and what time it is there. */
export async function greet(
  endpoint: string,
  clock: Clock,
  budget: Pick<Budget, "signal" | "deadlineMs">,
): Promise<Greeting> {
  const sentMs = clock.now();
  try {
    const { headers } = await withinTry({ clock, tryTimeoutMs: TRY_TIMEOUT_MS }, budget, (end) =>
      poolFor(endpoint)
        .request({ method: "GET", path: "/", signal: end })
        .then(async (response) => {
          await response.body.dump();
          return response;
        }),
    );
    const date = Date.parse(header(headers, "date") ?? "");
    const ourMs = (sentMs + clock.now()) / 2;
    return { kind: "answered", serverMs: Number.isNaN(date) ? null : date, ourMs };
  } catch (cause) {
    budget.signal.throwIfAborted();
    return { kind: "silent", detail: faultOf(cause).detail };
  }
}
