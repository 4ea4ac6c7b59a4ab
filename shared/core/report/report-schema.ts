import * as z from "zod/mini";
import type { AuditReport } from "../audit/audit-report.ts";
import { EXEMPTION_STATES } from "../audit/exemption-use.ts";
import type { FindingReason } from "../audit/finding.ts";
import { RESOURCE_TYPES } from "../resource.ts";
import { REASON_TEXTS } from "./wording.ts";

const text = z.string();
const orNone = z.nullable(text);
const count = z.int().check(z.nonnegative());
const percent = z.nullable(z.number().check(z.minimum(0), z.maximum(100)));
const severity = z.enum(["low", "medium", "high", "critical"]);

const isReason = (name: string): name is FindingReason => Object.hasOwn(REASON_TEXTS, name);
const reasons = Object.keys(REASON_TEXTS).filter(isReason);

const auditCount = z.strictObject({
  counted: z.nullable(count),
  examined: count,
  skipped: count,
  errors: count,
});
const types = z.strictObject({ secret: auditCount, key: auditCount });

const finding = z.strictObject({
  fingerprint: text,
  rule_id: text,
  severity,
  status: z.enum(["error", "fail", "exempt", "skipped"]),
  reason: z.enum(reasons),
  resource_type: z.nullable(z.enum(RESOURCE_TYPES)),
  resource_id: orNone,
  resource_name: orNone,
  region: orNone,
  project_id: orNone,
  enterprise_project: orNone,
  state: orNone,
  created_at: orNone,
  creator: orNone,
  tag_key: orNone,
  actual: orNone,
  expected: orNone,
  suggestion: orNone,
  fixable: z.boolean(),
  fix_action: orNone,
  exemption_id: orNone,
  exemption_expires: orNone,
  first_seen: orNone,
  last_seen: orNone,
  tags_count: z.nullable(count),
  tag_limit: z.nullable(count),
  policy_hash: text,
});

const owners = z.strictObject({
  tag: orNone,
  list: z.array(
    z.strictObject({
      owner: orNone,
      resources: count,
      failing: count,
      findings: count,
      fixable: count,
      worst: z.nullable(severity),
    }),
  ),
  others: count,
});

const exemption = z.strictObject({
  id: text,
  rule: text,
  resource: text,
  owner: text,
  reason: text,
  expires: orNone,
  findings: count,
  state: z.enum(EXEMPTION_STATES),
});

const changes = z.strictObject({
  total: count,
  resources: count,
  list: z.array(
    z.strictObject({
      resource_type: z.enum(RESOURCE_TYPES),
      resource_id: text,
      resource_name: orNone,
      region: orNone,
      project_id: orNone,
      tag_key: text,
      op: z.enum(["create", "overwrite", "delete"]),
      from: orNone,
      to: orNone,
      why: text,
    }),
  ),
});

const logEntry = z.strictObject({
  region: orNone,
  project: text,
  type: z.enum(RESOURCE_TYPES),
  startedAt: text,
  finishedAt: text,
  requests: count,
  pages: count,
  retries: count,
});

const NO_OWNERS = { tag: null, list: [], others: 0 };
const NO_CHANGES = { total: 0, resources: 0, list: [] };

/** An audit's JSON as it is stored: what a baseline is read with, and what the published schema is made of. */
export const auditReportSchema = z.strictObject({
  schema: z.literal("tagwarden/audit/1"),
  complete: z.boolean(),
  tool: z.strictObject({ name: z.literal("tagwarden"), version: text }),
  startedAt: text,
  finishedAt: text,
  policy: z.strictObject({ hash: text }),
  types,
  scopes: z.array(
    z.strictObject({
      region: orNone,
      project: text,
      complete: z.boolean(),
      problem: orNone,
      types,
    }),
  ),
  summary: z.strictObject({
    error: count,
    fail: count,
    exempt: count,
    skipped: count,
    pass: count,
    score: percent,
    scoreOfAll: percent,
  }),
  rules: z.array(
    z.strictObject({
      id: text,
      severity,
      description: text,
      fail: count,
      exempt: count,
      error: count,
      skipped: count,
    }),
  ),
  keys: z.array(
    z.strictObject({
      key: text,
      declared: z.boolean(),
      resources: count,
      distinct: count,
      more: z.boolean(),
      values: z.array(z.strictObject({ value: text, resources: count })),
      invalid: count,
    }),
  ),
  // Reports of earlier versions do not have these, and still serve as a baseline.
  owners: z._default(owners, NO_OWNERS),
  exemptions: z._default(z.array(exemption), []),
  changes: z._default(changes, NO_CHANGES),
  log: z._default(z.array(logEntry), []),
  findings: z.array(finding),
  trend: z.array(
    z.strictObject({
      at: text,
      complete: z.boolean(),
      score: percent,
      fail: count,
      resources: count,
    }),
  ),
});

/** Reads an audit's JSON, as it was stored; throws, with the path of what is wrong, on anything else. */
export function readReport(value: unknown): AuditReport {
  return auditReportSchema.parse(value);
}
