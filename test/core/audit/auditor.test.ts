import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { AuditReport } from "../../../shared/core/audit/audit-report.ts";
import { createAuditor } from "../../../shared/core/audit/auditor.ts";
import type { Exemption } from "../../../shared/core/policy/policy.ts";
import { constant, policy, rule, source } from "../plan/builders.ts";
import { ALL, audit, bad, good, noteAll, PLACE, RUN, required, rows } from "./audit-fixture.ts";
import { deps, item } from "./fixture.ts";

describe("the score", () => {
  const skipped = item({}, { number: 90, skip: "pending-deletion" });
  const excuse: Exemption = {
    id: "1",
    rule: "Env.required",
    resource: { id: [{ regex: "80$" }] },
    owner: "o",
    reason: "r",
    expiresMs: null,
  };

  test("is that of the taggable ones; skipped ones count in the other", () => {
    const { summary, complete } = audit(required, [good(1), good(2), bad(3), skipped]);
    expect(summary).toEqual({
      error: 0,
      fail: 1,
      exempt: 0,
      skipped: 1,
      pass: 2,
      score: 66.6,
      scoreOfAll: 50,
    });
    expect(complete).toBe(true);
  });

  test("counts excused ones as good", () => {
    const about = { ...required, exemptions: [excuse] };
    expect(audit(about, [good(1), bad(80)]).summary).toMatchObject({
      exempt: 1,
      pass: 1,
      score: 100,
    });
  });

  test("is none where there is nothing, and 100 only where all is seen", () => {
    expect(audit(required, []).summary).toMatchObject({ score: null, scoreOfAll: null });
    expect(audit(required, [skipped]).summary).toMatchObject({ score: null, scoreOfAll: 0 });
    expect(audit(required, [good(1)]).summary.score).toBe(100);
    expect(audit(required, [good(1)], { counted: 2 }).summary.score).toBe(99.9);
    const many = Array.from({ length: 2000 }, (_, number) => good(number));
    expect(audit(required, [...many, bad(2001)]).summary.score).toBe(99.9);
  });
});

describe("an audit is complete once all was seen", () => {
  test("and says by how much it is not", () => {
    const report = audit(required, [good(1)], { counted: 3 });
    expect(report.complete).toBe(false);
    expect(report.types.secret).toEqual({ counted: 3, examined: 1, skipped: 0, errors: 0 });
    expect(rows(report, "resource.readable")).toEqual([
      expect.objectContaining({ status: "error", reason: "count-differs", actual: "1 examined" }),
    ]);
  });

  test("one whose tags are unreadable is one error, not two", () => {
    const report = audit(required, [good(1), item(null, { number: 2 })]);
    expect(report).toMatchObject({ complete: false, summary: { error: 1, score: 50 } });
    expect(rows(report, "resource.readable")).toMatchObject([{ reason: "tags-unknown" }]);
    expect(report.types.secret).toEqual({ counted: 2, examined: 1, skipped: 0, errors: 1 });
  });

  test("one without a usable id is told although no resource can be", () => {
    const report = audit(required, [good(1)], { counted: 2, unreadable: 1 });
    expect(rows(report, "resource.readable")).toMatchObject([
      { reason: "count-differs", actual: "1 examined, 1 without a usable id" },
    ]);
  });

  test("a service that gives no number is believed", () => {
    expect(audit(required, [good(1)], { counted: null })).toMatchObject({
      complete: true,
      types: { secret: { counted: null } },
    });
  });

  test("what could not be judged, a scope that broke off, one never closed, and no scope at all are not", () => {
    const byName = policy({
      selectors: { app: { name: [{ regex: "^app" }] } },
      tags: [rule("Env", { required: { only: ["app"], except: [] } })],
    });
    expect(audit(byName, [item({}, { fields: { "resource.name": undefined } })]).complete).toBe(
      false,
    );

    const broken = createAuditor(required, deps);
    const scope = broken.open(PLACE);
    scope.take(good(1));
    scope.close("ListResourceInstances: throttled, status 429");
    expect(broken.end(RUN)).toMatchObject({
      complete: false,
      scopes: [
        {
          complete: false,
          problem: "ListResourceInstances: throttled, status 429",
          types: { secret: { counted: null, examined: 1 } },
        },
      ],
    });

    const open = createAuditor(required, deps);
    noteAll(open.open(PLACE), []);
    expect(open.end(RUN).complete).toBe(false);
    expect(createAuditor(required, deps).end(RUN).complete).toBe(false);
  });

  test("over several regions and projects it is the sum", () => {
    const auditor = createAuditor(required, deps);
    for (const project of ["p1", "p2"]) {
      const scope = auditor.open({ region: "r", project });
      const items = [item({ Env: "x" }, { number: 1, fields: { project } })];
      for (const one of items) scope.take(one);
      noteAll(scope, items);
      scope.close(null);
    }
    const report = auditor.end(RUN);
    expect(report).toMatchObject({
      complete: true,
      types: { secret: { counted: 2, examined: 2 } },
      summary: { pass: 2 },
    });
    expect(report.scopes.map(({ project }) => project)).toEqual(["p1", "p2"]);
  });
});

