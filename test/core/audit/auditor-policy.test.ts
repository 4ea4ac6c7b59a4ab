import { describe, expect, test } from "vitest";
import type { AuditReport } from "../../../shared/core/audit/audit-report.ts";
import type { Exemption } from "../../../shared/core/policy/policy.ts";
import { policy, rule } from "../plan/builders.ts";
import { ALL, audit, required, rows } from "./audit-fixture.ts";
import { item, NOW_MS } from "./fixture.ts";

describe("findings about the policy", () => {
  const excuse = (id: string, about: Partial<Exemption> = {}): Exemption => ({
    id,
    rule: "Env.required",
    resource: { name: [{ regex: "^legacy" }] },
    owner: "o",
    reason: "r",
    expiresMs: null,
    ...about,
  });
  const about = (...exemptions: Exemption[]) => ({ ...required, exemptions });
  const legacy = item({}, { number: 5, name: "legacy-1" });
  const exemptions = (report: AuditReport) =>
    report.findings
      .filter(({ rule_id }) => rule_id === "policy.exemption")
      .map(({ reason, exemption_id: id, expected, status }) => [reason, id, expected, status]);

  test("an exemption that excuses something is none", () => {
    expect(exemptions(audit(about(excuse("1")), [legacy]))).toEqual([]);
  });

  test("one that excuses nothing is unused, whether or not it picks somebody", () => {
    const never = excuse("2", { resource: { name: [{ regex: "^nobody" }] } });
    const tagged = item({ Env: "x" }, { name: "legacy-1" });
    expect(exemptions(audit(about(excuse("1"), never), [tagged]))).toEqual([
      ["unused", "1", "a finding that it excuses", "fail"],
      ["unused", "2", "some resource that it picks", "fail"],
    ]);
  });

  test("one that is over is told, and so is what it excused", () => {
    const report = audit(about(excuse("1", { expiresMs: NOW_MS })), [legacy]);
    expect(exemptions(report)).toEqual([
      ["expired", "1", "in force; its last day was 2027-01-15", "fail"],
    ]);
    expect(report.summary).toMatchObject({ fail: 1, exempt: 0 });
  });

  const scoped = policy({
    selectors: { prod: { name: [{ regex: "^prod" }] }, all: { types: ["secret", "key"] } },
    tags: [
      rule("Env", { applies: { only: ["prod"], except: [] } }),
      rule("Team", { required: { only: null, except: ["all"] } }),
    ],
    rules: [
      { id: "r", description: "", severity: "low", if: { selector: ["prod"] }, require: ["Env"] },
    ],
  });

  test("what picks nothing is told, each part once", () => {
    const paths = rows(audit(scoped, [item({})]), "policy.rule").map(({ actual }) => actual);
    expect(paths).toEqual([
      "rules[0].if",
      "selectors.prod",
      "tags.Env.applies",
      "tags.Team.required",
    ]);
    expect(
      rows(audit(scoped, [item({ Env: "x" }, { name: "prod" })]), "policy.rule"),
    ).toMatchObject([{ reason: "unmatched", tag_key: "Team", actual: "tags.Team.required" }]);
  });

  test("what picks somebody is not told", () => {
    const about = policy({
      selectors: { named: { name: [{ in: ["app"] }] } },
      tags: [
        rule("Env", { required: { only: ["named"], except: [] } }),
        rule("Team", { required: ALL }),
      ],
    });
    expect(rows(audit(about, [item({ Env: "x" })]), "policy.rule")).toEqual([]);
  });

  test("each says what is expected, what to do, and what it is about", () => {
    const said = (report: AuditReport, id: string) =>
      report.findings
        .filter(({ rule_id }) => rule_id === id)
        .map(({ first_seen, last_seen, policy_hash, ...told }) =>
          Object.fromEntries(Object.entries(told).filter(([, value]) => value !== null)),
        );
    const expired = excuse("1", { expiresMs: Date.UTC(2027, 0, 1) });
    const unused = excuse("2", {
      resource: {},
      rule: "Env.allowed",
      expiresMs: Date.UTC(2027, 3, 1),
    });
    expect(said(audit(about(expired, unused), [item({ Env: "x" })]), "policy.exemption")).toEqual([
      {
        fingerprint: '["policy.exemption",null,null,null,null,"exemption 1"]',
        rule_id: "policy.exemption",
        severity: "medium",
        status: "fail",
        reason: "expired",
        actual: "Env.required",
        expected: "in force; its last day was 2026-12-31",
        suggestion: "remove it, or give it a new last day",
        fixable: false,
        exemption_id: "1",
        exemption_expires: "2026-12-31",
      },
      {
        fingerprint: '["policy.exemption",null,null,null,null,"exemption 2"]',
        rule_id: "policy.exemption",
        severity: "low",
        status: "fail",
        reason: "unused",
        actual: "Env.allowed",
        expected: "a finding that it excuses",
        suggestion: "remove it",
        fixable: false,
        exemption_id: "2",
        exemption_expires: "2027-03-31",
      },
    ]);
    const selectors = { nobody: { name: [{ in: ["x"] }] } };
    expect(said(audit(policy({ selectors }), [item({})]), "policy.rule")).toEqual([
      {
        fingerprint: '["policy.rule",null,null,null,null,"selectors.nobody"]',
        rule_id: "policy.rule",
        severity: "low",
        status: "fail",
        reason: "unmatched",
        actual: "selectors.nobody",
        expected: "some resource that it picks",
        fixable: false,
      },
    ]);
  });

  test("an audit that did not see everything, or saw nothing, says nothing about what picks nothing", () => {
    const partly = audit({ ...scoped, exemptions: [excuse("1")] }, [item({})], { counted: 2 });
    for (const report of [partly, audit({ ...scoped, exemptions: [excuse("1")] }, [])])
      expect(report.findings.filter(({ rule_id: id }) => id.startsWith("policy."))).toEqual([]);
  });
});
