/** Repetitions of any length that a plain regex may have: each can multiply the tries by the length of the text. */
const REPETITIONS_MAX = 2;
/** Alternatives beside the first: each can double the tries, whatever the text. */
const ALTERNATIVES_MAX = 8;

const ESCAPED = String.raw`\\[dDwWsS^$\\.*+?()[\]{}|/]`;
const CLASS = String.raw`\[(?:[^\]\\]|\\[dDwWsS^$\\.*+?()[\]{}|/-])*\]`;
/** What matches one character. */
const CHARACTER = String.raw`(?:[^\\^$.*+?()[\]{}|]|\.|${ESCAPED}|${CLASS})`;
const REPETITION = String.raw`(?:[*+?]|\{\d+(?:,\d*)?\})\??`;
/** Groups are only for grouping or, one of them, for a name, and none is repeated. */
const BRACKET = String.raw`\((?:\?:)?(?!\?)|\)(?![*+?{])`;
const NAMED = String.raw`\(\?<\w+>`;

const PART = new RegExp(`${CHARACTER}(${REPETITION})?|[\\^$]|(\\|)|${BRACKET}|(${NAMED})`, "uy");

/**
 * Is it seen at a glance that a regex (a valid one, of flag `u`) cannot backtrack exponentially? That is so where
 * only single characters repeat, and at most two of them to any length: then a text of n characters has at most
 * about n³ ways to be tried, times 256 for the alternatives. Whatever is not known here, such as a look-around, is
 * not plain.
 */
export function isPlainRegex(source: string): boolean {
  const part = new RegExp(PART);
  let repetitions = 0;
  let alternatives = 0;
  let names = 0;
  while (part.lastIndex < source.length) {
    const found = part.exec(source);
    if (found === null) return false;
    const [, repetition, alternative, named] = found;
    if (repetition !== undefined && !/^\{\d+\}/.test(repetition)) repetitions += 1;
    if (alternative !== undefined) alternatives += 1;
    if (named !== undefined) names += 1;
  }
  return repetitions <= REPETITIONS_MAX && alternatives <= ALTERNATIVES_MAX && names <= 1;
}
