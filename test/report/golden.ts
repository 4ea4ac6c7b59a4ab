import type { AuditReport } from "../../shared/core/audit/audit-report.ts";
import type { Finding } from "../../shared/core/audit/finding.ts";
import { counts, finding, PROJECTS, report } from "./audit.ts";
import { EMPTY } from "./samples.ts";

const OF_POLICY = {
  resource_type: null,
  resource_id: null,
  resource_name: null,
  region: null,
  project_id: null,
  enterprise_project: null,
  tag_key: null,
  actual: null,
  suggestion: null,
  fix_action: null,
  fixable: false,
} as const;

const LONG = "x".repeat(301);

/** One of each pattern, then one of each oddity: no name, no region, no end, exempt, unreadable, of the policy. */
const FINDINGS: readonly Finding[] = [
  ...Array.from({ length: 10 }, (_, index) => finding(index * 3)),
  finding(40, { status: "exempt", exemption_id: "legacy", exemption_expires: "2027-03-31" }),
  finding(41, { status: "exempt", exemption_id: null, exemption_expires: null }),
  finding(42, { status: "skipped", rule_id: "resource.taggable", reason: "default-key" }),
  finding(43, { status: "error", rule_id: "resource.readable", reason: "tags-unknown" }),
  finding(44, { resource_name: null, region: null, enterprise_project: null, first_seen: "soon" }),
  finding(45, { resource_name: "a|b`c", actual: LONG, expected: LONG, suggestion: LONG }),
  finding(46, { fix_action: LONG, tag_key: "" }),
  finding(47, { actual: null, suggestion: null, expected: null, fix_action: null, fixable: true }),
  finding(48, {
    resource_id: null,
    severity: "low",
    reason: "untagged",
    fix_action: null,
    fixable: false,
  }),
  finding(49, {
    ...OF_POLICY,
    rule_id: "policy.exemption",
    reason: "expired",
    expected: "[a] {b} \\",
  }),
  finding(50, {
    ...OF_POLICY,
    rule_id: "project.vocabulary",
    reason: "undeclared",
    region: "eu-west-101",
    project_id: PROJECTS[0] ?? null,
    tag_key: "Cost-Center ",
  }),
  finding(51, { rule_id: "resource.tag-limit", reason: "near-limit", fixable: false }),
  finding(52, { rule_id: "Owner.alias", reason: "conflict", fixable: false }),
];

const WHOLE = report(FINDINGS);

/** Everything was examined, and there is something of everything to tell. */
const whole: AuditReport = {
  ...WHOLE,
  rules: [
    ...WHOLE.rules,
    { id: "b.none", severity: "high", description: "", fail: 0, exempt: 0, error: 0, skipped: 0 },
    { id: "a.none", severity: "high", description: "", fail: 0, exempt: 0, error: 0, skipped: 0 },
  ],
  owners: { ...WHOLE.owners, others: 4 },
  exemptions: [
    ...WHOLE.exemptions,
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
  changes: { ...WHOLE.changes, total: WHOLE.changes.total + 1_200 },
};

/** Two scopes could not be read, one region is not known, and the past is short. */
const part: AuditReport = {
  ...whole,
  complete: false,
  summary: { ...whole.summary, score: 100, scoreOfAll: 97.25 },
  scopes: [
    ...whole.scopes,
    {
      region: null,
      project: "p-4",
      complete: false,
      problem: "forbidden: KMS.0303 (403)",
      types: { secret: counts(null, 0, 0, 1), key: counts(1_234, 1_234, 2) },
    },
    {
      region: "cn-north-4",
      project: "p-5",
      complete: false,
      problem: null,
      types: { secret: counts(7, 6, 0), key: counts(4, 4, 0) },
    },
  ],
  owners: { ...whole.owners, tag: null },
  log: [
    ...whole.log.map((entry) => ({ ...entry, finishedAt: "late" })),
    {
      region: null,
      project: "p-4",
      type: "secret",
      startedAt: "2026-11-21T03:00:00.000Z",
      finishedAt: "2026-11-21T03:00:01.260Z",
      requests: 1_000,
      pages: 1,
      retries: 5,
    },
    {
      region: "eu-west-101",
      project: "p-4",
      type: "key",
      startedAt: "early",
      finishedAt: "2026-11-21T03:00:01.260Z",
      requests: 1,
      pages: 1,
      retries: 0,
    },
  ],
  trend: whole.trend.slice(0, 1),
  findings: whole.findings.slice(0, 3),
};

/** There is nothing at all: no resource, no rule, no history. */
const nothing: AuditReport = {
  ...EMPTY,
  owners: { tag: "Owner", list: [], others: 0 },
  exemptions: [],
  changes: { total: 0, resources: 0, list: [] },
  log: [],
};

/** Reports whose outputs stand in `golden/`. */
export const GOLDEN: { readonly [name: string]: AuditReport } = { whole, part, nothing };
