/** Goal: what SARIF, JUnit and Markdown make of single findings, to the letter. */
import { describe, expect, test } from "vitest";
import type { AuditReport } from "../../shared/core/audit/audit-report.ts";
import type { Finding } from "../../shared/core/audit/finding.ts";
import { junitPieces } from "../../shared/core/report/junit.ts";
import { markdownPieces } from "../../shared/core/report/markdown.ts";
import { type PolicyPlace, sarifPieces } from "../../shared/core/report/sarif.ts";
import { finding } from "./audit.ts";
import { CLEAN } from "./samples.ts";

const withFindings = (...findings: readonly Finding[]): AuditReport => ({
  ...CLEAN,
  rules: [],
  findings,
});

describe("a result of the SARIF", () => {
  const POLICY: PolicyPlace = {
    file: "policies\\my policy.yaml",
    lines: {
      rules: new Map([["Owner.match", 7]]),
      tags: new Map([["Owner", 4]]),
      exemptions: new Map([["legacy", 30]]),
      parts: new Map([["selectors.prod", 40]]),
    },
  };
  const read = (report: AuditReport, policy?: PolicyPlace) =>
    JSON.parse([...sarifPieces(report, policy)].join("")).runs[0];
  const placeOf = (fields: Partial<Finding>, policy?: PolicyPlace) => {
    const { results } = read(withFindings(finding(1, fields)), policy);
    const { artifactLocation, region } = results[0].locations[0].physicalLocation;
    return `${artifactLocation.uri}:${region.startLine}`;
  };
  const lineOf = (fields: Partial<Finding>) => Number(placeOf(fields, POLICY).split(":")[1]);
  const NEITHER = { rule_id: "x", tag_key: null, exemption_id: null, actual: null };
  const OF_POLICY = { ...NEITHER, resource_type: null, status: "fail" } as const;

  test("points at its rule, else at its tag, else at the first line", () => {
    expect(lineOf({ ...NEITHER, rule_id: "Owner.match", tag_key: "Owner" })).toBe(7);
    expect(lineOf({ ...NEITHER, tag_key: "Owner" })).toBe(4);
    expect(lineOf({ ...NEITHER, tag_key: "Other" })).toBe(1);
    expect(lineOf(NEITHER)).toBe(1);
  });

  test("points at the exemption or the part of the policy that it is about", () => {
    expect(lineOf({ ...OF_POLICY, rule_id: "Owner.match", exemption_id: "legacy" })).toBe(30);
    expect(lineOf({ ...OF_POLICY, actual: "selectors.prod" })).toBe(40);
    expect(lineOf({ ...OF_POLICY, rule_id: "Owner.match", actual: "selectors.prod" })).toBe(7);
  });

  test("points at neither where it is about a resource, or does not fail", () => {
    const both = { ...NEITHER, exemption_id: "legacy", actual: "selectors.prod" };
    expect(lineOf({ ...both, resource_type: "key", status: "fail" })).toBe(1);
    expect(lineOf({ ...both, resource_type: null, status: "exempt" })).toBe(1);
  });

  test("names the file as a URI, in one way or another", () => {
    expect(placeOf(NEITHER, POLICY)).toBe("policies/my%20policy.yaml:1");
    expect(placeOf(NEITHER)).toBe("infra/policy/tag-policy.yaml:1");
    const odd = { ...POLICY, file: "a/\ud800.yaml" };
    expect(placeOf(NEITHER, odd)).toBe("a/%EF%BF%BD.yaml:1");
  });

  test("names a rule that the report does not list, with what is known of it", () => {
    const report = withFindings(
      finding(1, { rule_id: "a.b", severity: "medium" }),
      finding(2, { rule_id: "Owner.alias", severity: "high" }),
      finding(3, { rule_id: "a.b", severity: "low" }),
    );
    const { tool, results } = read(report);
    expect(results.map(({ ruleIndex }: { ruleIndex: number }) => ruleIndex)).toEqual([0, 1, 0]);
    expect(
      tool.driver.rules.map((rule: { id: string; shortDescription: object }) => [
        rule.id,
        rule.shortDescription,
      ]),
    ).toEqual([
      ["a.b", { text: "a.b" }],
      ["Owner.alias", { text: "Owner.alias" }],
    ]);
    expect(tool.driver.rules[0].defaultConfiguration).toEqual({ level: "warning" });
  });
});

