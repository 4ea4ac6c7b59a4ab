import type { AuditReport } from "../../shared/core/audit/audit-report.ts";
import type { Finding } from "../../shared/core/audit/finding.ts";
import { finding, idOf, PLACES, PROJECTS, report } from "./audit.ts";
import { COUNT_DIFFERS, OF_POLICY, SKIPPED, UNREAD } from "./patterns.ts";

const LONG = "x".repeat(301);

/** One of each pattern, then one of each oddity: no name, no end, exempt, skipped, very long, of the policy. */
const FINDINGS: readonly Finding[] = [
  ...Array.from({ length: 10 }, (_, index) => finding(index * 3)),
  finding(40, { status: "exempt", exemption_id: "legacy", exemption_expires: "2027-03-31" }),
  finding(41, { status: "exempt", exemption_id: "sandbox", exemption_expires: null }),
  finding(42, SKIPPED),
  finding(44, { resource_name: null, enterprise_project: null, first_seen: "soon" }),
  finding(45, { resource_name: "a|b`c", actual: LONG, expected: LONG, suggestion: LONG }),
  finding(46, { fix_action: LONG, tag_key: "", fixable: true }),
  finding(47, { actual: null, suggestion: null, expected: null, fix_action: null, fixable: true }),
  finding(49, {
    ...OF_POLICY,
    rule_id: "policy.exemption",
    severity: "medium",
    reason: "expired",
    expected: "[a] {b} \\",
    exemption_id: "old",
    exemption_expires: "2026-10-31",
  }),
  finding(50, {
    ...OF_POLICY,
    rule_id: "project.vocabulary",
    severity: "low",
    reason: "undeclared",
    region: "eu-west-101",
    project_id: PROJECTS[0] ?? null,
    tag_key: "Cost-Center ",
    expected: "a key that a rule knows",
  }),
  finding(52, {
    rule_id: "Owner.alias",
    severity: "high",
    reason: "conflict",
    tag_key: "Owner",
    actual: "owner=a@example.com",
    expected: "the value of Owner",
    fixable: false,
  }),
];

const NO_FINDING = { description: "", fail: 0, exempt: 0, error: 0, skipped: 0 };

/** With rules that nothing breaks, and owners beyond those that are told apart. */
function withQuiet(audit: AuditReport): AuditReport {
  const { rules, owners } = audit;
  return {
    ...audit,
    rules: [
      ...rules,
      { id: "b.none", severity: "high", ...NO_FINDING },
      { id: "a.none", severity: "high", ...NO_FINDING },
    ],
    owners: {
      ...owners,
      list: owners.list.map((owner, index) =>
        index === 0 ? { ...owner, resources: owner.resources - 4 } : owner,
      ),
      others: 4,
    },
  };
}

/** Everything was examined, and there is something of everything to tell. */
const whole = withQuiet(report(FINDINGS));

const PART = report(
  [
    ...FINDINGS.slice(0, 3),
    finding(43, UNREAD),
    finding(44, {
      region: null,
      project_id: "p-4",
      resource_type: "key",
      resource_id: idOf(90),
      resource_name: "alias-90",
    }),
    finding(53, {
      ...COUNT_DIFFERS,
      region: "cn-north-4",
      project_id: "p-5",
      actual: "2 examined",
      expected: "3 counted by the service",
    }),
  ],
  {},
  {
    places: [
      ...PLACES,
      { region: null, project: "p-4", problem: "forbidden: KMS.0303 (403)", unread: ["secret"] },
      { region: "cn-north-4", project: "p-5", missing: 1 },
    ],
  },
);

/** Two places could not be read to their end, one region is not known, and the past is short. */
const part: AuditReport = {
  ...PART,
  owners: { ...PART.owners, tag: null },
  exemptions: [
    {
      id: "unknown",
      rule: "Owner.required",
      resource: "keys",
      owner: "security@example.com",
      reason: "",
      expires: null,
      findings: 0,
      state: "unknown",
    },
  ],
  log: PART.log.map((entry, index) => {
    if (entry.project === "p-4") return { ...entry, finishedAt: "2026-11-21T03:00:01.260Z" };
    return index % 2 === 0 ? { ...entry, finishedAt: "late" } : { ...entry, startedAt: "early" };
  }),
  trend: PART.trend.slice(-1),
};

const EMPTY_PLACE = report(
  [],
  { rules: [], keys: [], log: [] },
  { places: PLACES.slice(0, 1), pass: 0 },
);

/** There is nothing at all: no resource, no rule, no history. */
const nothing: AuditReport = { ...EMPTY_PLACE, trend: EMPTY_PLACE.trend.slice(-1) };

/** Reports whose outputs stand in `golden/`. */
export const GOLDEN: { readonly [name: string]: AuditReport } = { whole, part, nothing };
