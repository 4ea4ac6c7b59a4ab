import type { Clock } from "./clock.ts";
import type { CloudSettings } from "./contract.ts";

type Usage = { windowStartMs: number; calls: number; milliTokens: number; refilledAtMs: number };

const WINDOW_MS = 1000;
/** Tokens are counted in thousandths, so that a millisecond's refill is a whole number. */
const MILLI = 1000;

/**
 * Counts calls per user against `settings.ratePerSecond`, in fixed windows that begin on the whole second
 * or as a token bucket that holds one second's worth. Which of the two the gateway uses is not published;
 * neither is whether refused calls count (here they do not). KMS and CSMS share one count: they share a
 * host, and sharing is the stricter reading (dew-api.md 5 and "Not established" 7).
 */
export function createThrottle(settings: CloudSettings, clock: Pick<Clock, "now">) {
  const usages = new Map<string, Usage>();

  return {
    /** Takes one call from the user's allowance; false where there is none left. */
    admit(user: string): boolean {
      const rate = settings.ratePerSecond;
      if (rate === null) return true;
      const nowMs = clock.now();
      const usage = usages.get(user) ?? {
        windowStartMs: 0,
        calls: 0,
        milliTokens: rate * MILLI,
        refilledAtMs: nowMs,
      };
      usages.set(user, usage);
      return settings.rateAlgorithm === "window"
        ? admitToWindow(usage, rate, nowMs)
        : admitToBucket(usage, rate, nowMs);
    },
  };
}

function admitToWindow(usage: Usage, rate: number, nowMs: number): boolean {
  const windowStartMs = nowMs - (nowMs % WINDOW_MS);
  if (usage.windowStartMs !== windowStartMs) {
    usage.windowStartMs = windowStartMs;
    usage.calls = 0;
  }
  if (usage.calls >= rate) return false;
  usage.calls += 1;
  return true;
}

function admitToBucket(usage: Usage, rate: number, nowMs: number): boolean {
  const refill = (nowMs - usage.refilledAtMs) * rate;
  usage.milliTokens = Math.min(rate * MILLI, usage.milliTokens + refill);
  usage.refilledAtMs = nowMs;
  if (usage.milliTokens < MILLI) return false;
  usage.milliTokens -= MILLI;
  return true;
}
