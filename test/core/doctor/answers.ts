import type { ProbeAnswer } from "../../../shared/core/doctor/probe-answer.ts";

/** An answer of a service: a status, its own code, and what it says. */
export function answered(status: number, serviceCode = "", body?: unknown): ProbeAnswer {
  return { kind: "answered", status, serviceCode, body };
}

/** What a service says when it does what it was asked. */
export function said(body: unknown): ProbeAnswer {
  return answered(200, "", body);
}

/** No answer at all. */
export function silent(detail: string): ProbeAnswer {
  return { kind: "silent", detail };
}

/** Answers that are no lists and no objects: an error, silence, and successes that say something else. */
export const UNREADABLE: readonly ProbeAnswer[] = [
  silent("ETIMEDOUT"),
  answered(403, "X.1", {}),
  said(undefined),
  said(null),
  said("text"),
  said(7),
];
