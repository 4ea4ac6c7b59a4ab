import { expect, test } from "vitest";
import { createAuditor } from "../../../shared/core/audit/auditor.ts";
import { noteAll, PLACE, RUN, required } from "./audit-fixture.ts";
import { deps } from "./fixture.ts";

test("a report says what made it, by which policy, and what was found in sum", () => {
  const auditor = createAuditor(required, deps);
  const open = (project: string, counted: number | null, skipped: number) => {
    const scope = auditor.open({ region: "r", project });
    scope.note("secret", { counted, examined: 5, skipped, unreadable: 1 });
    scope.note("key", { counted: 3, examined: 2, skipped, unreadable: 0 });
    scope.close(null);
  };
  open("p1", null, 1);
  open("p2", 5, 2);
  const { scopes, rules, findings, ...report } = auditor.end(RUN);
  expect(report).toEqual({
    schema: "tagwarden/audit/1",
    complete: false,
    tool: { name: "tagwarden", version: "1.2.3" },
    startedAt: "2027-01-15T12:00:00.000Z",
    finishedAt: "2027-01-15T12:00:09.000Z",
    policy: { hash: required.hash },
    types: {
      secret: { counted: null, examined: 10, skipped: 3, errors: 2 },
      key: { counted: 6, examined: 4, skipped: 3, errors: 0 },
    },
    summary: { error: 0, fail: 0, exempt: 0, skipped: 0, pass: 0, score: null, scoreOfAll: null },
    keys: [expect.objectContaining({ key: "Env", resources: 0 })],
    owners: { tag: null, list: [], others: 0 },
    exemptions: [],
    changes: { total: 0, resources: 0, list: [] },
    log: [],
    trend: [
      { at: "2027-01-15T12:00:00.000Z", complete: false, score: null, fail: 0, resources: 0 },
    ],
  });
  expect(scopes.map(({ project, complete }) => [project, complete])).toEqual([
    ["p1", false],
    ["p2", false],
  ]);
  expect([...findings].map(({ project_id, resource_type }) => [project_id, resource_type])).toEqual(
    [
      ["p1", "key"],
      ["p2", "key"],
      ["p1", "secret"],
      ["p2", "secret"],
    ],
  );
  expect(rules[0]).toStrictEqual({
    id: "Env.required",
    severity: "medium",
    description: "Env must be present",
    fail: 0,
    exempt: 0,
    error: 0,
    skipped: 0,
  });
});

test("one scope that was not read to its end makes the whole audit incomplete", () => {
  const auditor = createAuditor(required, deps);
  for (const problem of [null, "throttled"]) {
    const scope = auditor.open(PLACE);
    noteAll(scope, []);
    scope.close(problem);
  }
  const { complete, scopes } = auditor.end(RUN);
  expect([complete, scopes.map((scope) => scope.complete)]).toEqual([false, [true, false]]);
});
