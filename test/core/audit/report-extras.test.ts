import { describe, expect, test } from "vitest";
import type { AuditReport } from "../../../shared/core/audit/audit-report.ts";
import { createAuditor } from "../../../shared/core/audit/auditor.ts";
import type { Exemption, Policy } from "../../../shared/core/policy/policy.ts";
import { constant, from, policy, rule } from "../plan/builders.ts";
import { ALL, audit, noteAll, PLACE, RUN, rows } from "./audit-fixture.ts";
import { deps, item, NOW_MS } from "./fixture.ts";

const excuse = (id: string, about: Partial<Exemption> = {}): Exemption => ({
  id,
  rule: "Env.required",
  resource: { name: [{ regex: "^legacy" }] },
  owner: "sec@example.com",
  reason: "migration",
  expiresMs: null,
  ...about,
});

describe("owners", () => {
  const judged = policy({
    tags: [rule("Env", { required: ALL, severity: "high" }), rule("Owner", { aliases: ["owner"] })],
  });
  const counts = ({ owners }: AuditReport) =>
    owners.list.map(({ owner, resources, failing, findings, worst }) => [
      owner,
      resources,
      failing,
      findings,
      worst,
    ]);

  test("are the values of the tag Owner, an alias of it included, most failing first", () => {
    const report = audit(judged, [
      item({ Owner: "ann", Env: "x" }, { number: 1 }),
      item({ Owner: "bob" }, { number: 2 }),
      item({ Owner: "bob" }, { number: 3 }),
      item({ owner: "ann" }, { number: 4 }),
      item({ Env: "x" }, { number: 5 }),
      item({}, { number: 6, type: "key", skip: "default-key" }),
      item(null, { number: 7 }),
    ]);
    expect(report.owners.tag).toBe("Owner");
    expect(counts(report)).toEqual([
      ["bob", 2, 2, 2, "high"],
      ["ann", 2, 1, 2, "high"],
      [null, 1, 0, 0, null],
    ]);
  });

  test("whose name looks like personal data are counted together, and not named", () => {
    const report = audit(judged, [
      item({ Owner: "ann.smith@example.com", Env: "x" }, { number: 1 }),
      item({ Owner: "bob.jones@example.com", Env: "x" }, { number: 2 }),
    ]);
    expect(report.owners.list.map(({ owner, resources }) => [owner, resources])).toEqual([
      ["<redacted>", 2],
    ]);
  });

  test("are creators, or enterprise projects, where the policy knows no owner", () => {
    const created = policy({ tags: [rule("CreatedBy", { sources: [from("creator.name")] })] });
    expect(audit(created, [item({ CreatedBy: "carol" })]).owners).toMatchObject({
      tag: "CreatedBy",
      list: [{ owner: "carol" }],
    });
    const bare = policy({ tags: [rule("Env", { required: ALL })] });
    const one = item({}, { fields: { "resource.enterpriseProject": "ep-1" } });
    expect(audit(bare, [one]).owners).toMatchObject({ tag: null, list: [{ owner: "ep-1" }] });
  });
});

describe("proposed changes", () => {
  const wanted = policy({
    tags: [
      rule("Owner", { sources: [constant("nobody")], aliases: ["owner"] }),
      rule("Env", { values: { prod: ["Prod"] }, whenPresent: "correct" }),
      rule("Note", { prohibited: true }),
    ],
  });

  test("are what a plan writes, old and new, with the reason", () => {
    const { changes } = audit(wanted, [
      item({ owner: "ann", Env: "Prod" }, { number: 2, name: "b" }),
      item({ Env: "prod" }, { number: 1, name: "a" }),
      item({ Owner: "x" }, { number: 3, name: "c" }),
    ]);
    expect(changes).toMatchObject({ total: 4, resources: 2 });
    expect(
      changes.list.map(({ resource_name, tag_key, op, from, to, why }) =>
        [resource_name, op, tag_key, from, to, why].join(" "),
      ),
    ).toEqual([
      "a create Owner  nobody const",
      "b create Owner  ann alias owner",
      "b delete owner ann  merged",
      "b overwrite Env Prod prod canonical",
    ]);
  });

  test("never tell what a prohibited tag holds, nor what looks secret", () => {
    const secret = "AKIAIOSFODNN7EXAMPLEKEY9";
    const text = JSON.stringify(
      audit(wanted, [item({ Note: "hush-hush", owner: `token=${secret}` })]).changes,
    );
    expect(text).not.toContain("hush-hush");
    expect(text).not.toContain(secret);
    expect(text).toContain('"tag_key":"Note","op":"delete","from":"<redacted>"');
  });

  test("beyond ten thousand are counted, and not held", () => {
    const items = Array.from({ length: 10_050 }, (_, number) => item({}, { number }));
    const { changes } = audit(wanted, items);
    expect([changes.total, changes.resources, changes.list.length]).toEqual([
      10_050, 10_050, 10_000,
    ]);
  });
});

