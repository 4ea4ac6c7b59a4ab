import { createCeiling, noteAccepted, noteRefused, noteStart } from "./ceiling.ts";

/** How a request that started at `sentMs` was answered. `random` is in [0, 1). */
export type Noted = {
  readonly sentMs: number;
  readonly nowMs: number;
  /** Answered with 429. */
  readonly throttled: boolean;
  /** What the server asked for, or `null`. */
  readonly retryAfterMs: number | null;
  readonly random: number;
};

/** Says when the next request to a host may start. All times are in milliseconds, of one clock. */
export type Limiter = {
  /** How long to wait before the next request; 0: it may start now. */
  waitMs(nowMs: number): number;
  /** A request starts now. */
  take(nowMs: number): void;
  /** An answer is here. */
  note(noted: Noted): void;
  /** Requests a second at present. */
  readonly rate: number;
};

export type LimiterOptions = {
  /** In no window of 1,000 ms do more requests start than this; at least 1, a fraction adds nothing. */
  readonly rps: number;
  readonly nowMs: number;
  /** What the server is believed to accept before it has refused anything; default: what is documented, or
   * `rps` where that is far more. */
  readonly startRate?: number;
};

/** What KMS allows each user, reads and writes together (dew-api.md section 5). */
const DOCUMENTED_PER_SECOND = 20;
/** Whoever sets more than this has another agreement, or a cloud of their own: it is believed at once. */
const BELIEVED_ABOVE = 5 * DOCUMENTED_PER_SECOND;
const WINDOW_MS = 1_000;
/** Nobody waits who comes with this many others after a pause: what a creation function needs. */
const HANDFUL = 5;
/** A turn that came late by no more than this is made up for. */
const LATE_MS = 200;
/** How fast a burst is spread out that would come back with every window. */
const EVENING_PART = 0.02;
/** A server that asks for more is not obeyed in full: the invocation would be over. */
const RETRY_AFTER_MAX_MS = 60_000;

/**
 * Makes a limiter that spaces requests evenly, never exceeds `rps`, and keeps to what the server accepts,
 * which it learns from refusals (`ceiling.ts`). Nothing is assumed of how the server counts (windows or
 * a bucket), nor of whether it counts what it refused: neither is established.
 */
export function createLimiter({ rps, nowMs, startRate }: LimiterOptions): Limiter {
  const believed = rps > BELIEVED_ABOVE ? rps : DOCUMENTED_PER_SECOND;
  const known = createCeiling(rps, Math.min(rps, startRate ?? believed));
  const starts = createStarts(Math.max(1, Math.floor(rps)), nowMs);
  let nextMs = nowMs - WINDOW_MS;
  let startedMs = nowMs;
  // A clock that is set back must not stop everything: time stands still for a moment instead.
  let latestMs = nowMs;
  let setBackMs = 0;
  const steady = (ms: number) => {
    setBackMs = Math.max(setBackMs, latestMs - ms);
    latestMs = ms + setBackMs;
    return latestMs;
  };

  return {
    get rate() {
      return known.rate;
    },
    waitMs(ms) {
      const atMs = steady(ms);
      return Math.max(0, Math.ceil(Math.max(nextMs, starts.freeAtMs()) - atMs));
    },
    take(ms) {
      const atMs = steady(ms);
      const limited = atMs - nextMs < LATE_MS;
      noteStart(known, atMs - startedMs, limited);
      startedMs = atMs;
      const everyMs = WINDOW_MS / known.rate;
      const earliestMs = atMs - Math.max(LATE_MS, (HANDFUL - 1) * everyMs);
      const heldMs = Math.max(0, Math.min(atMs, starts.freeAtMs()) - nextMs);
      nextMs = Math.max(nextMs + heldMs * EVENING_PART, earliestMs) + everyMs;
      starts.add(atMs);
    },
    note({ sentMs, nowMs: ms, throttled, retryAfterMs, random }) {
      const fresh = sentMs + setBackMs > known.refusedAtMs;
      if (!throttled) {
        if (fresh) noteAccepted(known);
        return;
      }
      const atMs = steady(ms);
      const startMs = sentMs + setBackMs;
      starts.refuse(startMs);
      if (fresh) {
        const pauseMs = noteRefused(known, {
          sentMs: startMs,
          nowMs: atMs,
          accepted: starts.accepted,
        });
        nextMs = Math.max(nextMs, atMs + pauseMs * (0.75 + random / 2));
      }
      if (retryAfterMs !== null)
        nextMs = Math.max(nextMs, atMs + Math.min(retryAfterMs, RETRY_AFTER_MAX_MS));
    },
  };
}

/** The starts of the last requests, as many as one window may hold, and which of them were refused. */
function createStarts(perWindow: number, nowMs: number) {
  const startsMs = new Float64Array(perWindow).fill(nowMs - 2 * WINDOW_MS);
  let oldest = 0;
  let refusedMs: readonly number[] = [];
  return {
    /** When the window has room: both its ends count as part of it. */
    freeAtMs: () => (startsMs[oldest] ?? 0) + WINDOW_MS + 1,
    add(nowMs: number): void {
      startsMs[oldest] = nowMs;
      oldest = (oldest + 1) % perWindow;
    },
    refuse(sentMs: number): void {
      refusedMs = [...refusedMs.filter((ms) => ms > sentMs - 2 * WINDOW_MS), sentMs];
    },
    accepted(fromMs: number, toMs: number): number {
      const within = (ms: number) => ms > fromMs && ms <= toMs;
      return startsMs.filter(within).length - refusedMs.filter(within).length;
    },
  };
}
