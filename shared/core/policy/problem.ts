/** Where something stands in the policy: keys of mappings and indexes of lists, from the root. */
export type Path = readonly (string | number)[];

/** Something wrong, or worth a warning, at a path of the policy; its line is worked out later. */
export type Mistake = {
  readonly level: "error" | "warning";
  readonly path: Path;
  /** Does it concern the key at the end of `path`, or the value that stands there? */
  readonly at: "key" | "value";
  readonly message: string;
  readonly expected: string;
};

/** A mistake with its place in a file. Lines and columns count from 1, columns in UTF-16 units. */
export type Problem = {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** `tags.Owner.value[0].column`; `(document)` for the whole file. */
  readonly path: string;
  /** What is wrong. */
  readonly message: string;
  readonly expected: string;
};

/** `owners.csv:3:1 u-17: the key stands twice; expected …`: one problem as one line. */
export function formatProblem(problem: Problem): string {
  const { file, line, column, path, message, expected } = problem;
  const text = `${file}:${line}:${column} ${path}: ${message}; expected ${expected}`;
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, escapeCharacter);
}

function escapeCharacter(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

const PLAIN_KEY = /^[\p{L}\p{N}_$-]+$/u;

/** `tags.Owner.value[0]`, with keys that are more than a word in quotes. */
export function formatPath(path: Path): string {
  if (path.length === 0) return "(document)";
  return path
    .map((part) => {
      if (typeof part === "number") return `[${part}]`;
      return PLAIN_KEY.test(part) ? `.${part}` : `[${JSON.stringify(part)}]`;
    })
    .join("")
    .replace(/^\./, "");
}

/** A path as the key of a map or set. */
export function pathId(path: Path): string {
  return JSON.stringify(path);
}

const QUOTED_LENGTH_MAX = 60;

/** A value of the policy in quotes, cut where it is long. */
export function quote(text: string): string {
  const characters = [...text];
  return characters.length <= QUOTED_LENGTH_MAX
    ? JSON.stringify(text)
    : `${JSON.stringify(characters.slice(0, QUOTED_LENGTH_MAX).join(""))}…`;
}

/** `a, b or c`. */
export function listWords(words: readonly string[]): string {
  return words.length < 2
    ? words.join("")
    : `${words.slice(0, -1).join(", ")} or ${words[words.length - 1]}`;
}