describe("a case of the JUnit XML", () => {
  const same = { resource_type: "key", region: "r", project_id: "p", resource_id: "i" } as const;
  const one = (number: number, fields: Partial<Finding>) =>
    finding(number, { ...same, resource_name: "n", rule_id: "a.b", ...fields });
  const casesOf = (...findings: readonly Finding[]) => {
    const xml = [...junitPieces(withFindings(...findings))].join("");
    return xml.slice(xml.indexOf('name="a.b"')).match(/<testcase[\s\S]*?<\/testcase>/g);
  };
  const plain = { tag_key: null, expected: null, suggestion: null, fix_action: null };

  test("is as bad as the worst that was found, and tells that alone", () => {
    const found = [
      one(1, { ...plain, status: "exempt", reason: "missing", actual: "x" }),
      one(2, { ...plain, status: "fail", reason: "no-match", actual: "y" }),
      one(3, { ...plain, status: "skipped", reason: "default-key", actual: null }),
      one(4, { ...plain, status: "fail", reason: "conflict", actual: null }),
    ];
    expect(casesOf(...found)).toEqual([
      '<testcase name="key n (key/r/p/i)" classname="tagwarden.a.b" time="0">' +
        '<failure message="value does not match; found &quot;y&quot;" type="no-match">' +
        "value does not match; found &quot;y&quot;\nkey and alias differ</failure></testcase>",
    ]);
  });

  test("is there once for each resource of the rule", () => {
    const cases = casesOf(one(1, {}), one(2, { resource_id: "j" }), one(3, {}));
    expect(cases).toHaveLength(2);
    expect(cases?.[0]?.split("\n")).toHaveLength(2);
  });
});

test("a rule is no pass in the JUnit XML where anything was found, and none of it is told", () => {
  const counts: { [Name in "fail" | "exempt" | "error" | "skipped"]: number } = {
    fail: 0,
    exempt: 0,
    error: 0,
    skipped: 0,
  };
  const rule = { id: "a.b", severity: "low", description: "", ...counts } as const;
  const passes = (found: Partial<typeof counts>) =>
    [...junitPieces({ ...CLEAN, rules: [{ ...rule, ...found }] })].join("").includes("no finding");
  expect(passes({})).toBe(true);
  for (const status of ["fail", "exempt", "error", "skipped"] as const)
    expect(passes({ [status]: 1 })).toBe(false);
});

describe("the Markdown", () => {
  const textOf = (changes: Partial<AuditReport>) =>
    [...markdownPieces({ ...CLEAN, rules: [], ...changes })].join("");
  const rule = (id: string, counts: object) => ({
    id,
    severity: "low" as const,
    description: "",
    ...{ fail: 0, exempt: 0, error: 0, skipped: 0 },
    ...counts,
  });

  test("has every rule of which anything was found but what was skipped", () => {
    const rules = [
      rule("a|b", { fail: 1, exempt: 1 }),
      rule("skipped", { skipped: 3 }),
      rule("read", { error: 2, exempt: 2 }),
    ];
    expect(textOf({ rules }).match(/^\| `.*$/gm)).toEqual([
      "| `a⟨U+007C⟩b` | low | 1 | 0 | 1 |",
      "| `read` | low | 0 | 2 | 2 |",
    ]);
  });

  test("has the first ten owners with failing resources", () => {
    const owner = (name: string | null, failing: number) => ({
      owner: name,
      resources: 9,
      failing,
      findings: failing,
      fixable: 0,
      worst: null,
    });
    const many = Array.from({ length: 11 }, (_, index) => owner(`o-${index}`, 1));
    const list = [owner("well", 0), owner(null, 2), ...many];
    const lines = textOf({ owners: { tag: "Owner", list, others: 0 } }).match(/^- .*resources?$/gm);
    expect(lines?.slice(0, 2)).toEqual([
      "- nobody named: 2 failing resources",
      "- `o-0`: 1 failing resource",
    ]);
    expect(lines).toHaveLength(10);
  });

  test("shows spaces of a value as they are", () => {
    const found = (actual: string) =>
      /, found (.*?), expected/.exec(
        textOf({ findings: [finding(1, { actual, expected: "x" })] }),
      )?.[1];
    expect([found("a"), found(" a"), found("`"), found("``a`")]).toEqual([
      "`a`",
      "`  a `",
      "`` ` ``",
      "``` ``a` ```",
    ]);
  });
});
