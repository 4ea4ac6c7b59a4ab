import type { PolicyContent } from "../../core/policy/compile.ts";
import type { Policy } from "../../core/policy/policy.ts";
import { digestOf } from "../digest.ts";

/** Adds the hash of a policy: SHA-256 (hex) over its canonical JSON. */
export function hashPolicy(content: PolicyContent): Policy {
  return { ...content, hash: digestOf(content) };
}
