import { expect, test } from "vitest";
import {
  capReport,
  gravest,
  OUTCOME_KINDS,
  type Outcome,
  type OutcomeKind,
  REPORT_BYTES_MAX,
  summarise,
} from "../../shared/core/outcome.ts";

const outcome = (kind: OutcomeKind, calls = 1): Outcome => ({ kind, tags: [], calls });

test("a report counts each kind and adds up the calls", () => {
  const outcomes = OUTCOME_KINDS.flatMap((kind, index) =>
    Array.from({ length: index + 1 }, () => outcome(kind)),
  );
  const report = summarise(outcomes, "hash", { sharedCalls: 5 });
  expect(Object.values(report.summary)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(Object.keys(report.summary)).toEqual([...OUTCOME_KINDS]);
  expect(report.calls).toBe(50);
  expect(report.policy.hash).toBe("hash");
});

test("the gravest outcome is the one that needs a person most", () => {
  const kinds: OutcomeKind[] = ["ignored", "tagged", "failed", "deferred"];
  expect(gravest(kinds.map((kind) => outcome(kind)))?.kind).toBe("failed");
  expect(gravest([])).toBeUndefined();
  for (const kind of OUTCOME_KINDS) expect(gravest([outcome(kind)])?.kind).toBe(kind);
});

test("a small report is left as it is", () => {
  const report = summarise([outcome("tagged")], "hash");
  expect(capReport(report)).toBe(report);
});

test("a report over a megabyte keeps its summary and what somebody may have to act on", () => {
  const many = Array.from({ length: 20_000 }, (_, index) =>
    outcome(index % 100 === 0 ? "failed" : index % 2 === 0 ? "tagged" : "unchanged"),
  );
  const report = summarise(many, "hash");
  expect(JSON.stringify(report).length).toBeGreaterThan(REPORT_BYTES_MAX / 2);
  const wide = { ...report, outcomes: many.map((one) => ({ ...one, reason: "ä".repeat(50) })) };

  const capped = capReport(wide);

  expect(capped.summary).toEqual(report.summary);
  expect(capped.outcomes.every(({ kind }) => kind === "failed")).toBe(true);
  expect(capped.outcomes).toHaveLength(200);
  expect(capped.leftOut).toBe(19_800);
});

test("a report that is too large for an answer leaves out what waits elsewhere as well", () => {
  const waiting = { ...outcome("deferred"), reason: "x".repeat(100), handed: "queue" } as const;
  const many = [outcome("failed"), ...Array.from({ length: 40_000 }, () => waiting)];
  const capped = capReport(summarise(many, "hash"));
  expect(capped).toMatchObject({ outcomes: [{ kind: "failed" }], leftOut: 40_000 });
  expect(capped.summary.deferred).toBe(40_000);
});
