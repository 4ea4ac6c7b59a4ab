import { describe, expect, test } from "vitest";
import type { AuditReport } from "../../../shared/core/audit/audit-report.ts";
import type { Exemption } from "../../../shared/core/policy/policy.ts";
import { policy, rule } from "../plan/builders.ts";
import { audit, required, rows } from "./audit-fixture.ts";
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

  test("an audit that did not see everything, or saw nothing, says nothing about what picks nothing", () => {
    const partly = audit({ ...scoped, exemptions: [excuse("1")] }, [item({})], { counted: 2 });
    for (const report of [partly, audit({ ...scoped, exemptions: [excuse("1")] }, [])])
      expect(report.findings.filter(({ rule_id: id }) => id.startsWith("policy."))).toEqual([]);
  });
});
