/** A refusal (429) of a request that started after everything learned so far had taken effect. */
export type Refusal = {
  readonly sentMs: number;
  readonly nowMs: number;
  /** How many of the requests that started after `fromMs`, and not after `toMs`, were accepted. */
  readonly accepted: (fromMs: number, toMs: number) => number;
};

/**
 * What is known of the rate that a server accepts from us, in requests a second.
 *
 * After a refusal the rate climbs from a little below the ceiling to a little above it, slowly where the
 * limit is likely to be, and then leaves it in steps that double. So an unchanged limit costs about one
 * refusal a climb, and a raised one is reached in seconds. Each refusal that teaches nothing new makes
 * the next climb longer, except while much more was to be had not long ago: that may come back.
 */
export type Ceiling = {
  readonly rps: number;
  /** What requests start at now; never above `rps`. */
  rate: number;
  ceiling: number;
  /** How long requests have been starting as fast as they may, since the last refusal. */
  ageMs: number;
  climbMs: number;
  /** The highest ceiling that held for long; fades while it does not come back. */
  best: number;
  /** What is left in a bucket that fills at the ceiling; far below zero: the ceiling explains no more. */
  spare: number;
  refusedAtMs: number;
  /** Refusals soon after each other, with accepted requests between them. */
  strikes: number;
  /** Refusals without an accepted request between them, and the first of these. */
  inRow: number;
  firstSentMs: number;
  firstRate: number;
};

const SECOND_MS = 1_000;
const CEILING_MIN = 0.5;

/** A climb begins and ends this far from the ceiling, and is flattest in its middle. */
const DIP_PART = 0.03;
const RISE_PART = 0.01;
const FLATNESS = 4;
const CLIMB_MIN_MS = 2_500;
const CLIMB_GROWTH = 2.4;
/** The longest climb, in requests: one refusal in so many; and what that may be in time. */
const CLIMB_CALLS = 900;
const CLIMB_MAX_MS = 36_000;
/** The longest while there was lately a third more to be had. */
const SHORT_CLIMB_MS = 5_000;
const MISSED_PART = 0.75;
const FADING_PART = 0.05;
const BELIEVED_MS = 10_000;

/** A step lasts longer than any window of a second, and is as much as makes a difference in one. */
const STEP_MS = 1_600;
const STEP_PART = 0.045;
const STEPS_MAX = 20;
/** How much better than the ceiling the server may be before the ceiling is said to be wrong. */
const SLACK = 1.035;
const OVERDRAWN = -3;

/** What a lone refusal takes from the rate, and how soon the next one must come to be more than that. */
const CUT_PART = 0.006;
const STRIKE_MS = 1_500;
/** A fall as deep as this means that something has changed. */
const FALL_PART = 0.9;

const PAUSE_TURNS = 1.5;
const PAUSE_GROWTH = 4;
const PAUSE_MAX_MS = 10_000;

/** Begins with what the server is believed to accept before it has refused anything. */
export function createCeiling(rps: number, startRate: number): Ceiling {
  return {
    rps,
    rate: startRate,
    ceiling: startRate,
    ageMs: 0,
    climbMs: 0,
    best: 0,
    spare: 0,
    refusedAtMs: Number.NEGATIVE_INFINITY,
    strikes: 0,
    inRow: 0,
    firstSentMs: 0,
    firstRate: 0,
  };
}

/**
 * Notes that a request starts, `passedMs` after the one before. Only while requests start as fast as they
 * may (`limited`) does the rate climb: what nobody asks for is not tried.
 */
export function noteStart(known: Ceiling, passedMs: number, limited: boolean): void {
  if (limited) known.ageMs += passedMs;
  const filled = known.spare + (known.ceiling * SLACK * passedMs) / SECOND_MS;
  known.spare = Math.min(known.ceiling, filled) - 1;
  if (known.rate >= known.rps && known.spare < OVERDRAWN) known.ceiling = known.rps;
  known.rate = rateAt(known, known.ageMs);
}

/** Notes that a request was accepted that started after the last refusal. */
export function noteAccepted(known: Ceiling): void {
  known.inRow = 0;
}

