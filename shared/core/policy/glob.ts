// Characters that a regex with the flag `u` gives a meaning, and may therefore be escaped.
const SYNTAX = /[\^$\\.*+?()[\]{}|/]/g;
const ANYTHING = "[\\s\\S]";

/**
 * A glob as a regex for the whole value: `*` is any run of characters, `?` one character.
 *
 * Each run but the last stops at the first place where the text after it fits. That finds a match
 * whenever there is one and leaves nothing to backtrack to, however many stars there are.
 */
export function globToRegex(glob: string): string {
  const [first = "", ...others] = glob.split(/\*+/).map(literal);
  const last = others.pop();
  if (last === undefined) return `^${first}$`;
  const middle = others.map((text) => `(?:(?!${text})${ANYTHING})*${text}`).join("");
  return `^${first}${middle}${ANYTHING}*${last}$`;
}

function literal(text: string): string {
  return text
    .split("?")
    .map((part) => part.replace(SYNTAX, "\\$&"))
    .join(ANYTHING);
}

const RUN = /\(\?:\(\?!(?:\\.|[^\\])*?\)\[\\s\\S\]\)\*/g;

/** The glob from which `globToRegex` made a regex; `null`: none. */
export function regexToGlob(regex: string): string | null {
  const glob = regex
    .slice(1, -1)
    .replace(RUN, "*")
    .replaceAll(`${ANYTHING}*`, "*")
    .replaceAll(ANYTHING, "?")
    .replace(/\\([^\p{L}\p{N}])/gu, "$1");
  return globToRegex(glob) === regex ? glob : null;
}
