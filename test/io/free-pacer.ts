import { createLimiter } from "../../shared/core/limiter.ts";
import type { Clock } from "../../shared/io/clock.ts";
import { createPacer, type Pacer } from "../../shared/io/pacer.ts";

const RPS = 10_000;

/** A pacer in its place that holds nobody up: for what is not about rates. */
export function createFreePacer(clock: Clock): Pacer {
  const limiter = createLimiter({ rps: RPS, nowMs: clock.now(), startRate: RPS });
  return createPacer(limiter, clock, () => 0.5);
}