/** Notes a refusal, which lowers the rate; answers for how long nothing should start, in milliseconds. */
export function noteRefused(known: Ceiling, refusal: Refusal): number {
  const before = known.ceiling;
  const held = known.ageMs >= BELIEVED_MS ? before : 0;
  known.best = Math.max(known.best - (known.best - before) * FADING_PART, held);
  known.strikes = refusal.sentMs - known.refusedAtMs < STRIKE_MS ? known.strikes + 1 : 1;
  known.inRow += 1;
  if (known.inRow > 1) known.ceiling = ceilingInRow(known, refusal);
  else {
    const ceiling = ceilingAfter(known, refusal);
    known.climbMs = isRaised(known) ? CLIMB_MIN_MS : nextClimbMs(known, ceiling);
    known.ceiling = ceiling;
    known.firstSentMs = refusal.sentMs;
    known.firstRate = known.rate;
  }
  known.ceiling = Math.max(CEILING_MIN, known.ceiling);
  if (known.ceiling < before * FALL_PART) known.climbMs = CLIMB_MIN_MS;
  known.ageMs = 0;
  known.spare = 0;
  known.refusedAtMs = refusal.nowMs;
  known.rate = rateAt(known, 0);
  const turns = PAUSE_TURNS * PAUSE_GROWTH ** Math.min(known.inRow - 1, STEPS_MAX);
  return Math.min(PAUSE_MAX_MS, (turns * SECOND_MS) / known.ceiling);
}

function rateAt({ rps, ceiling, climbMs }: Ceiling, ageMs: number): number {
  if (ceiling >= rps) return rps;
  if (ageMs >= climbMs) {
    const steps = Math.min(STEPS_MAX, 1 + Math.floor((ageMs - climbMs) / STEP_MS));
    return Math.min(rps, ceiling + stepOf(ceiling) * (2 ** steps - 1));
  }
  const part = ageMs / climbMs;
  const bend = RISE_PART * part ** FLATNESS - DIP_PART * (1 - part) ** FLATNESS;
  return Math.min(rps, ceiling * (1 + bend));
}

/** One more request in a window is the least that a server that counts in windows notices. */
function stepOf(ceiling: number): number {
  return Math.max(1, ceiling * STEP_PART);
}

function isStepping({ ageMs, climbMs, rate, ceiling }: Ceiling): boolean {
  return ageMs >= climbMs && rate > ceiling;
}

/** More was accepted than any bucket that fills at the ceiling could have saved up: the limit is higher. */
function isRaised(known: Ceiling): boolean {
  return isStepping(known) && known.spare < OVERDRAWN;
}

function ceilingAfter(known: Ceiling, { sentMs, accepted }: Refusal): number {
  const { ceiling, rate, ageMs, strikes } = known;
  const lately = accepted(sentMs - SECOND_MS, sentMs);
  if (isStepping(known)) {
    const heldRate = Math.max(ceiling, rateAt(known, Math.max(0, ageMs - STEP_MS)));
    if (isRaised(known))
      return Math.max(heldRate, Math.min(rate, heldRate * 0.7 + lately * 0.97 * 0.3));
    // The first step held: that may have been savings, or half a step of truth.
    return Math.min(rate, ceiling + Math.min(heldRate - ceiling, stepOf(ceiling)) / 2);
  }
  if (strikes === 1) return rate * (1 - CUT_PART);
  // What was accepted in the last second is no less than the limit: the window that is full lies in it.
  return strikes === 2
    ? clamp(lately, rate * 0.8, rate * 0.97)
    : clamp(lately, rate * 0.6, rate * 0.9);
}

/**
 * A window that was full at the first refusal and is full still began less than a second ago, so that it
 * let through no more than was accepted between that moment and the first refusal.
 */
function ceilingInRow(known: Ceiling, { sentMs, accepted }: Refusal): number {
  const allowed = accepted(sentMs - SECOND_MS, known.firstSentMs);
  return Math.min(known.ceiling, Math.max(known.firstRate * 0.3, allowed));
}

function nextClimbMs({ climbMs, best }: Ceiling, ceiling: number): number {
  const fullMs = clamp((CLIMB_CALLS * SECOND_MS) / ceiling, SHORT_CLIMB_MS, CLIMB_MAX_MS);
  const longestMs = ceiling < best * MISSED_PART ? SHORT_CLIMB_MS : fullMs;
  return clamp(climbMs * CLIMB_GROWTH, CLIMB_MIN_MS, longestMs);
}

function clamp(value: number, min: number, max: number): number {
  return Math.min(Math.max(value, min), max);
}
