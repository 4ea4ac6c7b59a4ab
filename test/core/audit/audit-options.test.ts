import { expect, test } from "vitest";
import { AuditOptionsError, readAuditOptions } from "../../../shared/core/audit/audit-options.ts";

const timer = { version: "v1.0", trigger_type: "TIMER", trigger_name: "nightly" };

test.each([
  [{ ...timer, user_event: '{"remediate":"plan"}' }, { remediate: "plan" }],
  [{ ...timer, user_event: "" }, {}],
  [timer, {}],
  [{}, {}],
  [{ formats: ["html"] }, { formats: ["html"] }],
])("%j is an event with options", (event, options) => {
  expect(readAuditOptions(event)).toEqual(options);
});

test.each([
  [{ ...timer, user_event: "hunter2" }],
  [{ ...timer, user_event: '{"remediate":"hunter2"}' }],
  [{ remedy: "hunter2" }],
])("%j is refused, and nothing of it is repeated", (event) => {
  expect(() => readAuditOptions(event)).toThrow(AuditOptionsError);
  expect(() => readAuditOptions(event)).not.toThrow(/hunter2/);
});