describe("the keys", () => {
  test("that no rule knows are told once for a project, with what was probably meant", () => {
    const auditor = createAuditor(
      policy({ tags: [rule("CostCenter", { aliases: ["cc"] })] }),
      deps,
    );
    const scope = auditor.open(PLACE);
    scope.take(item({ "cost-centre": "1", CostCenter: "1", cc: "1", _sys_x: "1" }, { number: 1 }));
    scope.take(item({ "cost-centre": "2" }, { number: 2 }));
    scope.addKeys(["Unused", "cost-centre", "alice@example.com"]);
    scope.close(null);
    const found = rows(auditor.end(RUN), "project.vocabulary");
    expect(found.map(({ tag_key: key, suggestion }) => [key, suggestion])).toEqual([
      ["<redacted>", null],
      ["Unused", null],
      ["cost-centre", "rename cost-centre to CostCenter"],
    ]);
  });

  test("that resemble a prohibited one are to go, not to be renamed to it", () => {
    const about = policy({ tags: [rule("Password", { prohibited: true })] });
    const found = rows(audit(about, [item({ password: "x" })]), "project.vocabulary");
    expect(found.map(({ suggestion }) => suggestion)).toEqual([
      "remove password, as the prohibited Password",
    ]);
  });

  test("are counted with their most frequent values, those of the policy even where nobody has them", () => {
    const about = policy({ tags: [rule("Env", { values: { a: [], b: [] } }), rule("Team")] });
    const items = ["b", "a", "b", "c", ""].map((Env, number) =>
      item({ Env, Note: "n@example.com" }, { number }),
    );
    expect(audit(about, items).keys).toEqual([
      {
        key: "Env",
        declared: true,
        resources: 5,
        distinct: 4,
        more: false,
        invalid: 1,
        values: [
          { value: "b", resources: 2 },
          { value: "", resources: 1 },
          { value: "a", resources: 1 },
          { value: "c", resources: 1 },
        ],
      },
      {
        key: "Note",
        declared: false,
        resources: 5,
        distinct: 0,
        more: false,
        values: [],
        invalid: 0,
      },
      {
        key: "Team",
        declared: true,
        resources: 0,
        distinct: 0,
        more: false,
        values: [],
        invalid: 0,
      },
    ]);
  });

  test("have a limited number of values, and say so", () => {
    const items = Array.from({ length: 1_010 }, (_, number) =>
      item({ Serial: `s${number}` }, { number }),
    );
    const [serial] = audit(policy({}), items).keys;
    expect(serial).toMatchObject({ key: "Serial", resources: 1_010, distinct: 1_000, more: true });
    expect(serial?.values).toHaveLength(20);
  });
});

test("secrets inherit from the keys that were taken before them, whatever else fills tags", () => {
  const inherit = source({ kind: "inherit", of: "kmsKey" });
  const key = item({ Env: "prod" }, { type: "key", number: 1 });
  const secret = item({}, { number: 2, fields: { "resource.kmsKeyId": key.resource.id } });
  for (const tags of [
    [rule("Env", { required: ALL, sources: [inherit] })],
    [
      rule("Team", { sources: [constant("x")] }),
      rule("Env", { required: ALL, sources: [inherit, constant("dev")] }),
    ],
  ])
    expect(rows(audit(policy({ tags }), [key, secret]), "Env.required")).toMatchObject([
      { suggestion: "prod", fixable: true },
    ]);
});

test("each rule is told with its findings by status, in the policy's order, then those that all have", () => {
  const { rules } = audit(required, [good(1), bad(2), item(null, { number: 3 })]);
  expect(rules.map(({ id }) => id).slice(0, 3)).toEqual([
    "Env.required",
    "resource.tag-limit",
    "resource.taggable",
  ]);
  expect(rules[0]).toMatchObject({
    severity: "medium",
    description: "Env must be present",
    fail: 1,
    error: 0,
  });
  expect(rules.find(({ id }) => id === "resource.readable")).toMatchObject({ fail: 0, error: 1 });
  expect(rules).toHaveLength(10);
});

test("the report is the same in whatever order resources come, gravest findings first", () => {
  const about = policy({
    tags: [
      rule("Env", { required: ALL, severity: "high", values: { prod: [] } }),
      rule("Temp", { prohibited: true }),
      rule("By", { sources: [constant("x")] }),
    ],
  });
  const items = [
    item(null, { number: 1 }),
    ...[2, 3, 4].map((number) => item({ Temp: "x" }, { number, name: `n${number % 2}` })),
    item({ Env: "prd", Temp: "", Note: "alice@example.com" }, { type: "key", number: 5 }),
    item({}, { number: 6, skip: "default-key" }),
  ];
  const written = (report: AuditReport) => ({ ...report, findings: [...report.findings] });
  const first = written(audit(about, items));
  const order = first.findings.map(({ status, severity }) => `${status} ${severity}`);
  expect([...new Set(order)]).toEqual([
    "error high",
    "fail high",
    "fail medium",
    "fail low",
    "skipped low",
  ]);
  fc.assert(
    fc.property(fc.shuffledSubarray(items, { minLength: items.length }), (shuffled) => {
      expect(written(audit(about, shuffled))).toEqual(first);
    }),
    { numRuns: 50 },
  );
});
