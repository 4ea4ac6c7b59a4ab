/**
 * Characters that nobody sees, or that change how their neighbours look: controls, halves of a character
 * (lone surrogates), marks of the writing direction, characters without width, and those that XML 1.0
 * forbids. Joiners (U+200C, U+200D) are not among them: words and emoji need them.
 */
const UNSEEN =
  /[\p{Cc}\p{Cs}\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff\ufffe\uffff]/gu;

/** One piece of a text: as it is, or the name of a character that nobody would see: `U+202E`. */
export type Piece = { readonly text: string; readonly unseen: boolean };

/** Nothing but white space cannot be seen either. */
const BLANK = /^\s+$/u;

/** Splits a text where characters stand that nobody would see. */
export function piecesOf(text: string): readonly Piece[] {
  if (BLANK.test(text)) return [...text].map((one) => ({ text: nameOf(one), unseen: true }));
  const pieces: Piece[] = [];
  let from = 0;
  for (const match of text.matchAll(UNSEEN)) {
    if (match.index > from) pieces.push({ text: text.slice(from, match.index), unseen: false });
    pieces.push({ text: nameOf(match[0]), unseen: true });
    from = match.index + match[0].length;
  }
  if (from < text.length) pieces.push({ text: text.slice(from), unseen: false });
  return pieces;
}

/** Shows characters that nobody would see by their names, `⟨U+202E⟩`; everything else stays. */
export function visible(text: string): string {
  const named = (character: string) => `⟨${nameOf(character)}⟩`;
  return BLANK.test(text) ? [...text].map(named).join("") : text.replace(UNSEEN, named);
}

function nameOf(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}

/** Cuts a text to so many code points, an ellipsis included where something is missing. */
export function shorten(text: string, codePointsMax: number): string {
  if (text.length <= codePointsMax) return text;
  const points = [...text];
  return points.length <= codePointsMax ? text : `${points.slice(0, codePointsMax - 1).join("")}…`;
}
