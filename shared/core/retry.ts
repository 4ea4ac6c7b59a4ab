/** Most retries of one call, after its first try (product decision; Huawei asks for 3 to 5, dew-api.md 5). */
export const RETRIES_MAX = 5;
const FIRST_DELAY_MS = 200;
/** A server that asks for more than this is not obeyed in full: the invocation would be over. */
const RETRY_AFTER_MAX_MS = 60_000;

const FIRST_LOOK_MS = 500;
const LOOK_MAX_MS = 10_000;

/** What is known when a try has failed for a passing reason. `random` is in [0, 1). */
export type FailedTry = {
  /** 1 for the first retry. */
  readonly retry: number;
  /** What the server asked for, or `null`. */
  readonly retryAfterMs: number | null;
  readonly random: number;
};

/**
 * How long to wait before a retry, in milliseconds; `null` when there have been enough.
 *
 * Doubles from 200 ms, half of it by chance so that callers who were refused together do not come
 * back together. A longer `Retry-After` wins (no page says that one is sent; dew-api.md 5).
 */
export function delayBeforeRetry({ retry, retryAfterMs, random }: FailedTry): number | null {
  if (retry > RETRIES_MAX) return null;
  const fullMs = FIRST_DELAY_MS * 2 ** (retry - 1);
  const ownMs = fullMs / 2 + (fullMs / 2) * random;
  return Math.max(ownMs, Math.min(retryAfterMs ?? 0, RETRY_AFTER_MAX_MS));
}

/**
 * How long to wait before looking again for a resource that is not there (yet), in milliseconds;
 * `null` once its event is older than `visibleMs`: then it is gone. An event without a time is
 * young for ever, because nothing shows the opposite.
 */
export function delayBeforeLook(
  look: number,
  ageMs: number | null,
  visibleMs: number,
): number | null {
  if (ageMs !== null && ageMs >= visibleMs) return null;
  return Math.min(FIRST_LOOK_MS * 2 ** (look - 1), LOOK_MAX_MS);
}

/** Reads `Retry-After`: seconds, or an HTTP date against `nowMs`. `null` for anything else. */
export function parseRetryAfter(header: string | undefined, nowMs: number): number | null {
  if (header === undefined) return null;
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1_000;
  // `Date.parse` makes a date of nearly anything, so the form is asked first.
  const dateMs = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} /.test(header)
    ? Date.parse(header)
    : NaN;
  return Number.isNaN(dateMs) ? null : Math.max(0, dateMs - nowMs);
}
