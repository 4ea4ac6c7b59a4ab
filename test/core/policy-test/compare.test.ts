import { beforeAll, describe, expect, test } from "vitest";
import type { Policy } from "../../../shared/core/policy/policy.ts";
import { compareTest } from "../../../shared/core/policy-test/compare.ts";
import { coverPolicy } from "../../../shared/core/policy-test/coverage.ts";
import { evaluateTest } from "../../../shared/core/policy-test/evaluate.ts";
import type { Expectation, PolicyTest } from "../../../shared/core/policy-test/schema.ts";
import { readTestPolicy } from "../../functions/stage.ts";

let policy: Policy;
beforeAll(async () => {
  policy = await readTestPolicy("sample");
});

const NOW_MS = Date.UTC(2026, 10, 21, 12);

type Fixture = Partial<Omit<PolicyTest, "expect">>;
const evaluate = (fixture: Fixture, expected: Expectation) =>
  evaluateTest({ policy, nowMs: NOW_MS, test: { name: "a", ...fixture, expect: expected } });

/** What does not match: part, subject, expected and got. */
function mismatches(fixture: Fixture, expected: Expectation) {
  return compareTest(expected, evaluate(fixture, expected)).map((one) => [
    one.part,
    one.about,
    one.expected,
    one.got,
  ]);
}

/** Nothing is wrong with it. */
const GOOD = { Owner: "a@example.com", Environment: "dev", CostCenter: "c" };
const good: Fixture = { resource: { type: "secret", name: "dev-a", tags: GOOD } };
const tagged = (tags: object): Fixture => ({
  resource: { type: "secret", name: "dev-a", tags: { ...GOOD, ...tags } },
});

describe("each part is exact", () => {
  const created: Fixture = { ...good, created: { by: "dave" } };
  const creation = { CreatedBy: "dave", CreatedAt: "2026-11-21" };

  test("and holds where all is listed", () => {
    expect(mismatches(good, { bulk: {} })).toEqual([]);
    expect(mismatches(created, { creation })).toEqual([]);
  });

  test("a tag that is written and not listed fails", () => {
    expect(mismatches(created, { creation: { CreatedBy: "dave" } })).toEqual([
      ["creation", "CreatedAt", null, "2026-11-21"],
    ]);
  });

  test("a listed tag that is not written fails, with the row that says why", () => {
    const expected = { creation: { ...creation, Owner: "b@example.com" } };
    expect(mismatches(created, expected)).toEqual([["creation", "Owner", "b@example.com", null]]);
    const [mismatch] = compareTest(expected, evaluate(created, expected));
    expect(mismatch?.change).toMatchObject({ op: "keep", reason: "valid" });
  });

  test("a value, a value before and a source that differ fail", () => {
    const expected = (change: object) => ({
      creation: { ...creation, CreatedBy: { to: "dave", ...change } },
    });
    expect(mismatches(created, expected({ source: "creator.name" }))).toEqual([]);
    expect(mismatches(created, expected({ source: "const" }))).toEqual([
      ["creation", "CreatedBy", "dave (from const)", "dave (from creator.name)"],
    ]);
    expect(mismatches(created, expected({ from: "eve" }))).toEqual([
      ["creation", "CreatedBy", "eve -> dave", '"" -> dave'],
    ]);
    expect(mismatches(created, expected({ to: "eve" }))).toEqual([
      ["creation", "CreatedBy", "eve", "dave"],
    ]);
  });

  test("a reason of a refusal that differs, and one that is not listed, fail", () => {
    const refused = { Contact: "no-room" };
    expect(mismatches(created, { creation, refused })).toEqual([
      ["refused", "Contact", "no-room", "no-source"],
    ]);
    expect(mismatches(created, { creation, refused: {} })).toEqual([
      ["refused", "Contact", null, "no-source"],
    ]);
    expect(mismatches(good, { refused: { Contact: "no-source", CreatedBy: "no-value" } })).toEqual([
      ["refused", "CreatedAt", null, "no-value"],
    ]);
  });

  test("a bulk change and a finding that are not listed fail", () => {
    const fixture = tagged({ Password: "x" });
    expect(mismatches(fixture, { creation: "any" })).toEqual([
      ["bulk", "Password", null, "(removed)"],
      ["findings", "Password.prohibited", null, "fail, prohibited, of Password, critical"],
    ]);
    expect(
      mismatches(fixture, {
        bulk: { Password: null },
        findings: ["Password.prohibited"],
      }),
    ).toEqual([]);
  });

  test("a removal that should have been a value fails, and the other way round", () => {
    const fixture = tagged({ Password: "x" });
    const expected = { bulk: { Password: "", Owner: null }, findings: "any" } as const;
    expect(mismatches(fixture, expected)).toEqual([
      ["bulk", "Password", '""', "(removed)"],
      ["bulk", "Owner", "(removed)", null],
    ]);
  });

  test("any leaves a part out", () => {
    expect(mismatches(tagged({ Password: "x" }), { bulk: "any", findings: "any" })).toEqual([]);
    expect(mismatches(created, { creation: "any" })).toEqual([]);
  });

  test("that something is ignored, or skipped, must be expected", () => {
    const key: Fixture = { resource: { type: "key", name: "csms/default" }, created: {} };
    expect(mismatches(key, { creation: {} })).toEqual([
      ["ignored", "", null, "default-key"],
      ["skipped", "", null, "default-key"],
    ]);
    expect(mismatches(key, { ignored: "default-key", skipped: "default-key" })).toEqual([]);
    expect(mismatches(good, { skipped: "pending-deletion" })).toEqual([
      ["skipped", "", "pending-deletion", null],
    ]);
    const dying = { type: "key", name: "prod-a", state: "4" } as const;
    expect(mismatches({ resource: dying }, { skipped: "pending-deletion" })).toEqual([]);
    expect(mismatches({ resource: dying, created: {} }, { skipped: "pending-deletion" })).toEqual(
      [],
    );
  });
});

