import fc from "fast-check";
import type { AuditReport } from "../../shared/core/audit/audit-report.ts";
import { STATUSES } from "../../shared/core/audit/finding.ts";
import { finding, report } from "./audit.ts";
import { HOSTILE } from "./hostile.ts";

/** Texts as nobody expects them: hostile ones, and any sequence of UTF-16 units. */
export const anyText = fc.oneof(
  fc.constantFrom(...HOSTILE),
  fc.string({ unit: "binary" }),
  fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
);

const orNone = fc.option(anyText);

const anyFinding = fc
  .record({
    number: fc.nat(500),
    status: fc.constantFrom(...STATUSES.filter((status) => status !== "pass")),
    rule_id: fc.oneof(
      fc.constantFrom("Owner.required", "tag.secret"),
      anyText.map((text) => `${text}.required`),
    ),
    resource_name: orNone,
    region: orNone,
    enterprise_project: orNone,
    tag_key: orNone,
    actual: orNone,
    expected: orNone,
    suggestion: orNone,
    fix_action: orNone,
    exemption_id: orNone,
    tags_count: fc.option(fc.nat(30)),
    fixable: fc.boolean(),
  })
  .map(({ number, ...fields }) => finding(number, fields));

/** Any report. */
export const anyReport: fc.Arbitrary<AuditReport> = fc
  .record({
    findings: fc.array(anyFinding, { maxLength: 12 }),
    complete: fc.boolean(),
    trend: fc.integer({ min: 0, max: 14 }),
    keys: fc.array(anyText, { maxLength: 4 }),
  })
  .map(({ findings, complete, trend, keys }) => {
    const whole = report(findings, { complete });
    return {
      ...whole,
      trend: whole.trend.slice(0, trend),
      keys: keys.map((key) => ({
        key,
        declared: true,
        resources: 2,
        distinct: 1,
        more: false,
        values: [{ value: key, resources: 2 }],
        invalid: 0,
      })),
    };
  });
