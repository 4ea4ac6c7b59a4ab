import { CloudError, type CloudErrorCode } from "../core/error.ts";
import type { Outcome, OutcomeKind } from "../core/outcome.ts";
import type { TagChange } from "../core/tag.ts";

/** How a failed call ends the input that it was made for. */
export type FailedEnding = Pick<Outcome, "kind" | "reason" | "code">;

/** Failures after which the same request may succeed later. */
const PASSING: readonly CloudErrorCode[] = ["throttled", "unavailable", "unreachable", "deadline"];

/** May the same be tried again, with hope? */
export function isPassing({ code }: Pick<Outcome, "code">): boolean {
  return code !== undefined && PASSING.includes(code);
}

/**
 * What a failed call means for its input; `untaggable` says how one ends that the service never tags,
 * by the reason. Anything but a `CloudError` is a defect and goes through.
 */
export function endingOf(
  error: unknown,
  untaggable: (reason: string) => OutcomeKind,
): FailedEnding {
  if (!(error instanceof CloudError)) throw error;
  switch (error.code) {
    case "deadline":
      return { kind: "deferred", reason: error.message, code: error.code };
    case "untaggable":
      return { kind: untaggable(error.detail), reason: error.detail };
    default:
      return { kind: "failed", reason: error.message, code: error.code };
  }
}

/** An ending's reason, and the keys of which nobody could make sure that they are back. */
export function reasonWithLost(reason: string | undefined, lost: readonly TagChange[]): string {
  return [reason ?? "", ...lost.map(({ key }) => `lost ${key}`)]
    .filter((part) => part !== "")
    .join(", ");
}
