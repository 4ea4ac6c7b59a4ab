import type { Exemption } from "../policy/policy.ts";
import { toIsoTime } from "../time.ts";

/** Does the exemption still hold? */
export function isInForce({ expiresMs }: Exemption, nowMs: number): boolean {
  return expiresMs === null || nowMs < expiresMs;
}

/** The last day on which an exemption holds; `null`: it never ends. */
export function lastDayOf({ expiresMs }: Exemption): string | null {
  return expiresMs === null ? null : toIsoTime(expiresMs - 1).slice(0, 10);
}