describe("exemptions", () => {
  const about = (...exemptions: Exemption[]): Policy => ({
    ...policy({ tags: [rule("Env", { required: ALL })] }),
    exemptions,
  });

  test("are told with their use: how often, unused, expired, or not known", () => {
    const three = about(
      excuse("1"),
      excuse("2", { resource: { name: [{ regex: "^nobody" }] } }),
      excuse("3", { expiresMs: NOW_MS }),
    );
    const legacy = [1, 2].map((number) => item({}, { number, name: `legacy-${number}` }));
    const uses = (report: AuditReport) =>
      report.exemptions.map(({ id, findings, state, expires }) => [id, findings, state, expires]);
    expect(uses(audit(three, legacy))).toEqual([
      ["1", 2, "in-use", null],
      ["2", 0, "unused", null],
      ["3", 0, "expired", "2027-01-15"],
    ]);
    expect(uses(audit(three, legacy, { counted: 9 }))[1]).toEqual(["2", 0, "unknown", null]);
    expect(audit(three, legacy).exemptions[0]).toMatchObject({
      rule: "Env.required",
      resource: "name /^legacy/",
      owner: "sec@example.com",
      reason: "migration",
    });
  });

  test("excuse from rules that every policy has", () => {
    const secret = item({ Env: "x", token: "AKIAIOSFODNN7EXAMPLE" }, { name: "legacy-1" });
    const report = audit(about(excuse("1", { rule: "tag.secret" })), [secret]);
    expect(report.findings.filter(({ rule_id }) => rule_id === "tag.secret")).toMatchObject([
      { status: "exempt", exemption_id: "1" },
    ]);
  });

  test("excuse a project from its vocabulary, by place or by key", () => {
    const found = (resource: Exemption["resource"]) => {
      const auditor = createAuditor(
        about(excuse("1", { rule: "project.vocabulary", resource })),
        deps,
      );
      const scope = auditor.open(PLACE);
      scope.addKeys(["team", "colour"]);
      noteAll(scope, []);
      scope.take(item({ Env: "x" }));
      noteAll(scope, [item({ Env: "x" })]);
      scope.close(null);
      const report = auditor.end(RUN);
      const vocabulary = report.findings.filter(({ rule_id }) => rule_id === "project.vocabulary");
      return [
        ...vocabulary.map(({ tag_key, status }) => `${tag_key} ${status}`).toSorted(),
        ...rows(report, "policy.exemption").map(() => "unused"),
      ];
    };
    expect(found({ project: [{ in: ["p1"] }] })).toEqual(["colour exempt", "team exempt"]);
    expect(found({ tag: { team: [{ regex: "" }] } })).toEqual(["colour fail", "team exempt"]);
    const unused = ["colour fail", "team fail", "unused"];
    expect(found({ project: [{ in: ["p2"] }] })).toEqual(unused);
    expect(found({ name: [{ regex: "" }] })).toEqual(unused);
  });
});

test("a run log goes into the report as it was counted", () => {
  const auditor = createAuditor(policy({ tags: [] }), deps);
  const log = [
    { ...PLACE, type: "key", startedAt: "a", finishedAt: "b", requests: 3, pages: 1, retries: 0 },
  ] as const;
  expect(auditor.end({ ...RUN, log }).log).toEqual(log);
  expect(auditor.end(RUN).log).toEqual([]);
});
