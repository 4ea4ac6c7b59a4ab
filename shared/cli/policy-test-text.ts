import type { UnsignedFinding } from "../core/audit/record.ts";
import type { Mismatch } from "../core/policy-test/compare.ts";
import type { PolicyCoverage, PolicyPart } from "../core/policy-test/coverage.ts";
import type { Suite } from "../core/report/junit-suite.ts";
import { whyLines } from "./tag-text.ts";
import type { Terminal } from "./terminal.ts";
import { printable } from "./text-width.ts";
import type { Session } from "./verb.ts";

/** How one test ended. */
export type TestResult = {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly name: string;
  readonly ok: boolean;
  readonly mismatches: readonly Mismatch[];
};

/** How all of them ended. */
export type TestResults = {
  readonly policy: { readonly file: string; readonly hash: string };
  readonly results: readonly TestResult[];
  /** `null` where only some tests ran. */
  readonly coverage: PolicyCoverage | null;
};

/** Shows how each test ended, with what is otherwise than expected, and a summary. It is data. */
export function showResults(
  { policy, results, coverage }: TestResults,
  { terminal, options }: Session,
): void {
  const fail = results.filter(({ ok }) => !ok).length;
  const pass = results.length - fail;
  if (options.format === "json") {
    terminal.json({ policy, tests: results, summary: { pass, fail }, coverage });
    return;
  }
  for (const result of results) showResult(result, terminal);
  const number = `${results.length} ${results.length === 1 ? "test" : "tests"}`;
  terminal.data(fail === 0 ? `${number}: all pass` : `${number}: ${pass} pass, ${fail} fail`);
}

function showResult({ file, line, name, ok, mismatches }: TestResult, terminal: Terminal): void {
  const { green, red, bold, dim } = terminal.paint;
  const word = ok ? green("pass") : red(bold("FAIL"));
  terminal.data(`${word}  ${printable(name)}${ok ? "" : dim(`  ${printable(file)}:${line}`)}`);
  let part = "";
  for (const mismatch of mismatches) {
    if (mismatch.part !== part) terminal.data(`  ${mismatch.part}`);
    part = mismatch.part;
    const [expected, got, ...why] = linesOf(mismatch);
    if (expected !== "" && expected !== undefined) terminal.data(red(`    ${expected}`));
    if (got !== "" && got !== undefined) terminal.data(green(`    ${got}`));
    for (const reason of why) terminal.data(dim(`        ${reason}`));
  }
}

/** What was expected and what came, either of them empty where there is none, and why. */
function linesOf({ about, expected, got, change, finding }: Mismatch): readonly string[] {
  const line = (mark: string, text: string | null) =>
    text === null
      ? ""
      : printable([mark, about === "" ? "" : `${about}:`, text].filter(Boolean).join(" "));
  const why = [
    ...(change === undefined ? [] : whyLines(change)),
    ...(finding === undefined ? [] : findingLines(finding)),
  ];
  return [line("-", expected), line("+", got), ...why.map(printable)];
}

function findingLines({ actual, expected, fix_action: fix }: UnsignedFinding): readonly string[] {
  return [
    ...(actual === null ? [] : [`there is ${actual}`]),
    ...(expected === null ? [] : [`expected ${expected}`]),
    ...(fix === null ? [] : [`a plan would ${fix}`]),
  ];
}

/** The results of a file as JUnit has them: a case for each test, which fails with its differences. */
export function suiteOf(file: string, results: readonly TestResult[]): Suite {
  const cases = results
    .filter((result) => result.file === file)
    .map(({ name, ok, line, mismatches }) => ({
      name,
      group: "policy",
      outcome: ok ? ("pass" as const) : ("failure" as const),
      type: "mismatch",
      lines: [
        ...mismatches.flatMap((mismatch) =>
          linesOf(mismatch)
            .filter((text) => text !== "")
            .map((text) => `${mismatch.part} ${text}`),
        ),
        `${file}:${line}`,
      ],
    }));
  return [file, cases];
}

const KINDS: { readonly [Kind in PolicyPart["kind"]]: string } = {
  selector: "no resource is picked by the selector",
  tag: "no test is about the tag",
  source: "no tag comes from the source",
  alias: "no test has the alias",
  rule: "nothing breaks the rule",
  exemption: "nothing is excused by the exemption",
};

/** Says which parts of the policy no test touches. */
export function showCoverage(
  { parts, untouched }: PolicyCoverage,
  required: boolean,
  terminal: Terminal,
): void {
  const say = required ? terminal.fail : terminal.note;
  for (const { kind, name } of untouched) say(`not tested: ${KINDS[kind]} ${name}`);
  const touched = parts - untouched.length;
  terminal.note(`the tests touch ${touched} of the ${parts} parts of the policy`);
}
