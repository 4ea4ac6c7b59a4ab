import { shorten } from "./visible.ts";
import { escapeMarkup } from "./xml.ts";

const MESSAGE_CODE_POINTS_MAX = 1_000;
const LINES_MAX = 20;

export type CaseOutcome = "error" | "failure" | "skipped" | "pass";

/** One case of a suite. */
export type Case = {
  readonly name: string;
  readonly group: string;
  readonly outcome: CaseOutcome;
  /** Kind of failure or error; not of a case that passes. */
  readonly type: string;
  /** What is wrong; the first line is the message. */
  readonly lines: readonly string[];
};

/** A suite: its name and its cases. */
export type Suite = readonly [name: string, cases: readonly Case[]];

/**
 * Suites as JUnit XML. Fits the schemas of Ant (windyroad/JUnit-Schema JUnit.xsd) and of Jenkins
 * (xunit-plugin junit-10.xsd), which agree on no more than this. `time` is ISO 8601.
 */
export function* suitesPieces(time: string, suites: Iterable<Suite>): Generator<string> {
  const timestamp = time.slice(0, 19);
  yield '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n';
  let id = 0;
  for (const [name, cases] of suites) {
    yield* suitePieces(`id="${id}" timestamp="${escapeMarkup(timestamp)}"`, name, cases);
    id += 1;
  }
  yield "</testsuites>\n";
}

function* suitePieces(attributes: string, name: string, cases: readonly Case[]): Generator<string> {
  const number = (wanted: CaseOutcome) => cases.filter(({ outcome }) => outcome === wanted).length;
  const counts = `tests="${cases.length}" failures="${number("failure")}" errors="${number("error")}" skipped="${number("skipped")}"`;
  yield `<testsuite ${attributes} package="tagwarden" name="${escapeMarkup(name)}" hostname="localhost" ${counts} time="0">\n<properties/>\n`;
  for (const one of cases) yield caseText(one);
  yield "<system-out/>\n<system-err/>\n</testsuite>\n";
}

function caseText({ name, group, outcome, type, lines }: Case): string {
  const open = `<testcase name="${escapeMarkup(name)}" classname="${escapeMarkup(`tagwarden.${group}`)}" time="0"`;
  if (outcome === "pass") return `${open}/>\n`;
  const message = escapeMarkup(shorten(lines[0] ?? "", MESSAGE_CODE_POINTS_MAX));
  const kind = outcome === "skipped" ? "" : ` type="${escapeMarkup(type)}"`;
  const shown = lines.slice(0, LINES_MAX).map((line) => shorten(line, MESSAGE_CODE_POINTS_MAX));
  const body = shown.map(escapeMarkup).join("\n");
  return `${open}><${outcome} message="${message}"${kind}>${body}</${outcome}></testcase>\n`;
}
