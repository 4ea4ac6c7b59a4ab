/**
 * Goal: the samples that outputs are read with are reports that an audit could have made.
 * Method: what a report tells more than once agrees in a real audit, and so it does in each sample.
 */
import { describe, expect, test } from "vitest";
import type { AuditReport } from "../../shared/core/audit/audit-report.ts";
import { ALL, audit, bad, good } from "../core/audit/audit-fixture.ts";
import { item } from "../core/audit/fixture.ts";
import { constant, policy, rule } from "../core/plan/builders.ts";
import { agreementsOf } from "./agreement.ts";
import { GOLDEN } from "./golden.ts";
import { CLEAN, EXEMPT, INCOMPLETE, large, SMALL } from "./samples.ts";

const POLICY = policy({
  tags: [
    rule("Env", { required: ALL, sources: [constant("x")] }),
    rule("Owner", { required: { only: null, except: [] } }),
    rule("Password", { prohibited: true, severity: "critical" }),
  ],
});
const OWNED = { Env: "x", Owner: "a" };
const ITEMS = [
  good(1),
  bad(2),
  item(OWNED, { number: 3 }),
  item({ ...OWNED, Password: "p" }, { number: 4, type: "key" }),
  item({ Owner: "b" }, { number: 5, type: "key" }),
  item({}, { number: 6, type: "key", skip: "default-key" }),
];

/** What agrees with nothing else in a report. */
const quarrelsOf = (report: AuditReport) =>
  agreementsOf(report).filter(([, told, counted]) => {
    try {
      expect(told).toEqual(counted);
      return false;
    } catch {
      return true;
    }
  });

describe("what is told more than once agrees", () => {
  test.each([
    ["everything was examined", audit(POLICY, ITEMS)],
    ["some could not be read", audit(POLICY, [...ITEMS, item(null, { number: 7 })])],
    ["there is nothing", audit(POLICY, [])],
  ])("in an audit where %s", (_, report) => {
    expect(quarrelsOf(report)).toEqual([]);
  });

  test.each(Object.entries({ CLEAN, EXEMPT, INCOMPLETE, SMALL, LARGE: large(500), ...GOLDEN }))(
    "in the sample %s",
    (_, report) => {
      expect(quarrelsOf(report)).toEqual([]);
    },
  );

  test.each<[string, Partial<AuditReport>]>([
    ["complete", { complete: false }],
    ["summary", { summary: { ...SMALL.summary, score: 100 } }],
    ["owners' resources", { owners: { ...SMALL.owners, others: 1 } }],
    ["changes", { changes: { ...SMALL.changes, total: 0 } }],
    ["trend", { trend: [] }],
  ])("and where it does not, it is noticed: %s", (what, changes) => {
    expect(quarrelsOf({ ...SMALL, ...changes }).map(([name]) => name)).toContain(what);
  });
});
