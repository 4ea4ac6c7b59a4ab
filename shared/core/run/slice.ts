import { ATTEMPTS_MAX, type SliceMessage } from "./message.ts";
import type { PlannedResource } from "./run-plan.ts";
import { isWrite } from "./step.ts";

/** Most bytes of a slice as JSON: half of what one asynchronous event may have (functiongraph.md 6). */
export const SLICE_BYTES_MAX = 128 * 1024;

/** What all slices of a run have in common. */
export type SliceHead = Pick<SliceMessage, "run" | "project" | "policy">;

/**
 * Cuts a part of a plan into messages of at most `SLICE_BYTES_MAX` bytes, in order; each still fits
 * when it is published again with a time and an attempt. No message is empty.
 *
 * A resource that is too large for a message of its own, which only long explanations can make it,
 * comes with what is written and why, and without the rest of its rows.
 */
export function sliceMessages(
  { run, project, policy }: SliceHead,
  resources: readonly PlannedResource[],
): readonly SliceMessage[] {
  const message = (part: PlannedResource[]): SliceMessage => ({
    kind: "slice",
    version: 1,
    run,
    project,
    policy,
    resources: part,
  });
  const emptyBytes = bytesOf({ ...message([]), notBefore: LATEST, attempt: ATTEMPTS_MAX });
  const parts: PlannedResource[][] = [];
  let partBytes = Number.POSITIVE_INFINITY;
  for (const whole of resources) {
    const fits = emptyBytes + bytesOf(whole) <= SLICE_BYTES_MAX;
    const resource = fits ? whole : withoutExplanations(whole);
    const bytes = COMMA_BYTES + bytesOf(resource);
    if (partBytes + bytes > SLICE_BYTES_MAX) {
      parts.push([]);
      // There is none before the first.
      partBytes = emptyBytes - COMMA_BYTES;
    }
    parts.at(-1)?.push(resource);
    partBytes += bytes;
  }
  return parts.map(message);
}

const COMMA_BYTES = 1;

/** The latest time that a message can be put off to, and so the longest text of one. */
const LATEST = "9999-12-31T23:59:59.999Z";

/**
 * The rows that write, with key, values, source and reason: at most 20 tags that are there and 20 new
 * ones, each within the limits, are below 110 KB even where each character takes six bytes.
 */
function withoutExplanations(whole: PlannedResource): PlannedResource {
  const changes = whole.changes
    .filter(isWrite)
    .map(({ passed, adjustedFrom, ...change }) => change);
  return { ...whole, changes };
}

/** Bytes of a value as JSON in UTF-8. */
function bytesOf(value: unknown): number {
  return new TextEncoder().encode(JSON.stringify(value)).length;
}
