import { dirname, resolve } from "node:path";
import { parseJson } from "../../core/json-value.ts";
import type { Policy } from "../../core/policy/policy.ts";
import { formatPath, type Mistake, type Problem, quote } from "../../core/policy/problem.ts";
import { checkTests, type PlacedTest } from "../../core/policy-test/check.ts";
import { type PreparedTest, timeOf } from "../../core/policy-test/evaluate.ts";
import { readText } from "../policy/read.ts";
import { type ParsedText, type Place, parseText } from "../policy/text.ts";

/** Largest file of tests, and largest event. */
const FILE_BYTES_MAX = 4_194_304;

/** A test and where it stands, with all that it needs. */
export type FileTest = PreparedTest & { readonly place: Place };

/** The tests of a file, or everything that is wrong with it, from top to bottom. */
export type TestsResult =
  | { readonly ok: true; readonly tests: readonly FileTest[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/**
 * Reads and checks a file of policy tests (YAML or JSON) with the events that it names. All problems come
 * at once, and `path` is what they call the file. Throws only what is a bug.
 */
export async function readTests(path: string, policy: Policy): Promise<TestsResult> {
  const read = await readText(path, FILE_BYTES_MAX);
  if (!read.ok) {
    const { message, expected } = read;
    const problem = { file: path, line: 1, column: 1, path: formatPath([]), message, expected };
    return { ok: false, problems: [problem] };
  }
  const parsed = parseText(read.text);
  const inFile = (problem: Omit<Problem, "file">): Problem => ({ file: path, ...problem });
  if (!parsed.readable) return { ok: false, problems: parsed.problems.map(inFile) };

  const { tests, whole, mistakes } = checkTests(parsed.value, parsed.broken, policy);
  const events = await readEvents(dirname(path), whole);
  const place = (mistake: Mistake) => inFile(placeMistake(mistake, parsed));
  const problems = [
    ...parsed.problems.map(inFile),
    ...[...mistakes, ...events.mistakes].map(place),
  ];
  if (tests === null || problems.length > 0) return { ok: false, problems: inOrder(problems) };
  return {
    ok: true,
    tests: tests.tests.map((test, index) => ({
      test,
      nowMs: timeOf(test, tests.now),
      place: parsed.placeOf(["tests", index], "value"),
      ...(test.event !== undefined && { event: events.byFile.get(test.event) }),
    })),
  };
}

type Events = {
  readonly byFile: ReadonlyMap<string, unknown>;
  readonly mistakes: readonly Mistake[];
};

async function readEvents(folder: string, tests: readonly PlacedTest[]): Promise<Events> {
  const byFile = new Map<string, unknown>();
  const mistakes: Mistake[] = [];
  for (const { test, path } of tests) {
    const { event: file } = test;
    if (file === undefined || byFile.has(file)) continue;
    const read = await readText(resolve(folder, file), FILE_BYTES_MAX);
    const event = read.ok ? parseJson(read.text) : undefined;
    byFile.set(file, event);
    if (event !== undefined) continue;
    const { message, expected } = read.ok
      ? { message: "it is not JSON", expected: "an event as JSON" }
      : read;
    mistakes.push({
      level: "error",
      path: [...path, "event"],
      at: "value",
      message: `${quote(file)}: ${message}`,
      expected,
    });
  }
  return { byFile, mistakes };
}

function placeMistake({ path, at, message, expected }: Mistake, parsed: ParsedText) {
  return { ...parsed.placeOf(path, at), path: formatPath(path), message, expected };
}

function inOrder(problems: readonly Problem[]): readonly Problem[] {
  return [...problems].sort((one, other) => one.line - other.line || one.column - other.column);
}
