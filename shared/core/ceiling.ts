/** A refusal (429) of a request that started after what was learned from those before it. */
export type Refusal = {
  readonly sentMs: number;
  readonly nowMs: number;
  /** How many of the requests that started after `fromMs`, and not after `toMs`, were accepted. */
  readonly accepted: (fromMs: number, toMs: number) => number;
};

/**
 * What is known of the rate that a server accepts from us, in requests a second.
 *
 * After a refusal the rate climbs from a little below the ceiling up to it, more and more slowly, and
 * then goes beyond it in steps that double: an unchanged limit costs one refusal a climb, and a limit
 * that was raised is reached in seconds. Each refusal makes the next climb longer, except while much
 * more was to be had not long ago: then another caller took it, who may leave again.
 */
export type Ceiling = {
  readonly rps: number;
  /** What requests start at now; never above `rps`. */
  rate: number;
  ceiling: number;
  /** How long requests have started as fast as they may since the last refusal. */
  ageMs: number;
  climbMs: number;
  /** The highest ceiling that held for long; fades where it does not come back. */
  best: number;
  /** What a token bucket that fills at the ceiling would hold; below zero it explains nothing any more. */
  spare: number;
  refusedAtMs: number;
  /** Refusals shortly after each other, with accepted requests between them. */
  strikes: number;
  /** Refusals with nothing accepted between them, and where those began. */
  inRow: number;
  firstSentMs: number;
  firstRate: number;
};

export const P = {
  dip: 0.03,
  cut: 0.994,
  keep: 1.0035,
  holdMinMs: 2500,
  holdGrow: 2.4,
  holdCalls: 900,
  holdMaxMs: 30000,
  lowHoldMs: 5000,
  stageMs: 1600,
  strikeMs: 1500,
  overdraft: -3,
  pauseCalls: 1.5,
  pauseGrow: 4,
  curve: 4,
  believeMs: 10000,
  stepPart: 0.045,
  low: 0.75,
  fade: 0.05,
  slack: 1.035,
  mix: 0.3,
  bump: 0.5,
  up: 0.01,
  drop: 0.9,
  double: 2,
};

const CEILING_MIN = 0.5;
const PAUSE_MAX_MS = 10_000;
const SECOND_MS = 1_000;

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
 * Takes note of a request that starts `passedMs` after the one before. Without demand nothing is learned:
 * only while requests start as fast as they may (`limited`) does the rate climb.
 */
export function start(known: Ceiling, passedMs: number, limited: boolean): void {
  if (limited) known.ageMs += passedMs;
  const filled = known.spare + (known.ceiling * P.slack * passedMs) / SECOND_MS;
  known.spare = Math.min(known.ceiling, filled) - 1;
  if (known.rate >= known.rps && known.spare < P.overdraft) known.ceiling = known.rps;
  known.rate = rateAt(known, known.ageMs);
}

/** Takes note that a request was accepted that started after the last refusal had been noted. */
export function accept(known: Ceiling): void {
  known.inRow = 0;
}

/** Lowers the rate, and answers how long nothing should start, in milliseconds. */
export function refuse(known: Ceiling, refusal: Refusal): number {
  const before = known.ceiling;
  const held = known.ageMs >= P.believeMs ? before : 0;
  known.best = Math.max(known.best - (known.best - before) * P.fade, held);
  known.strikes = refusal.sentMs - known.refusedAtMs < P.strikeMs ? known.strikes + 1 : 1;
  known.inRow += 1;

  const ceiling = known.inRow === 1 ? ceilingAfter(known, refusal) : ceilingInRow(known, refusal);
  if (known.inRow === 1) {
    known.firstSentMs = refusal.sentMs;
    known.firstRate = known.rate;
    known.climbMs = raised(known) ? P.holdMinMs : nextClimbMs(known, ceiling);
  }
  known.ceiling = Math.max(CEILING_MIN, ceiling);
  if (known.ceiling < before * P.drop) known.climbMs = P.holdMinMs;
  known.ageMs = 0;
  known.spare = 0;
  known.refusedAtMs = refusal.nowMs;
  known.rate = rateAt(known, 0);
  const turns = P.pauseCalls * P.pauseGrow ** Math.min(known.inRow - 1, 10);
  return Math.min(PAUSE_MAX_MS, (turns * SECOND_MS) / known.ceiling);
}

function rateAt({ rps, ceiling, climbMs }: Ceiling, ageMs: number): number {
  if (ceiling >= rps) return rps;
  if (ageMs < climbMs) return Math.min(rps, ceiling * (1 - P.dip * (1 - ageMs / climbMs) ** P.curve + P.up * (ageMs / climbMs) ** P.curve));
  const steps = Math.min(20, 1 + Math.floor((ageMs - climbMs) / P.stageMs));
  return Math.min(rps, ceiling + step(ceiling) * (P.double ** steps - 1));
}

function step(ceiling: number): number {
  return Math.max(1, ceiling * P.stepPart);
}

const beyond = ({ ageMs, climbMs, rate, ceiling }: Ceiling): boolean => ageMs >= climbMs && rate > ceiling;
const raised = (known: Ceiling): boolean => beyond(known) && known.spare < P.overdraft;

function ceilingAfter(known: Ceiling, { sentMs, accepted }: Refusal): number {
  const { ceiling, rate, ageMs } = known;
  const lately = accepted(sentMs - SECOND_MS, sentMs);
  const heldRate = Math.max(ceiling, rateAt(known, Math.max(0, ageMs - P.stageMs)));
  if (raised(known)) {
    const measured = heldRate + (lately * 0.97 - heldRate) * P.mix;
    return Math.max(heldRate, Math.min(rate, measured));
  }
  if (beyond(known)) {
    const oneStep = Math.min(heldRate, ceiling + step(ceiling)) - ceiling;
    return Math.min(rate, Math.max(ceiling * P.keep, ceiling + oneStep * P.bump));
  }
  if (known.strikes === 1) return rate * P.cut;
  if (known.strikes === 2) return clamp(lately, rate * 0.8, rate * 0.97);
  return clamp(lately, rate * 0.6, rate * 0.9);
}

function ceilingInRow(known: Ceiling, { sentMs, accepted }: Refusal): number {
  const { ceiling, firstRate, firstSentMs } = known;
  const allowed = accepted(sentMs - SECOND_MS, firstSentMs);
  return Math.min(ceiling, Math.max(firstRate * 0.3, allowed));
}

function nextClimbMs(known: Ceiling, ceiling: number): number {
  const { climbMs, best } = known;
  const fullMs = clamp((P.holdCalls * SECOND_MS) / ceiling, P.lowHoldMs, P.holdMaxMs);
  const longestMs = ceiling < best * P.low ? P.lowHoldMs : fullMs;
  return clamp(climbMs * P.holdGrow, P.holdMinMs, longestMs);
}

function clamp(value: number, min: number, max: number): number {
  return Math.min(Math.max(value, min), max);
}
