/**
 * What a failed call means to the use cases. Only `io/failure.ts` turns an answer into one of these.
 *
 * - `absent`: there is no such resource, or it is not visible yet.
 * - `untaggable`: the service never tags this one (`detail` says why: `default-key`, …).
 * - `rejected`: the request was refused (400); the same request will be refused again.
 * - `denied`: credentials or permissions (401, 403); never retried.
 * - `throttled`, `unavailable`, `unreachable`: passing (429; 5xx; connection), still there after the retries.
 * - `deadline`: the time of the invocation was over first.
 * - `unexpected`: an answer that the documents do not know.
 */
export type CloudErrorCode =
  | "absent"
  | "untaggable"
  | "rejected"
  | "denied"
  | "throttled"
  | "unavailable"
  | "unreachable"
  | "deadline"
  | "unexpected";

export type CloudErrorFields = {
  readonly code: CloudErrorCode;
  /** What was tried, in a word for both services: `ListTags`, `BatchTags(create)`. */
  readonly operation: string;
  /** HTTP status; 0 where there was no answer. */
  readonly status: number;
  /** The service's or the gateway's error code, such as `KMS.0207`; empty where it sent none. */
  readonly serviceCode: string;
  /** The request id that support asks for; empty where it sent none. */
  readonly requestId: string;
  /** A word for what went wrong where status and code do not say it: `ECONNRESET`, `default-key`. */
  readonly detail: string;
};

/** A call that failed after its retries. Its message is a log line and holds nothing of a body. */
export class CloudError extends Error implements CloudErrorFields {
  readonly code: CloudErrorCode;
  readonly operation: string;
  readonly status: number;
  readonly serviceCode: string;
  readonly requestId: string;
  readonly detail: string;

  constructor(fields: CloudErrorFields) {
    super(describe(fields));
    this.name = "CloudError";
    this.code = fields.code;
    this.operation = fields.operation;
    this.status = fields.status;
    this.serviceCode = fields.serviceCode;
    this.requestId = fields.requestId;
    this.detail = fields.detail;
  }
}

function describe(fields: CloudErrorFields): string {
  const parts = [
    `${fields.operation}: ${fields.code}`,
    fields.status > 0 ? `status ${fields.status}` : "",
    fields.serviceCode,
    fields.detail,
    fields.requestId === "" ? "" : `request ${fields.requestId}`,
  ];
  return parts.filter((part) => part !== "").join(", ");
}
