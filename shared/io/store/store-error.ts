/**
 * Why a store could not do what was asked.
 *
 * - `bad-url`: the store's URL cannot be read, or there is no access to OBS.
 * - `denied`: credentials, permissions of the agency, or of the folder; never retried.
 * - `no-bucket`: the bucket is not there.
 * - `misplaced`: a file where a folder is expected, or the reverse.
 * - `full`: no room on the disk, or a quota is used up.
 * - `unavailable`: passing (429; 5xx), still there after the retries.
 * - `unreachable`: no connection, still so after the retries where it may pass.
 * - `deadline`: the time of the invocation was over first.
 * - `unexpected`: an answer that the documents do not know, or another fault of the file system.
 */
export type StoreErrorCode =
  | "bad-url"
  | "denied"
  | "no-bucket"
  | "misplaced"
  | "full"
  | "unavailable"
  | "unreachable"
  | "deadline"
  | "unexpected";

export type StoreErrorFields = {
  readonly code: StoreErrorCode;
  /** What was tried: `PutObject`, `ListObjects`; `write`, `list`, … in a folder. */
  readonly operation: string;
  /** What it was tried on: `obs://bucket/prefix/name`, or a path. */
  readonly place: string;
  /** HTTP status; 0 where there was no answer. */
  readonly status: number;
  /** OBS's error code, such as `AccessDenied`; empty where it sent none. */
  readonly serviceCode: string;
  /** The request id that support asks for; empty where it sent none. */
  readonly requestId: string;
  /** What was expected, or a word for what went wrong: `ECONNRESET`. */
  readonly detail: string;
};

/** A store's call that failed after its retries. The message is a log line, with nothing of a body. */
export class StoreError extends Error implements StoreErrorFields {
  readonly code: StoreErrorCode;
  readonly operation: string;
  readonly place: string;
  readonly status: number;
  readonly serviceCode: string;
  readonly requestId: string;
  readonly detail: string;

  constructor({
    status = 0,
    serviceCode = "",
    requestId = "",
    detail = "",
    ...asked
  }: Pick<StoreErrorFields, "code" | "operation" | "place"> & Partial<StoreErrorFields>) {
    const fields = { ...asked, status, serviceCode, requestId, detail };
    super(describe(fields));
    this.name = "StoreError";
    this.code = fields.code;
    this.operation = fields.operation;
    this.place = fields.place;
    this.status = status;
    this.serviceCode = serviceCode;
    this.requestId = requestId;
    this.detail = detail;
  }
}

function describe(fields: StoreErrorFields): string {
  const parts = [
    `${fields.operation} ${fields.place}: ${fields.code}`,
    fields.status > 0 ? `status ${fields.status}` : "",
    fields.serviceCode,
    fields.detail,
    fields.requestId === "" ? "" : `request ${fields.requestId}`,
  ];
  return parts.filter((part) => part !== "").join(", ");
}
