import { isJsonObject, type JsonObject, parseJson } from "./json-value.ts";

/** The rows of a long list in an answer, each parsed when it is its turn; `undefined` for one that is not JSON. */
export class JsonRows implements Iterable<unknown> {
  readonly #text: string;
  /** Start and end of each row in the text, one after the other. */
  readonly #ends: readonly number[];

  constructor(text: string, ends: readonly number[]) {
    this.#text = text;
    this.#ends = ends;
  }

  get length(): number {
    return this.#ends.length / 2;
  }

  *[Symbol.iterator](): Generator<unknown> {
    for (let row = 0; row < this.#ends.length; row += 2)
      yield parseJson(this.#text.slice(this.#ends[row], this.#ends[row + 1]));
  }
}

/**
 * What a text says as JSON, like `parseJson`, but for the list in one field of the object that it is: that
 * becomes `JsonRows`. A page of a thousand rows takes several times its text when all of it is parsed at once,
 * and so large a thing outlives the quick collection of what is young. Where the text has no such list it is
 * parsed as a whole.
 */
export function parseJsonRows(text: string, field: string): unknown {
  const found = findList(text, field);
  if (found === null) return parseJson(text);
  const rest = parseJson(`${text.slice(0, found.start)}null${text.slice(found.end)}`);
  return isJsonObject(rest) ? withRows(rest, field, new JsonRows(text, found.rows)) : undefined;
}

function withRows(rest: JsonObject, field: string, rows: JsonRows): JsonObject {
  return { ...rest, [field]: rows };
}

type FoundList = { readonly start: number; readonly end: number; readonly rows: number[] };

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const LIST = 0x5b;
const LIST_END = 0x5d;
const OBJECT = 0x7b;
const OBJECT_END = 0x7d;

/**
 * Finds the list of a field, the last where there are several; `null` where there is none. Of a text that is no
 * JSON it may find one, too: what is left around it is no JSON either.
 */
function findList(text: string, field: string): FoundList | null {
  let found: FoundList | null = null;
  let at = afterSpace(text, 0);
  if (text.charCodeAt(at) !== OBJECT) return null;
  do {
    const name = afterSpace(text, at + 1);
    const colon = afterSpace(text, afterValue(text, name));
    const value = afterSpace(text, colon + 1);
    const isField = text.slice(name + 1, colon).trimEnd() === `${field}"`;
    if (isField) found = text.charCodeAt(value) === LIST ? readRows(text, value) : null;
    at = afterSpace(text, isField ? (found?.end ?? text.length) : afterValue(text, value));
  } while (text.charCodeAt(at) === COMMA);
  return found;
}

/** Where each row of the list at `start` begins and ends; `null` where it is not one. */
function readRows(text: string, start: number): FoundList | null {
  const rows: number[] = [];
  let at = afterSpace(text, start + 1);
  if (text.charCodeAt(at) === LIST_END) return { start, end: at + 1, rows };
  for (;;) {
    const end = afterValue(text, at);
    if (end === at) return null;
    rows.push(at, end);
    const next = afterSpace(text, end);
    const code = text.charCodeAt(next);
    if (code === LIST_END) return { start, end: next + 1, rows };
    if (code !== COMMA) return null;
    at = afterSpace(text, next + 1);
  }
}

function afterSpace(text: string, from: number): number {
  let at = from;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return at;
    at += 1;
  }
}

/** The end of a value, as far as it can be told by brackets and quotes; what is inside is not looked at. */
function afterValue(text: string, from: number): number {
  let depth = 0;
  let at = from;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = lastOfString(text, at);
    } else if (code === OBJECT || code === LIST) {
      depth += 1;
      continue;
    } else if (code === OBJECT_END || code === LIST_END) {
      if (depth === 0) return at;
      depth -= 1;
    } else if (depth === 0 && isEnd(code)) {
      return at;
    } else continue;
    if (depth === 0) return at + 1;
  }
  return at;
}

function isEnd(code: number): boolean {
  return code === COMMA || code === COLON || code <= 0x20;
}

/** The quote that ends the string at `start`; where nothing does, the end of the text. */
function lastOfString(text: string, start: number): number {
  let at = start;
  for (;;) {
    at = text.indexOf('"', at + 1);
    if (at === -1) return text.length;
    let before = at - 1;
    while (text.charCodeAt(before) === BACKSLASH) before -= 1;
    // An even number of them are pairs.
    if ((at - before) % 2 === 1) return at;
  }
}
