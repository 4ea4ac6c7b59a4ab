import { cutFrom, cutRows, findList, guessRows, type List, listFrom } from "./json-list.ts";
import { isJsonObject, parseJson } from "./json-value.ts";

/**
 * A long list in one field of an answer, and what stands around it. Each row is parsed when it is its turn;
 * `undefined` for one that is not JSON.
 */
export class JsonRows implements Iterable<unknown> {
  readonly #bytes: Buffer;
  #list: List;

  constructor(bytes: Buffer, list: List) {
    this.#bytes = bytes;
    this.#list = list;
  }

  /** How many there are; for certain once all of them were read. */
  get length(): number {
    return this.#list.ends.length / 2;
  }

  /** The answer with `null` in the list's place; for certain once all rows were read. */
  get rest(): unknown {
    const { start, end } = this.#list;
    return parseJson(`${this.#textOf(0, start)}null${this.#textOf(end)}`);
  }

  *[Symbol.iterator](): Generator<unknown> {
    for (let row = 0; row < this.#list.ends.length; row += 2) {
      const read = this.#parse(row);
      if (read !== undefined) yield read;
      else {
        this.#recut(row);
        yield this.#parse(row);
      }
    }
  }

  #textOf(from: number | undefined, to?: number): string {
    return this.#bytes.toString("utf8", from, to);
  }

  #parse(row: number): unknown {
    const { ends } = this.#list;
    return parseJson(this.#textOf(ends[row], ends[row + 1]));
  }

  /**
   * Cuts what begins with this row once more, where that was a guess; those before it are JSON, and so are rows. Where
   * it is damaged nobody knows what comes after it: it is the last one then.
   */
  #recut(row: number): void {
    const { start, end, ends, isGuess } = this.#list;
    if (!isGuess) return;
    const rest = cutFrom(this.#bytes, ends[row] ?? end) ?? {
      ends: ends.slice(row, row + 2),
      end,
      isGuess,
    };
    this.#list = listFrom(start, { ...rest, ends: [...ends.slice(0, row), ...rest.ends] });
  }
}

/**
 * What bytes of UTF-8 say as JSON, like `parseJson` of their text, but an object with a list in the given field becomes `JsonRows`. A
 * page of a thousand rows takes several times its size when all of it is parsed at once, and so large a thing
 * outlives the quick collection of what is young.
 */
export function parseJsonRows(bytes: Buffer, field: string): unknown {
  for (const cut of [guessRows, cutRows]) {
    const list = findList(bytes, field, cut);
    if (list === null) continue;
    const rows = new JsonRows(bytes, list);
    // What was found may be another field, in an object further down, or not the last one of its name.
    if (isJsonObject(rows.rest) && rows.rest[field] === null) return rows;
  }
  return parseJson(bytes.toString("utf8"));
}
