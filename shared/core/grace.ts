import type { Grace, Policy } from "./policy/policy.ts";

/** How long the creator gets to tag its own resource, in milliseconds. `agent` is its user agent. */
export function graceFor(grace: Grace, agent: string | null): number {
  const lower = agent?.toLowerCase() ?? "";
  const row = grace.byAgent.find((entry) => lower.includes(entry.agent.toLowerCase()));
  return row?.ms ?? grace.defaultMs;
}

/** How long the creator of a resource may get at most, by the policy, in milliseconds. */
export function longestGrace({ guards: { grace } }: Pick<Policy, "guards">): number {
  return Math.max(grace.defaultMs, ...grace.byAgent.map(({ ms }) => ms));
}

/**
 * What is left of the grace, in milliseconds. It runs from the trace's time, and from now where the
 * trace has none; a trace from the future (clocks differ) does not make it longer.
 */
export function graceLeft(graceMs: number, traceMs: number | null, nowMs: number): number {
  const elapsedMs = traceMs === null ? 0 : nowMs - traceMs;
  return Math.min(graceMs, Math.max(0, graceMs - elapsedMs));
}
