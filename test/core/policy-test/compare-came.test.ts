import { describe, expect, test } from "vitest";
import { compareTest, type Mismatch } from "../../../shared/core/policy-test/compare.ts";
import { compareFindings } from "../../../shared/core/policy-test/compare-findings.ts";
import { coverPolicy } from "../../../shared/core/policy-test/coverage.ts";
import { type Came, evaluateTest } from "../../../shared/core/policy-test/evaluate.ts";
import type { Expectation, PolicyTest } from "../../../shared/core/policy-test/schema.ts";
import type { TagChange } from "../../../shared/core/tag.ts";
import { constant, copyOf, policy, rule } from "../plan/builders.ts";

// What came is written down here, so that each comparison has its own row.

const NOTHING: Came = {
  creation: null,
  ignored: null,
  malformed: null,
  bulk: [],
  findings: [],
  skipped: null,
  item: null,
};
const written: TagChange = { key: "A", op: "overwrite", from: "b", to: "a", source: "const" };
const removed: TagChange = { key: "A", op: "delete", from: "b", reason: "merged" };
const kept: TagChange = { key: "A", op: "keep", from: "a", reason: "valid" };
const refused: TagChange = { key: "A", op: "refuse", reason: "no-room" };

const bulk = (change: string | null | object | undefined, ...rows: readonly TagChange[]) => {
  const expected = { bulk: change === undefined ? {} : { A: change } } as Expectation;
  return compareTest(expected, { ...NOTHING, bulk: rows });
};
const about = (expected: string | null, got: string | null, change?: TagChange): Mismatch => ({
  part: "bulk",
  about: "A",
  expected,
  got,
  ...(change !== undefined && { change }),
});

describe("a change that is expected", () => {
  test.each<[string | null | object, TagChange]>([
    ["a", written],
    [null, removed],
    [{ to: "a" }, written],
    [{ to: "a", from: "b", source: "const" }, written],
  ])("%j is met by %j", (change, row) => {
    expect(bulk(change, row)).toStrictEqual([]);
  });

  test.each<[string | null | object | undefined, TagChange, string | null, string | null]>([
    ["a", kept, "a", null],
    ["a", refused, "a", null],
    ["a", { ...refused, to: "a" }, "a", null],
    [{ to: "a" }, { ...refused, to: "a" }, "a", null],
    ["a", removed, "a", "(removed)"],
    ["", removed, '""', "(removed)"],
    ["b", written, "b", "a"],
    [" b", written, '" b"', "a"],
    ["(removed)", written, '"(removed)"', "a"],
    [null, written, "(removed)", "a"],
    [null, kept, "(removed)", null],
    [undefined, written, null, "a"],
    [undefined, removed, null, "(removed)"],
    [{ to: "a" }, removed, "a", "(removed)"],
    [{ to: "a", source: "region" }, written, "a (from region)", "a (from const)"],
    [{ to: "a", from: "c" }, written, "c -> a", "b -> a"],
    [{ to: "c" }, { key: "A", op: "create", to: "a" }, "c", "a"],
    [{ to: "c", from: "" }, { key: "A", op: "create", to: "a" }, '"" -> c', '"" -> a'],
  ])("%j is not met by %j", (change, row, expected, got) => {
    expect(bulk(change, row)).toStrictEqual([about(expected, got, row)]);
  });

  test("of a tag of which nothing is said did not come", () => {
    expect(bulk("a")).toStrictEqual([about("a", null)]);
  });
});

describe("a refusal that is expected", () => {
  const compare = (reason: string | undefined, creation: readonly TagChange[] | null) =>
    compareTest(
      { refused: reason === undefined ? {} : { A: reason }, creation: "any" },
      { ...NOTHING, creation },
    );
  const wrong = (expected: string | null, got: string | null, change?: TagChange) => [
    { part: "refused", about: "A", expected, got, ...(change !== undefined && { change }) },
  ];

  test("is met by its reason, of this tag", () => {
    const other: TagChange = { key: "B", op: "keep", from: "b" };
    expect(compare("no-room", [refused])).toStrictEqual([]);
    expect(compare("no-value", [refused])).toStrictEqual(wrong("no-value", "no-room", refused));
    expect(compare(undefined, [refused])).toStrictEqual(wrong(null, "no-room", refused));
    expect(compare("no-room", [other, kept])).toStrictEqual(wrong("no-room", null, kept));
    expect(compare("no-room", [other])).toStrictEqual(wrong("no-room", null));
    expect(compare("no-room", null)).toStrictEqual(wrong("no-room", null));
  });
});

test("what is malformed is told as it is", () => {
  const came = { ...NOTHING, malformed: "no-id" };
  expect(compareTest({}, came)).toStrictEqual([
    { part: "event", about: "", expected: null, got: "malformed: no-id" },
  ]);
});

