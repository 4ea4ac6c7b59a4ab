// Bytes, not their text: to make the text of a page at once takes several times as long as to make each row's, and rows
// are made one by one anyway. `Buffer`, for no other array of bytes looks for a sequence of them.

/** How a list falls into its rows; places are counted in bytes. */
export type Cut = {
  /** Where each row begins and ends, one after the other. */
  readonly ends: readonly number[];
  /** Where the list ends. */
  readonly end: number;
  /** A row may be several, or a part of one. It is no JSON then. */
  readonly isGuess: boolean;
};

/** The list of a field in a text. */
export type List = Cut & { readonly start: number };

/**
 * A cut that begins there. Not by a spread of the cut: V8 takes nearly each list that is made so for another kind of
 * object, and optimises anew what reads it, with every page.
 */
export function listFrom(start: number, { ends, end, isGuess }: Cut): List {
  return { ends, end, isGuess, start };
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const LIST = 0x5b;
const LIST_END = 0x5d;
const OBJECT = 0x7b;
const OBJECT_END = 0x7d;

/**
 * Finds the list of a field; `null` where there is none. Of a text that is no JSON, or no object, it may find one,
 * too: what is left around it is no such thing either.
 */
export function findList(bytes: Buffer, field: string, cut: typeof cutRows): List | null {
  let at = afterSpace(bytes, 0);
  do {
    const name = afterSpace(bytes, at + 1);
    const colon = afterSpace(bytes, afterValue(bytes, name));
    const start = afterSpace(bytes, colon + 1);
    if (bytes.toString("utf8", name + 1, colon).trimEnd() === `${field}"`) {
      const rows = bytes[start] === LIST ? cut(bytes, start) : null;
      return rows === null ? null : listFrom(start, rows);
    }
    at = afterSpace(bytes, afterValue(bytes, start));
  } while (bytes[at] === COMMA);
  return null;
}

/**
 * Cuts a list of objects where each begins as the second does: `,{"resource_id"`. To look for that takes a
 * fraction of the time that it takes to look at each byte. `null` where it is no such list.
 */
export function guessRows(bytes: Buffer, start: number): Cut | null {
  const first = afterSpace(bytes, start + 1);
  const firstEnd = afterValue(bytes, first);
  const comma = afterSpace(bytes, firstEnd);
  const second = afterSpace(bytes, comma + 1);
  const name = afterSpace(bytes, second + 1);
  const isList = bytes[first] === OBJECT && bytes[comma] === COMMA && bytes[second] === OBJECT;
  if (!isList || bytes[name] !== QUOTE) return null;
  const between = bytes.subarray(firstEnd, lastOfString(bytes, name) + 1);
  const ends = [first];
  let last = first;
  for (let at = firstEnd; at !== -1; at = bytes.indexOf(between, last)) {
    last = at + second - firstEnd;
    ends.push(at, last);
  }
  const lastEnd = afterValue(bytes, last);
  ends.push(lastEnd);
  const end = afterSpace(bytes, lastEnd);
  return bytes[end] === LIST_END ? { ends, end: end + 1, isGuess: true } : null;
}

/** Cuts a list by its brackets and quotes; `null` where it is not one. */
export function cutRows(bytes: Buffer, start: number): Cut | null {
  const first = afterSpace(bytes, start + 1);
  if (bytes[first] !== LIST_END) return cutFrom(bytes, first);
  return { ends: [], end: first + 1, isGuess: false };
}

/** As `cutRows`, for what is left of a list from one of its rows on. */
export function cutFrom(bytes: Buffer, row: number): Cut | null {
  const ends: number[] = [];
  for (let at = row; ; ) {
    const end = afterValue(bytes, at);
    if (end === at) return null;
    ends.push(at, end);
    const next = afterSpace(bytes, end);
    const code = bytes[next];
    if (code === LIST_END) return { ends, end: next + 1, isGuess: false };
    if (code !== COMMA) return null;
    at = afterSpace(bytes, next + 1);
  }
}

function afterSpace(bytes: Buffer, from: number): number {
  let at = from;
  for (;;) {
    const code = bytes[at];
    if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return at;
    at += 1;
  }
}

/** The end of a value, as far as it can be told by brackets and quotes; what is inside is not looked at. */
function afterValue(bytes: Buffer, from: number): number {
  let depth = 0;
  let at = from;
  for (; at < bytes.length; at++) {
    const code = bytes[at] ?? 0;
    if (code === QUOTE) {
      at = lastOfString(bytes, at);
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
function lastOfString(bytes: Buffer, start: number): number {
  let at = start;
  for (;;) {
    at = bytes.indexOf(QUOTE, at + 1);
    if (at === -1) return bytes.length;
    let before = at - 1;
    while (bytes[before] === BACKSLASH) before -= 1;
    // An even number of them are pairs.
    if ((at - before) % 2 === 1) return at;
  }
}
