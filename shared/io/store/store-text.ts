/**
 * What is written: a text, or the pieces of one that is too long to be held. Pieces are asked for once or more
 * often, as a try may fail, and are the same each time; none ends within a character.
 */
export type StoreText = string | (() => Iterable<string>);

/** The pieces of a text, which is one itself where it was given whole. */
export function piecesOf(text: StoreText): Iterable<string> {
  return typeof text === "string" ? [text] : text();
}
