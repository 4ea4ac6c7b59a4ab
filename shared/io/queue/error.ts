/**
 * Why a queue did not take a message.
 *
 * - `denied`: credentials or permissions, or a transport that may not be used here; never retried.
 * - `unreachable`, `unavailable`: passing (connection; 429 and 5xx, or what a broker calls so), still there after
 *   the retries.
 * - `too-large`: a text is over the limit of its transport.
 * - `deadline`: the time of the invocation was over first.
 * - `unexpected`: refused for another reason; the same text will be refused again.
 */
export type QueueErrorCode =
  | "denied"
  | "unreachable"
  | "unavailable"
  | "too-large"
  | "unexpected"
  | "deadline";

/** A publication that failed after its retries. Its message is a log line and holds nothing of a text. */
export class QueueError extends Error {
  readonly code: QueueErrorCode;

  /** `url` as `Queue` has it; `detail` in names, codes and numbers. */
  constructor(url: string, code: QueueErrorCode, detail = "") {
    super(`queue ${url}: ${code}${detail === "" ? "" : `, ${detail}`}`);
    this.name = "QueueError";
    this.code = code;
  }
}
