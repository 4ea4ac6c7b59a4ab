import * as z from "zod/mini";
import type { AuditReport } from "../audit/audit-report.ts";
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