describe("findings", () => {
  const fixture = tagged({ owner: "b@example.com", OwnerEmail: "c@example.com" });

  test("of one rule are as many as are listed", () => {
    expect(mismatches(fixture, { findings: ["Owner.alias", "Owner.alias"] })).toEqual([]);
    expect(mismatches(fixture, { findings: ["Owner.alias"] })).toHaveLength(1);
    const three = { findings: ["Owner.alias", "Owner.alias", "Owner.alias"] };
    expect(mismatches(fixture, three)).toEqual([["findings", "Owner.alias", "fail", null]]);
  });

  test("answer the entries in whichever way they agree, in any order", () => {
    const one = { rule: "Owner.alias", reason: "conflict" };
    const other = { rule: "Owner.alias", tag: "owner" };
    expect(mismatches(fixture, { findings: [one, other] })).toEqual([]);
    expect(mismatches(fixture, { findings: [other, one] })).toEqual([]);
    expect(mismatches(fixture, { findings: [other, other] })).toHaveLength(2);
  });

  test("are as they stand: an exempt one is none that fails", () => {
    const legacy: Fixture = {
      resource: { type: "secret", name: "legacy-a", tags: { ...GOOD, Owner: "" } },
    };
    const bulk = "any";
    const rule = "Owner.required";
    expect(mismatches(legacy, { bulk, findings: [{ rule, status: "exempt" }] })).toEqual([]);
    expect(mismatches(legacy, { bulk, findings: [rule] })).toHaveLength(2);
    const other = { rule, status: "exempt", severity: "low" } as const;
    expect(mismatches(legacy, { bulk, findings: [other] })).toHaveLength(2);
  });
});

test("an event of several traces, or of none, is told", () => {
  const trace = { cts: { trace_name: "createSecret", resource_name: "a" } };
  for (const event of [[trace, trace], {}]) {
    const came = evaluateTest({
      policy,
      nowMs: NOW_MS,
      event,
      test: { name: "a", event: "e.json", expect: { creation: {} } },
    });
    expect(compareTest({ creation: {} }, came)).toMatchObject([{ part: "event", expected: null }]);
  }
});

describe("coverage", () => {
  const names = (fixture: Fixture, expected: Expectation) =>
    coverPolicy(policy, [{ expected, came: evaluate(fixture, expected) }]).untouched.map(
      ({ kind, name }) => `${kind} ${name}`,
    );

  test("without a test nothing is touched, and every part is named", () => {
    const { parts, untouched } = coverPolicy(policy, []);
    expect(untouched).toHaveLength(parts);
    expect(untouched.slice(0, 6).map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      "selector prod",
      "selector sandbox",
      "tag Owner",
      "source tags.Owner.value[0]",
      "source tags.Owner.value[1]",
      "source tags.Owner.value[2]",
    ]);
    expect(untouched.at(-1)).toEqual({ kind: "exemption", name: "exemptions[0]" });
  });

  test("a source that gave a value is touched, those that it came before and after are not", () => {
    const bare: Fixture = {
      resource: { type: "secret", name: "prod-a" },
      created: { by: "dave@example.com" },
    };
    const left = names(bare, { creation: {} });
    expect(left).not.toContain("source tags.Owner.value[1]");
    expect(left).toEqual(
      expect.arrayContaining(["source tags.Owner.value[0]", "source tags.Owner.value[2]"]),
    );
    expect(left).not.toContain("rule prod-needs-contact");
    expect(left).not.toContain("selector prod");
    expect(left).toContain("selector sandbox");
  });

  test("a part that is any touches nothing", () => {
    const bare: Fixture = { resource: { type: "secret", name: "a" }, created: { by: "dave" } };
    const left = names(bare, { creation: "any", bulk: "any", findings: "any" });
    expect(left).toHaveLength(coverPolicy(policy, []).parts);
  });
});
