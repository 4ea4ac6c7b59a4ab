/** Where in a text something stands, both from 1. */
export type Position = { readonly line: number; readonly column: number };

const LITERAL = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const SPACE = /[\t\n\r ]*/y;

type Expected = "value" | "value or ]" | "key" | "key or }" | ":" | ", or end";

/**
 * The offset at which a text stops being JSON; its length where it ends too early; `null` where it is
 * JSON. Node's own parser does not always tell, and quotes the text where it does.
 */
export function findJsonError(text: string): number | null {
  const open: ("{" | "[")[] = [];
  let expected: Expected = "value";
  let at = 0;
  for (;;) {
    at = skip(SPACE, text, at) ?? at;
    if (expected === ", or end" && open.length === 0) return at === text.length ? null : at;
    const character = text[at];
    const container = open.at(-1);
    if (character === undefined) return at;
    if (isClosing(character, expected, container)) {
      open.pop();
      expected = ", or end";
      at += 1;
    } else if (expected === ", or end" || expected === ":") {
      if (character !== (expected === ":" ? ":" : ",")) return at;
      expected = expected === ":" || container === "[" ? "value" : "key";
      at += 1;
    } else if (character === '"') {
      const string = scanString(text, at);
      if (!string.closed) return string.at;
      expected = expected.startsWith("key") ? ":" : ", or end";
      at = string.at;
    } else if (expected.startsWith("key")) {
      return at;
    } else if (character === "{" || character === "[") {
      open.push(character);
      expected = character === "{" ? "key or }" : "value or ]";
      at += 1;
    } else {
      const end = skip(LITERAL, text, at);
      if (end === null) return at;
      expected = ", or end";
      at = end;
    }
  }
}

function isClosing(character: string, expected: Expected, open: "{" | "[" | undefined): boolean {
  if (character === "}")
    return open === "{" && (expected === "key or }" || expected === ", or end");
  return (
    character === "]" && open === "[" && (expected === "value or ]" || expected === ", or end")
  );
}

function scanString(
  text: string,
  start: number,
): { readonly closed: boolean; readonly at: number } {
  let at = start + 1;
  for (;;) {
    const character = text[at];
    if (character === '"') return { closed: true, at: at + 1 };
    if (character === undefined || character < " ") return { closed: false, at };
    const end = character === "\\" ? skip(ESCAPE, text, at) : at + 1;
    if (end === null) return { closed: false, at };
    at = end;
  }
}

/** The end of what a sticky pattern matches at an offset. */
function skip(pattern: RegExp, text: string, at: number): number | null {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : null;
}

/** The line and the column of an offset. */
export function positionAt(text: string, offset: number): Position {
  const before = text.slice(0, offset).split("\n");
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}
