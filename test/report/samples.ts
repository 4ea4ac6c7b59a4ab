import type { AuditReport } from "../../shared/core/audit/audit-report.ts";
import type { Finding, FindingReason } from "../../shared/core/audit/finding.ts";
import { counts, finding, PLACES, PROJECTS, pick, report } from "./audit.ts";
import { HOSTILE } from "./hostile.ts";
import { COUNT_DIFFERS, OF_POLICY, SKIPPED } from "./patterns.ts";
import type { Place } from "./sums.ts";

function many(number: number): readonly Finding[] {
  return Array.from({ length: number }, (_, index) => {
    if (index % 17 === 5)
      return finding(index, {
        status: "exempt",
        exemption_id: "Owner.required legacy-*",
        exemption_expires: "2027-03-31",
        rule_id: "Owner.required",
        reason: "missing",
        severity: "high",
      });
    if (index % 41 === 7)
      return finding(index, {
        ...SKIPPED,
      });
    return finding(index);
  });
}

const FEW: readonly Finding[] = [
  ...many(60),
  finding(70, {
    ...OF_POLICY,
    rule_id: "policy.exemption",
    reason: "expired",
    severity: "medium",
    tag_key: null,
    expected: "an exemption that has not expired",
    exemption_id: "Owner.required sandbox",
    exemption_expires: "2026-10-31",
  }),
  finding(71, {
    ...OF_POLICY,
    rule_id: "project.vocabulary",
    reason: "undeclared",
    severity: "low",
    tag_key: "Cost-Center ",
    region: "eu-west-101",
    project_id: PROJECTS[0] ?? null,
    expected: "a key that a rule knows",
  }),
];

/** A few dozen findings of every kind. */
export const SMALL = report(FEW);

/** As many findings as one wants. */
export function large(number: number): AuditReport {
  return report(many(number));
}

/** Nothing was found. */
export const CLEAN = report([], {}, { pass: 300 });

/** There is nothing at all: no resource, no rule, no history. */
export const EMPTY: AuditReport = {
  ...CLEAN,
  types: { secret: counts(0, 0, 0), key: counts(0, 0, 0) },
  scopes: [],
  summary: { error: 0, fail: 0, exempt: 0, skipped: 0, pass: 0, score: null, scoreOfAll: null },
  rules: [],
  keys: [],
  trend: [],
};

const GAPS: readonly Partial<Place>[] = [
  {},
  { problem: "forbidden: KMS.0303 (403) listing keys, request 01af", unread: ["key"] },
  { missing: 2 },
];

/** In one region no key could be read, in another two secrets are missing. */
export const INCOMPLETE = report(
  [
    ...FEW.filter(
      ({ resource_type, region }) => `${resource_type} ${region}` !== "key ap-southeast-1",
    ),
    finding(80, {
      ...COUNT_DIFFERS,
      region: "cn-north-4",
      project_id: PROJECTS[0] ?? null,
      actual: "24 examined",
      expected: "26 counted by the service",
    }),
  ],
  {},
  { places: PLACES.map((place, index) => ({ ...place, ...GAPS[index] })) },
);

/** Every finding is exempt. */
export const EXEMPT = report(
  many(40).map((one) => ({
    ...one,
    status: "exempt" as const,
    exemption_id: "everything",
    exemption_expires: null,
  })),
);

/** Every text field, one after the other, holds every hostile value. */
export const HOSTILE_REPORT: AuditReport = (() => {
  const findings = HOSTILE.map((value, index) =>
    finding(index, {
      rule_id: `${value}.required`,
      resource_name: value,
      region: value,
      enterprise_project: value,
      state: value,
      creator: value,
      tag_key: value,
      actual: value,
      expected: value,
      suggestion: value,
      fix_action: `overwrite ${value}`,
      exemption_id: value,
      reason: pick<FindingReason>(["no-match", "not-allowed", "missing"], index),
      status: pick<Finding["status"]>(["fail", "exempt", "error", "skipped"], index),
    }),
  );
  const base = report(findings);
  return {
    ...base,
    complete: false,
    scopes: base.scopes.map((scope, index) => ({
      ...scope,
      region: HOSTILE[index] ?? null,
      complete: false,
      problem: HOSTILE[index + 1] ?? null,
    })),
    rules: base.rules.map((rule) => ({ ...rule, description: rule.id })),
    keys: HOSTILE.map((value) => ({
      key: value,
      declared: false,
      resources: 3,
      distinct: 1,
      more: false,
      values: HOSTILE.map((one) => ({ value: one, resources: 1 })).slice(0, 5),
      invalid: 1,
    })),
  };
})();
