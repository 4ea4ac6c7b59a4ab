import { describe, expect, test } from "vitest";
import {
  capReport,
  gravest,
  OUTCOME_KINDS,
  type Outcome,
  type OutcomeKind,
  REPORT_BYTES_MAX,
  refuseWrites,
  summarise,
} from "../../shared/core/outcome.ts";
import type { TagChange } from "../../shared/core/tag.ts";

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

test("a report says what else a use case came to", () => {
  const parts = { run: "r-1", guarded: ["one", "two"], deadLetters: 3 };
  const { tagged, ...none } = summarise([], "hash").summary;
  expect(tagged).toBe(0);
  expect("guarded" in none).toBe(false);
  expect(summarise([outcome("tagged", 2)], "hash", parts)).toEqual({
    outcomes: [outcome("tagged", 2)],
    summary: { tagged: 1, ...none, guarded: 2 },
    calls: 2,
    policy: { hash: "hash" },
    ...parts,
  });
});

test("of a plan that was not carried out, what was to be written is refused, and what was lost is told", () => {
  const kept: TagChange = { key: "A", op: "keep", from: "a", reason: "valid" };
  const refused: TagChange = { key: "B", op: "refuse", reason: "no-source" };
  const created: TagChange = { key: "C", op: "create", to: "c", source: "const" };
  const deleted: TagChange = { key: "D", op: "delete", from: "d", reason: "prohibited" };
  const lost: TagChange = { key: "D", op: "delete", from: "d", reason: "lost" };
  const untold: TagChange = { key: "E", op: "delete", from: "e", reason: "lost" };
  const notWritten = { op: "refuse", reason: "not-written" };
  const rows = [kept, refused, created, deleted];
  expect(refuseWrites(rows)).toEqual([
    kept,
    refused,
    { ...created, ...notWritten },
    { ...deleted, ...notWritten },
  ]);
  expect(refuseWrites(rows, [untold, lost])).toEqual([
    kept,
    refused,
    { ...created, ...notWritten },
    lost,
  ]);
});

test("the gravest outcome is the one that needs a person most", () => {
  const kinds: OutcomeKind[] = ["ignored", "tagged", "failed", "deferred"];
  expect(gravest(kinds.map((kind) => outcome(kind)))?.kind).toBe("failed");
  expect(gravest([])).toBeUndefined();
  const grave: OutcomeKind[] = ["failed", "malformed", "deferred", "stale"];
  const order: OutcomeKind[] = [...grave, "gone", "skipped", "tagged", "unchanged", "ignored"];
  for (const [index, kind] of order.entries()) {
    const rest = order.slice(index).toReversed();
    expect(gravest(rest.map((one) => outcome(one)))?.kind).toBe(kind);
  }
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

describe("the limit of a report", () => {
  /** A report of so many bytes as JSON, of which one character may take two. */
  function reportOf(bytes: number, outcomes: readonly Outcome[]) {
    const bare = summarise([...outcomes, { ...outcome("failed"), reason: "é" }], "hash");
    const size = Buffer.byteLength(JSON.stringify(bare));
    const reason = `é${"x".repeat(bytes - size)}`;
    return { ...bare, outcomes: [...outcomes, { ...outcome("failed"), reason }] };
  }
  const done = [outcome("tagged"), outcome("unchanged")];
  const waiting: Outcome = { ...outcome("deferred"), handed: "dead-letter" };

  test("is a megabyte, to the byte", () => {
    const full = reportOf(1_000_000, done);
    expect(capReport(full)).toBe(full);
    const capped = capReport(reportOf(1_000_001, done));
    expect(capped.outcomes.map(({ kind }) => kind)).toEqual(["failed"]);
    expect(capped.leftOut).toBe(2);
  });

  test("is five for what somebody may have to act on, counted without what is left out", () => {
    const outcomes = [waiting, ...done, outcome("ignored")];
    const without = (bytes: number) => {
      const { leftOut: _, ...capped } = capReport(reportOf(bytes, outcomes));
      return capped.outcomes.map(({ kind }) => kind);
    };
    const spared = JSON.stringify(done).length - 1 - ',"leftOut":2'.length;
    expect(without(5_000_000 + spared)).toEqual(["deferred", "ignored", "failed"]);
    expect(without(5_000_001 + spared)).toEqual(["ignored", "failed"]);
  });

  test("adds to what was left out before", () => {
    const capped = capReport({ ...reportOf(1_000_001, done), leftOut: 7 });
    expect(capped.leftOut).toBe(9);
  });
});
