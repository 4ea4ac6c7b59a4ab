import { ASYNC_RESULT_BYTES_MAX } from "./limits.ts";
import type { Failure } from "./messages.ts";

/**
 * What a failure destination receives (functiongraph.md section 5).
 *
 * `status_code` is spelt as in the page's sample (its table has `statusCode`) and stays 200: another code means
 * an error of the system, not of the function.
 */
export type FailurePayload = {
  /** When the invocation was accepted, in the odd form of the page's sample: an offset behind the `Z`. */
  readonly timestamp: string;
  readonly request_context: {
    readonly request_id: string;
    readonly function_urn: string;
    /** The type of the error. */
    readonly condition: string;
    /** All tries; more than 1 where it was retried. */
    readonly approximate_invoke_count: number;
  };
  /** The event as JSON text. */
  readonly request_payload: string;
  readonly response_context: { readonly status_code: number; readonly function_error: string };
  /** What the function answered, as JSON text; empty where that is longer than 256 KB. */
  readonly response_payload: string;
};

/** An asynchronous invocation that is given up. */
export type LostInvocation = {
  readonly requestId: string;
  readonly urn: string;
  readonly acceptedAtMs: number;
  readonly tries: number;
  readonly event: string;
  readonly failure: Failure;
};

/** Describes a lost invocation as its failure destination is told. */
export function describeLoss(lost: LostInvocation): FailurePayload {
  const answer = JSON.stringify(lost.failure);
  return {
    timestamp: `${new Date(lost.acceptedAtMs).toISOString()}+00:00`,
    request_context: {
      request_id: lost.requestId,
      function_urn: lost.urn,
      condition: lost.failure.errorType,
      approximate_invoke_count: lost.tries,
    },
    request_payload: lost.event,
    response_context: { status_code: 200, function_error: lost.failure.errorMessage },
    response_payload: Buffer.byteLength(answer) > ASYNC_RESULT_BYTES_MAX ? "" : answer,
  };
}