describe("with a policy", () => {
  const ABOUT = policy({
    selectors: { all: {}, none: { name: [{ in: ["nobody"] }] } },
    tags: [
      rule("Copy", { sources: [copyOf("theirs"), constant("c")] }),
      rule("Owner", { aliases: ["owner", "OWNER"], required: { only: null, except: [] } }),
      rule("Password", { prohibited: true }),
      rule("Unused", {}),
    ],
    rules: [{ id: "r", description: "", severity: "low", if: {}, require: ["Unused"] }],
    exemptions: [
      { id: "1", rule: "r", resource: {}, owner: "o", reason: "r", expiresMs: null },
      { id: "2", rule: "s", resource: {}, owner: "o", reason: "r", expiresMs: null },
    ],
  });
  const tags = { owner: "ann", Password: "x" };
  const test1: PolicyTest = { name: "a", resource: { type: "secret", tags }, expect: {} };
  const came = evaluateTest({ policy: ABOUT, nowMs: 0, test: test1 });
  const left = (expected: Expectation, of: Came = came) =>
    coverPolicy(ABOUT, [{ expected, came: of }]).untouched.map(
      ({ kind, name }) => `${kind} ${name}`,
    );

  test("the parts that a test touches are those of all that it looks at", () => {
    expect(left({})).toEqual([
      "selector none",
      "source tags.Copy.value[0]",
      "alias OWNER",
      "rule Owner.required",
      "exemption exemptions[1]",
    ]);
    expect(coverPolicy(ABOUT, []).untouched.map(({ kind, name }) => `${kind} ${name}`)).toEqual(
      ORDER,
    );
    expect(coverPolicy(ABOUT, []).parts).toBe(ORDER.length);
  });
  const ORDER = [
    "selector all",
    "selector none",
    "tag Copy",
    "source tags.Copy.value[0]",
    "source tags.Copy.value[1]",
    "tag Owner",
    "alias owner",
    "alias OWNER",
    "tag Password",
    "tag Unused",
    "rule Owner.required",
    "rule Owner.alias",
    "rule Password.prohibited",
    "rule r",
    "exemption exemptions[0]",
    "exemption exemptions[1]",
  ];

  test("what is any touches nothing", () => {
    const none = ORDER.filter((part) => part !== "selector all");
    expect(left({ bulk: "any", findings: "any", creation: "any" })).toEqual(none);
    const nobody = { ...came, item: null };
    expect(left({ bulk: "any", findings: "any", creation: "any" }, nobody)).toEqual(ORDER);
  });

  test("a tag that is refused is not touched, one that is kept is", () => {
    const only = (op: "refuse" | "keep") =>
      left({}, { ...NOTHING, creation: [{ key: "Unused", op }] }).includes("tag Unused");
    expect([only("refuse"), only("keep")]).toEqual([true, false]);
  });

  test("an alias is touched where it is merged, not where it is kept", () => {
    const only = (op: "delete" | "keep") =>
      left({}, { ...NOTHING, bulk: [{ key: "OWNER", op }] }).includes("alias OWNER");
    expect([only("delete"), only("keep")]).toEqual([false, true]);
  });

  test("a source is touched where it gave the value, an alias where it is found", () => {
    const row: TagChange = { key: "Copy", op: "create", to: "c", source: "tag theirs" };
    const creation = left({}, { ...NOTHING, creation: [row] });
    expect(creation).not.toContain("source tags.Copy.value[0]");
    expect(creation).toContain("source tags.Copy.value[1]");

    const findings = came.findings.slice(0, 1).map((one) => ({ ...one, tag_key: "OWNER" }));
    expect(left({}, { ...NOTHING, findings })).not.toContain("alias OWNER");
    const ofNoTag = findings.map((one) => ({ ...one, tag_key: null }));
    expect(left({}, { ...NOTHING, findings: ofNoTag })).toContain("alias OWNER");
  });

  test("that it is skipped is told once, beside all else that is found", () => {
    const findings = came.findings.filter(({ status }) => status === "fail");
    const skipped = findings.map((finding) => ({ ...finding, status: "skipped" as const }));
    const of = { ...NOTHING, skipped: "default-key", findings: [...findings, ...skipped] } as const;
    const told = compareTest({ skipped: "default-key" }, of);
    expect(told.map(({ finding }) => finding)).toEqual(findings);
    expect(compareTest({}, { ...NOTHING, findings: skipped })).toHaveLength(skipped.length);
  });

  test("a finding answers what is said of it, all of it", () => {
    const [finding] = came.findings.filter(({ rule_id }) => rule_id === "Password.prohibited");
    if (finding === undefined) throw new Error("it is found");
    const { rule_id: id, reason, severity } = finding;
    const all = { rule: id, status: "fail", tag: "Password", reason, severity } as const;
    expect(compareFindings([id], [finding])).toEqual([]);
    expect(compareFindings([all], [finding])).toEqual([]);
    for (const other of [
      { rule: "Owner.alias" },
      { status: "error" as const },
      { tag: "Owner" },
      { reason: "other" },
      { severity: "low" as const },
    ])
      expect(compareFindings([{ ...all, ...other }], [finding])).toHaveLength(2);
  });
});
