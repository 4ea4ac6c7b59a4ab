import { checkPolicy } from "../../core/policy/check.ts";
import { compilePolicy } from "../../core/policy/compile.ts";
import { draftPolicy } from "../../core/policy/draft.ts";
import { listLookups } from "../../core/policy/lookups.ts";
import type { Policy } from "../../core/policy/policy.ts";
import type { PolicyLines } from "../../core/policy/policy-lines.ts";
import { formatPath, type Mistake, type Problem } from "../../core/policy/problem.ts";
import { checkRegex, listRegexes } from "../../core/policy/regexes.ts";
import { hashPolicy } from "./hash.ts";
import { findLines } from "./lines.ts";
import { readLookups } from "./lookup.ts";
import { POLICY_BYTES_MAX, readText } from "./read.ts";
import { checkRegexSafety } from "./redos.ts";
import { type ParsedText, parseText } from "./text.ts";

export { formatProblem, type Problem } from "../../core/policy/problem.ts";

/** A policy that may be used, or everything that is wrong with it, in the order of its files. */
export type PolicyResult =
  | {
      readonly ok: true;
      readonly policy: Policy;
      readonly lines: PolicyLines;
      readonly warnings: readonly Problem[];
    }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/**
 * Reads, checks and compiles a policy file (YAML or JSON) with its lookup tables.
 *
 * All problems come at once, those of a broken part beside those of the parts that are whole. Files
 * are named in problems as `path` names them. Throws only what is a bug.
 */
export async function readPolicy(path: string): Promise<PolicyResult> {
  const read = await readText(path, POLICY_BYTES_MAX);
  if (read.ok) return readPolicyText(read.text, path);
  const { message, expected } = read;
  const problem = { file: path, line: 1, column: 1, path: formatPath([]), message, expected };
  return { ok: false, problems: [problem] };
}

/** The same for a text that stands, or would stand, in the file `path`. */
export async function readPolicyText(text: string, path: string): Promise<PolicyResult> {
  const parsed = parseText(text);
  const inFile = (problem: Omit<Problem, "file">): Problem => ({ file: path, ...problem });
  if (!parsed.readable) return { ok: false, problems: parsed.problems.map(inFile) };

  const draft = draftPolicy(parsed.value, parsed.broken);
  const { document, locate } = draft;
  const regexes = listRegexes(document).map((use) => ({ use, mistakes: checkRegex(use) }));
  const uncompiled = regexes.filter(({ mistakes }) => mistakes.some(isOfRegex));
  const compiled = regexes.filter((regex) => !uncompiled.includes(regex));
  const safety = await checkRegexSafety(compiled.map(({ use }) => use));
  const unsafe = new Set([...safety.unsafe, ...uncompiled.map(({ use }) => use.source)]);
  const lookups = await readLookups(path, listLookups(document));

  const mistakes: readonly Mistake[] = [
    ...draft.mistakes,
    ...[
      ...regexes.flatMap((regex) => regex.mistakes),
      ...safety.mistakes,
      ...checkPolicy(draft, unsafe),
      ...lookups.mistakes,
    ].map((mistake) => ({ ...mistake, path: locate(mistake.path) })),
  ];
  const place = (mistake: Mistake) => inFile(placeMistake(mistake, parsed));
  const problems = [
    ...parsed.problems.map(inFile),
    ...mistakes.filter(({ level }) => level === "error").map(place),
    ...lookups.problems,
  ];
  if (problems.length > 0) return { ok: false, problems: inOrder(problems, path) };

  const warnings = mistakes.filter(({ level }) => level === "warning").map(place);
  return {
    ok: true,
    policy: hashPolicy(compilePolicy(document, lookups.tables, parsed.keysAt(["tags"]))),
    lines: findLines(document, parsed),
    warnings: inOrder([...parsed.warnings.map(inFile), ...warnings], path),
  };
}

/** Is the regex itself wrong, and not only the group that is read from it? */
function isOfRegex({ path }: Mistake): boolean {
  return path[path.length - 1] !== "group";
}

function placeMistake({ path, at, message, expected }: Mistake, parsed: ParsedText) {
  return { ...parsed.placeOf(path, at), path: formatPath(path), message, expected };
}

/** The policy's own problems first, then those of each table; each file from top to bottom. */
function inOrder(problems: readonly Problem[], policyFile: string): readonly Problem[] {
  const rank = ({ file }: Problem) => (file === policyFile ? "" : file);
  return [...problems].sort(
    (one, other) =>
      compare(rank(one), rank(other)) || one.line - other.line || one.column - other.column,
  );
}

function compare(one: string, other: string): number {
  return one === other ? 0 : one < other ? -1 : 1;
}
