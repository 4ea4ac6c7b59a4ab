import { listWords } from "./problem.ts";

const WORD_LENGTH_MAX = 64;
const NAMES_SHOWN_MAX = 25;

/**
 * The name that was probably meant: at most a third of its letters mistyped, three at most. Case
 * does not count. `null` where nothing is near, or has nothing in common with the word.
 */
export function findNearest(word: string, names: readonly string[]): string | null {
  if (word.length > WORD_LENGTH_MAX) return null;
  let best: string | null = null;
  let bestDistance = Math.min(3, Math.max(1, Math.floor(word.length / 3)));
  for (const name of names) {
    if (name === word || name.length > WORD_LENGTH_MAX) continue;
    const distance = countEdits(word.toLowerCase(), name.toLowerCase());
    if (distance === Math.max(word.length, name.length)) continue;
    if (distance < bestDistance || (distance === bestDistance && best === null)) {
      best = name;
      bestDistance = distance;
    }
  }
  return best;
}

/** `one of a, b or c (did you mean b?)`; `none` says what it means that there are no names. */
export function expectName(word: string, names: readonly string[], none: string): string {
  if (names.length === 0) return none;
  const shown = names.slice(0, NAMES_SHOWN_MAX);
  const more = names.length > shown.length ? ", …" : "";
  const list = more === "" ? listWords(shown) : `${shown.join(", ")}${more}`;
  return `${names.length === 1 ? "" : "one of "}${list}${hintName(word, names)}`;
}

/** ` (did you mean b?)`; empty where no name is near. */
export function hintName(word: string, names: readonly string[]): string {
  const nearest = findNearest(word, names);
  return nearest === null ? "" : ` (did you mean ${nearest}?)`;
}

/** Insertions, deletions, replacements and swaps of neighbours that turn `from` into `to`. */
function countEdits(from: string, to: string): number {
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  let beforeLast = last;
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const same = from[row - 1] === to[column - 1];
      // Never in the first row or column: there is nothing before them to be swapped with.
      const swapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      const choices = [
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
      ];
      if (swapped) choices.push((beforeLast[column - 2] ?? 0) + 1);
      current.push(Math.min(...choices));
    }
    beforeLast = last;
    last = current;
  }
  return last[to.length] ?? 0;
}
