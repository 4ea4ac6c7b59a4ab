const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });

const ASCII = /^[\x20-\x7e]*$/;
const INVISIBLE = /^[\p{Mn}\p{Me}\p{Cf}\p{Default_Ignorable_Code_Point}]+$/u;
// Wide by UAX 11: the scripts of East Asia, their punctuation and full-width forms, and emoji.
const WIDE =
  /^(?:[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Bopomofo}\p{Emoji_Presentation}\u3000-\u303e\uff01-\uff60\uffe0-\uffe6]|\p{Emoji}\ufe0f)/u;
const HALF_WIDTH = /^[\uff61-\uffdc\uffe8-\uffee]/u;

/** What one sees as one character each. */
export function graphemesOf(text: string): readonly string[] {
  if (ASCII.test(text)) return [...text];
  return [...segmenter.segment(text)].map(({ segment }) => segment);
}

/** Columns that a text takes in a terminal: wide characters two, combining ones none. */
export function widthOf(text: string): number {
  if (ASCII.test(text)) return text.length;
  return graphemesOf(text).reduce((width, grapheme) => width + graphemeWidth(grapheme), 0);
}

/** Columns of one grapheme: 0, 1 or 2. */
export function graphemeWidth(grapheme: string): number {
  if (INVISIBLE.test(grapheme)) return 0;
  return WIDE.test(grapheme) && !HALF_WIDTH.test(grapheme) ? 2 : 1;
}

/**
 * The text with everything that would steer a terminal made visible: control characters, line and
 * paragraph separators, and marks that reorder what one reads. Names and tags come from others.
 */
export function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cs}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
