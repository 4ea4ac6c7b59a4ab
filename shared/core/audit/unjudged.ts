import type { SkipReason } from "../inventory/item.ts";
import { BUILT_IN } from "./built-in-rules.ts";
import { type DraftFinding, draft } from "./draft.ts";

/** Of a resource that is never to be tagged. */
export function untaggable(reason: SkipReason): DraftFinding {
  const rule = "resource.taggable";
  return draft({ rule, severity: BUILT_IN[rule].severity, status: "skipped", reason });
}

/** Of a resource of which too little could be read; `expected`: what was needed, in words. */
export function unreadable(expected: string): DraftFinding {
  const rule = "resource.readable";
  const { severity } = BUILT_IN[rule];
  return draft({ rule, severity, status: "error", reason: "tags-unknown", expected });
}
