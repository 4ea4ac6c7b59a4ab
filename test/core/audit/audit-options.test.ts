import { expect, test } from "vitest";
import { AuditOptionsError, readAuditOptions } from "../../../shared/core/audit/audit-options.ts";

const timer = { version: "v1.0", trigger_type: "TIMER", trigger_name: "nightly" };

test.each([
  [{ ...timer, user_event: '{"remediate":"plan"}' }, { remediate: "plan" }],
  [{ ...timer, user_event: "" }, {}],
  [{ ...timer, user_event: " \n" }, {}],
  [timer, {}],
  [null, {}],
  ["", {}],
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

test.each([
  [{ remediate: "x" }, "remediate"],
  [{ formats: ["html", "x"], remediate: "x" }, "formats.1, remediate"],
  [{ formats: ["x", "y"] }, "formats.0, formats.1"],
  [{ remedy: "off" }, "the event"],
  [{ user_event: "[]" }, "the event"],
])("%j is refused by the names of its fields", (event, fields) => {
  expect(() => readAuditOptions(event)).toThrow(
    expect.objectContaining({
      name: "AuditOptionsError",
      message: `the timer's user_event: see ${fields}; expected { "formats": [json, csv, html, md, sarif, junit], "remediate": "off | plan | apply" }`,
    }),
  );
});
