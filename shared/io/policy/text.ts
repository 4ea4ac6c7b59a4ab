import { LineCounter, parseDocument } from "yaml";
import { type Path, type Problem, pathId } from "../../core/policy/problem.ts";
import { readNodes } from "./node.ts";

/** A problem whose file is known to the caller. */
export type PlacedProblem = Omit<Problem, "file">;

export type Place = { readonly line: number; readonly column: number };

/** What a YAML or JSON text says, and where it says it. */
export type ParsedText = {
  /** `false` where the syntax is broken, so that `value` means nothing. */
  readonly readable: boolean;
  readonly value: unknown;
  readonly problems: readonly PlacedProblem[];
  readonly warnings: readonly PlacedProblem[];
  /** Parts of `value` that could not be read, each with its problem. */
  readonly broken: readonly Path[];
  /** Keys of the mapping at a path, in the order of the text. */
  readonly keysAt: (path: Path) => readonly string[];
  /** Where a key or value stands; for what is missing, where its parent stands. */
  readonly placeOf: (path: Path, at: "key" | "value") => Place;
};

const SYNTAX_PROBLEMS_MAX = 50;
const DOCUMENT = "(document)";

const SYNTAX: { readonly [code: string]: string } = {
  MULTIPLE_DOCS: "the file holds several documents",
  RESOURCE_EXHAUSTION: "it is nested too deeply",
};

/** Parses YAML 1.2, and with it JSON. Never throws: what is wrong is in `problems`. */
export function parseText(text: string): ParsedText {
  const lines = new LineCounter();
  // Keys are compared while the nodes are read: the parser's own check is quadratic.
  const document = parseDocument(text, {
    lineCounter: lines,
    merge: true,
    prettyErrors: false,
    uniqueKeys: false,
  });
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const ofSyntax = ({ code, message, pos }: SyntaxFault): PlacedProblem => ({
    ...placeAt(pos[0]),
    path: DOCUMENT,
    message: SYNTAX[code] ?? message.replace(/\.$/, ""),
    expected: "valid YAML or JSON",
  });

  const warnings = document.warnings.map(ofSyntax);
  if (document.errors.length > 0) return unreadable(document.errors.map(ofSyntax), warnings);

  const nodes = readNodes(document.contents);
  return {
    readable: true,
    value: nodes.value,
    problems: nodes.problems.map(({ offset, ...problem }) => ({ ...placeAt(offset), ...problem })),
    warnings,
    broken: nodes.broken,
    keysAt: (path) => nodes.keys.get(pathId(path)) ?? [],
    placeOf: (path, at) => placeAt(findOffset(nodes.offsets, path, at)),
  };
}

type SyntaxFault = {
  readonly code: string;
  readonly message: string;
  readonly pos: readonly [number, number];
};

function unreadable(
  problems: readonly PlacedProblem[],
  warnings: readonly PlacedProblem[],
): ParsedText {
  const exhausted = problems.find(({ message }) => message === SYNTAX.RESOURCE_EXHAUSTION);
  // One fault may be told several times at the same place, or once more for each level around it.
  const distinct = new Map(
    problems.map((problem) => [`${problem.line}:${problem.column}`, problem]),
  );
  const shown = exhausted === undefined ? [...distinct.values()] : [exhausted];
  return {
    readable: false,
    value: undefined,
    problems: shown.slice(0, SYNTAX_PROBLEMS_MAX),
    warnings,
    broken: [],
    keysAt: () => [],
    placeOf: () => ({ line: 1, column: 1 }),
  };
}

type Offsets = ReadonlyMap<string, { readonly key: number; readonly value: number }>;

function findOffset(offsets: Offsets, path: Path, at: "key" | "value"): number {
  const exact = offsets.get(pathId(path));
  if (exact !== undefined) return exact[at];
  return path.length === 0 ? 0 : findOffset(offsets, path.slice(0, -1), "value");
}
