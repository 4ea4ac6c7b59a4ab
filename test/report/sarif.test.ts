import { readFileSync } from "node:fs";
import Ajv from "ajv";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { AuditReport } from "../../shared/core/audit/audit-report.ts";
import { NO_LINES } from "../../shared/core/policy/policy-lines.ts";
import { FORMATS } from "../../shared/core/report/formats.ts";
import type { PolicyPlace } from "../../shared/core/report/sarif.ts";
import { anyReport } from "./any-report.ts";
import { finding, report } from "./audit.ts";
import { CLEAN, EMPTY, EXEMPT, HOSTILE_REPORT, INCOMPLETE, large, SMALL } from "./samples.ts";

const schema = JSON.parse(
  readFileSync(new URL("fixtures/sarif-2.1.0.schema.json", import.meta.url), "utf8"),
);
const accepts = new Ajv({
  strict: false,
  unicodeRegExp: false,
  formats: {
    uri: /^[a-z][a-z+.-]*:[!-~]*$/i,
    "uri-reference": /^[!-;=?-~]*$/,
    "date-time": /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/,
  },
}).compile(schema);

const read = (report: AuditReport, policy?: PolicyPlace) =>
  JSON.parse([...FORMATS.sarif.render(report, policy)].join(""));
const resultsOf = (report: AuditReport, policy?: PolicyPlace) =>
  read(report, policy).runs[0].results;

describe("the SARIF of a report", () => {
  test.each(Object.entries({ CLEAN, EMPTY, EXEMPT, HOSTILE_REPORT, INCOMPLETE, SMALL }))(
    "is valid by the schema of SARIF 2.1.0: %s",
    (_name, report) => {
      expect(accepts(read(report)), JSON.stringify(accepts.errors)).toBe(true);
    },
  );

  test("is valid for any report, and holds every field exactly", () => {
    fc.assert(
      fc.property(anyReport, (report) => {
        const log = read(report);
        expect(accepts(log), JSON.stringify(accepts.errors)).toBe(true);
        const { results } = log.runs[0];
        expect(results.map(({ properties }: { properties: unknown }) => properties)).toEqual(
          report.findings,
        );
      }),
      { numRuns: 50 },
    );
  });

  test("the schema would notice", () => {
    const log = read(SMALL);
    log.runs[0].results[0].level = "grave";
    expect(accepts(log)).toBe(false);
  });

  test("a result refers to its rule, which says what to do and how grave it is", () => {
    const [run] = read(SMALL).runs;
    for (const result of run.results) {
      const rule = run.tool.driver.rules[result.ruleIndex];
      expect(rule.id).toBe(result.ruleId);
      expect(rule.help.text).not.toBe("");
      expect(Number(rule.properties["security-severity"])).toBeGreaterThan(0);
    }
  });

  test.each([
    { status: "fail", severity: "critical", kind: "fail", level: "error" },
    { status: "fail", severity: "medium", kind: "fail", level: "warning" },
    { status: "fail", severity: "low", kind: "fail", level: "note" },
    { status: "exempt", severity: "high", kind: "notApplicable", level: "none" },
    { status: "skipped", severity: "low", kind: "notApplicable", level: "none" },
    { status: "error", severity: "high", kind: "open", level: "none" },
  ] as const)("$status and $severity is $kind and $level", ({ status, severity, kind, level }) => {
    const [result] = resultsOf(report([finding(1, { status, severity })]));
    expect(result).toMatchObject({ kind, level });
  });

  test("an excused result says by which exemption, as far as that is known", () => {
    const justified = (exemption_id: string | null, exemption_expires: string | null) => {
      const one = finding(1, { status: "exempt", exemption_id, exemption_expires });
      return resultsOf(report([one]))[0].suppressions;
    };
    const suppressed = (justification: string) => [{ kind: "external", justification }];
    expect(justified("legacy", "2027-01-31")).toEqual(suppressed("legacy, until 2027-01-31"));
    expect(justified("legacy", null)).toEqual(suppressed("legacy"));
    expect(justified(null, null)).toEqual(suppressed("exempt"));
  });

  test("a result points at its rule's line in the policy, and at the resource", () => {
    const one = finding(1, { rule_id: "Owner.required" });
    const policy = {
      file: "infra/tag policy#1.yaml",
      lines: { ...NO_LINES, rules: new Map([["Owner.required", 12]]) },
    };
    const [{ locations, partialFingerprints }] = resultsOf(report([one]), policy);
    expect(locations[0].physicalLocation).toEqual({
      artifactLocation: { uri: "infra/tag%20policy%231.yaml" },
      region: { startLine: 12 },
    });
    expect(locations[0].logicalLocations[0].fullyQualifiedName).toBe(
      `${one.resource_type}/${one.region}/${one.project_id}/${one.resource_id}`,
    );
    expect(partialFingerprints).toEqual({ "tagwarden/v1": one.fingerprint });
  });

  test("braces and brackets of a value are no placeholder and no link", () => {
    const [{ message }] = resultsOf(report([finding(1, { actual: "{0} [a](1) \\" })]));
    expect(message.text).toContain("{{0}} \\[a\\](1) \\\\");
  });

  test("an incomplete audit did not succeed, and says where", () => {
    const [{ executionSuccessful, toolExecutionNotifications }] =
      read(INCOMPLETE).runs[0].invocations;
    expect(executionSuccessful).toBe(false);
    expect(JSON.stringify(toolExecutionNotifications)).toContain("KMS.0303");
    expect(read(SMALL).runs[0].invocations[0].executionSuccessful).toBe(true);
  });

  test("holds no more results than services take, and says how many are left out", () => {
    const log = read(large(25_010));
    expect(log.runs[0].results).toHaveLength(25_000);
    expect(JSON.stringify(log.runs[0].invocations)).toContain("10 lesser findings");
  });
});
