import { createHash } from "node:crypto";
import type { PolicyContent } from "../../core/policy/compile.ts";
import type { Policy } from "../../core/policy/policy.ts";

/** Adds the hash of a policy: SHA-256 (hex) over its canonical JSON. */
export function hashPolicy(content: PolicyContent): Policy {
  const hash = createHash("sha256").update(canonicalJson(content)).digest("hex");
  return { ...content, hash };
}

/** JSON with sorted keys and no spaces: the same for the same data, however it was written. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(",")}}`;
}
