import { parseXml, XmlElement, XmlText } from "@rgrove/parse-xml";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { AuditReport } from "../../shared/core/audit/audit-report.ts";
import { scopeText } from "../../shared/core/report/coverage.ts";
import { FORMATS } from "../../shared/core/report/formats.ts";
import { visible } from "../../shared/core/report/visible.ts";
import { anyReport } from "./any-report.ts";
import { finding, report } from "./audit.ts";
import { HOSTILE } from "./hostile.ts";
import { CLEAN, EMPTY, EXEMPT, HOSTILE_REPORT, INCOMPLETE, SMALL } from "./samples.ts";

function read(report: AuditReport): XmlElement {
  const { root } = parseXml([...FORMATS.junit.render(report)].join(""));
  if (root === null) throw new Error("empty");
  return root;
}

const elements = (parent: XmlElement) =>
  parent.children.filter((child) => child instanceof XmlElement);
const cases = (suite: XmlElement) => elements(suite).filter(({ name }) => name === "testcase");

const SUITE = [
  "id",
  "timestamp",
  "package",
  "name",
  "hostname",
  "tests",
  "failures",
  "errors",
  "skipped",
  "time",
];
const RESULTS = ["failure", "error", "skipped"];

/** What both common schemas allow, of which there is no more: elements, order, attributes and types. */
function check(root: XmlElement): void {
  expect([root.name, root.attributes]).toEqual(["testsuites", {}]);
  for (const [index, suite] of elements(root).entries()) {
    expect(suite.name).toBe("testsuite");
    expect(Object.keys(suite.attributes)).toEqual(SUITE);
    expect(suite.attributes).toMatchObject({ id: String(index), hostname: "localhost", time: "0" });
    expect(suite.attributes.name).not.toBe("");
    expect(suite.attributes.timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/);
    const names = elements(suite).map(({ name }) => name);
    const number = cases(suite).length;
    expect(names).toEqual([
      "properties",
      ...Array(number).fill("testcase"),
      "system-out",
      "system-err",
    ]);
    const results = cases(suite).flatMap((one) => {
      expect(Object.keys(one.attributes)).toEqual(["name", "classname", "time"]);
      const inner = elements(one);
      expect(inner.length).toBeLessThanOrEqual(1);
      for (const { name, attributes } of inner) {
        expect(RESULTS).toContain(name);
        expect(Object.keys(attributes)).toEqual(
          name === "skipped" ? ["message"] : ["message", "type"],
        );
      }
      return inner.map(({ name }) => name);
    });
    const count = (wanted: string) => String(results.filter((name) => name === wanted).length);
    expect(suite.attributes).toMatchObject({
      tests: String(number),
      failures: count("failure"),
      errors: count("error"),
      skipped: count("skipped"),
    });
  }
}

describe("the JUnit XML of a report", () => {
  test.each(Object.entries({ CLEAN, EMPTY, EXEMPT, HOSTILE_REPORT, INCOMPLETE, SMALL }))(
    "is what readers of JUnit files expect: %s",
    (_name, report) => {
      check(read(report));
    },
  );

  test("is that for any report", () => {
    fc.assert(
      fc.property(anyReport, (report) => {
        check(read(report));
      }),
      { numRuns: 100 },
    );
  });

  test("has a suite for each rule, and a case for each resource, once, however much is wrong", () => {
    const same = { rule_id: "tag.secret", reason: "secret", severity: "critical" } as const;
    const one = finding(1, { ...same, tag_key: "a" });
    const suites = elements(read(report([one, { ...one, tag_key: "b" }, finding(5, same)])));
    const suite = suites.find(({ attributes }) => attributes.name === "tag.secret");
    expect(suite?.attributes).toMatchObject({ tests: "2", failures: "2" });
    expect(suite?.text).toMatch(/a: looks like a secret.*\n.*b: looks like a secret/);
  });

  test("says exempt, skipped and unreadable apart, and passes a rule without findings", () => {
    const suite = elements(
      read(
        report([
          finding(1, { rule_id: "r", status: "exempt" }),
          finding(4, { rule_id: "r", status: "skipped" }),
          finding(9, { rule_id: "r", status: "error" }),
        ]),
      ),
    ).find(({ attributes }) => attributes.name === "r");
    expect(suite?.attributes).toMatchObject({
      tests: "3",
      failures: "0",
      errors: "1",
      skipped: "2",
    });
    const [, clean] = elements(read(CLEAN));
    expect(clean?.attributes).toMatchObject({
      tests: "1",
      failures: "0",
      errors: "0",
      skipped: "0",
    });
  });

  test("tells the gravest findings only, how many are left out, and takes no rule for one that passes", () => {
    const many = Array.from({ length: 25_002 }, (_, index) =>
      finding(1, { rule_id: index < 25_000 ? "grave" : "light", resource_id: `id-${index}` }),
    );
    const counts = { fail: 2, exempt: 0, error: 0, skipped: 0 };
    const light = { id: "light", severity: "low", description: "", ...counts } as const;
    const [completeness, ...suites] = elements(read({ ...report(many), rules: [light] }));
    expect(completeness?.text).toContain("2 lesser findings left out; the CSV holds all");
    expect(suites.map(({ attributes }) => [attributes.name, attributes.tests])).toEqual([
      ["grave", "25000"],
    ]);
  });

  test("has an error for each place that could not be examined, first of all", () => {
    const [complete] = elements(read(INCOMPLETE));
    expect(complete?.attributes).toMatchObject({ name: "completeness", tests: "7", errors: "3" });
    const messages = (complete === undefined ? [] : cases(complete)).flatMap((one) =>
      elements(one).map(({ attributes }) => `${one.attributes.name}: ${attributes.message}`),
    );
    const [, second, third] = INCOMPLETE.scopes.map(scopeText);
    expect(messages).toEqual([
      "the audit: Incomplete: not everything could be examined. Something is missing in 2 of 3 scopes. Scores and findings are about the rest.",
      `keys in ${second}: forbidden: KMS.0303 (403) listing keys, request 01af`,
      expect.stringMatching(`^secrets in ${third}: the API counts \\d+, examined \\d+`),
    ]);
  });

  test.each(HOSTILE)("gives a value back as it can be seen: %j", (value) => {
    const suite = elements(
      read(
        report([
          finding(1, {
            rule_id: "r",
            actual: value,
            tag_key: null,
            expected: null,
            suggestion: null,
            fix_action: null,
            reason: "no-match",
          }),
        ]),
      ),
    ).find(({ attributes }) => attributes.name === "r");
    const texts = suite === undefined ? [] : cases(suite).flatMap((one) => elements(one));
    const text = texts[0]?.children
      .filter((child) => child instanceof XmlText)
      .map((child) => child.text)
      .join("");
    const shown =
      value.length > 300 && [...value].length > 300
        ? `${[...value].slice(0, 299).join("")}…`
        : value;
    expect(text).toBe(visible(`value does not match; found "${shown}"`));
  });
});
