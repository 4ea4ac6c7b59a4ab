/** An object of JSON. Its fields are anything; read them with `own`, never through the prototype. */
export type JsonObject = { readonly [field: string]: unknown };

/** A text may hold JSON that holds a text that holds JSON: this many times, no more. */
const ENCODINGS_MAX = 3;

/** Is it an object, and neither a list nor `null`? */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A field that the object itself has, be it called `constructor`; `undefined` where it has none. */
export function own<T>(
  object: { readonly [field: string]: T } | undefined,
  field: string,
): T | undefined {
  return object !== undefined && Object.hasOwn(object, field) ? object[field] : undefined;
}

/** What the text says as JSON; `undefined`, which JSON cannot say, where it is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The object that a value is, or that it holds as JSON text; `null` for everything else. */
export function objectOf(value: unknown): JsonObject | null {
  let current = value;
  for (let encoding = 0; encoding < ENCODINGS_MAX && typeof current === "string"; encoding++) {
    current = parseJson(current);
  }
  return isJsonObject(current) ? current : null;
}

/** The text that a value is, whatever it says. `null` for everything else and for blank text. */
export function literalTextOf(value: unknown): string | null {
  return typeof value === "string" && value.trim() !== "" ? value : null;
}

/**
 * The text that a value is. `null` for everything else, for blank text, and for the words
 * "undefined" and "null", which are what careless senders make of an absent value.
 */
export function textOf(value: unknown): string | null {
  return value === "undefined" || value === "null" ? null : literalTextOf(value);
}

/** Follows field names into objects, or into JSON text that holds them; `undefined` where it ends. */
export function valueAt(value: unknown, path: readonly string[]): unknown {
  let current = value;
  for (const field of path) {
    const object = objectOf(current);
    if (object === null) return undefined;
    current = own(object, field);
  }
  return current;
}
