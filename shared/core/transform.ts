import { own } from "./json-value.ts";
import type { Transform } from "./policy/policy.ts";
import { formatTime, parseTime } from "./time.ts";

/**
 * Applies transforms in their order. `null`: one of them does not know the value (a `map` without
 * it, a `date` of something that is no time), so the source is passed over as `unmapped`.
 */
export function transformValue(value: string, transforms: readonly Transform[]): string | null {
  let result: string | null = value;
  for (const transform of transforms) {
    if (result === null) return null;
    result = transformOnce(result, transform);
  }
  return result;
}

function transformOnce(value: string, transform: Transform): string | null {
  switch (transform.kind) {
    case "lower":
      return value.toLowerCase();
    case "upper":
      return value.toUpperCase();
    case "trim":
      return value.trim();
    case "title":
      return toTitle(value);
    case "slug":
      return toSlug(value);
    case "date": {
      const timeMs = parseTime(value);
      return timeMs === null ? null : formatTime(timeMs, transform.pattern);
    }
    case "map":
      return own(transform.table, value) ?? null;
    case "prefix":
      return transform.text + value;
    case "suffix":
      return value + transform.text;
  }
}

function toTitle(value: string): string {
  return value.toLowerCase().replace(/[\p{L}\p{N}][\p{L}\p{M}\p{N}'’]*/gu, (word) => {
    const [first = "", ...rest] = word;
    return first.toUpperCase() + rest.join("");
  });
}

function toSlug(value: string): string {
  return value
    .normalize("NFKD")
    .toLowerCase()
    .replace(/\p{M}/gu, "")
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
}
