import { expect, test } from "vitest";
import { exitOfReport } from "../../shared/cli/replay-report.ts";
import { type Outcome, summarise } from "../../shared/core/outcome.ts";

const exitOf = (...outcomes: readonly Pick<Outcome, "kind" | "reason" | "code">[]) =>
  exitOfReport(
    summarise(
      outcomes.map((outcome) => ({ tags: [], calls: 0, ...outcome })),
      "",
    ),
  );

test("what was denied ends with 4, by its code and never by its words", () => {
  const reason = "ListTags: denied, status 403, CSMS.0401";
  expect(exitOf({ kind: "failed", reason, code: "denied" })).toBe(4);
  expect(exitOf({ kind: "failed", reason: "", code: "denied" })).toBe(4);
  expect(exitOf({ kind: "failed", reason, code: "unexpected" })).toBe(2);
  expect(exitOf({ kind: "malformed", reason })).toBe(2);
});

test("the gravest outcome decides", () => {
  expect(exitOf({ kind: "tagged" }, { kind: "ignored" })).toBe(0);
  expect(exitOf({ kind: "tagged" }, { kind: "deferred", code: "deadline" })).toBe(2);
  expect(exitOf({ kind: "deferred" }, { kind: "failed", code: "denied" })).toBe(4);
});
