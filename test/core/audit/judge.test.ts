import { describe, expect, test } from "vitest";
import type { Finding } from "../../../shared/core/audit/finding.ts";
import type { Exemption, Policy } from "../../../shared/core/policy/policy.ts";
import { constant, foreignTags, from, policy, rule, source } from "../plan/builders.ts";
import { brief, item, judge, NOW_MS } from "./fixture.ts";
import { type Case, dev, LONG_TOKEN, required, TAG_CASES, values } from "./judge-cases.ts";
import { OTHER_CASES } from "./judge-cases-other.ts";

const policyOf = ({ about, policy: whole }: Case) =>
  policy({ ...(about !== undefined && { tags: [rule("Env", about)] }), ...whole });

describe("a resource has the findings that its tags give reason for, and no others", () => {
  test.each(Object.entries({ ...TAG_CASES, ...OTHER_CASES }))("%s", (_, one) => {
    const found = brief(judge(policyOf(one), item(one.tags)).findings);
    expect(found).toEqual(
      one.wanted.map((wanted) => expect.objectContaining({ status: "fail", ...wanted })),
    );
    expect(judge(policyOf(one), item(one.tags)).status).toBe(
      one.wanted.length > 0 ? "fail" : "pass",
    );
  });

  test("of which there are none where all is well, nor anything to change", () => {
    const judged = judge(policy({ tags: [rule("Env", { values })] }), item({ Env: "prod" }));
    expect(judged).toEqual({
      status: "pass",
      findings: [],
      tags: [{ key: "Env", value: "prod", declared: true, invalid: false }],
      changes: [],
    });
  });
});

describe("what is not judged", () => {
  const strict = policy({ tags: [rule("Env", required)] });

  test.each(["default-key", "pending-deletion"] as const)(
    "%s is skipped, whatever its tags",
    (skip) => {
      for (const held of [null, {}, { Note: LONG_TOKEN }]) {
        const { status, findings, tags } = judge(strict, item(held, { type: "key", skip }));
        expect([status, tags]).toEqual(["skipped", []]);
        expect(brief(findings)).toEqual([
          expect.objectContaining({
            rule_id: "resource.taggable",
            status: "skipped",
            reason: skip,
          }),
        ]);
      }
    },
  );

  const UNKNOWN = {
    rule_id: "resource.readable",
    status: "error",
    severity: "high",
    reason: "tags-unknown",
  };

  test("tags that could not be read are an error, not none", () => {
    const { status, findings, changes } = judge(strict, item(null));
    expect([status, brief(findings), changes]).toEqual([
      "error",
      [expect.objectContaining({ ...UNKNOWN, expected: "tags that can be read" })],
      [],
    ]);
    expect(findings[0]).toMatchObject({ tags_count: null, tag_limit: null });
  });

  const byState = { selectors: { on: { state: [{ in: ["ENABLED"] }] } } };
  const scoped = { only: ["on"], except: [] };
  const unknown: { readonly [name: string]: Partial<Policy> } = {
    "who must have a tag": { ...byState, tags: [rule("Env", { required: scoped })] },
    "to whom a tag applies": { ...byState, tags: [rule("Env", { ...required, applies: scoped })] },
    "to whom a conditional rule applies": {
      ...byState,
      tags: [rule("Env")],
      rules: [
        { id: "r", description: "", severity: "low", if: { selector: ["on"] }, require: ["Env"] },
      ],
    },
    "where a value comes from": {
      tags: [rule("Env", { ...required, sources: [from("resource.state")] })],
    },
    "the tags of the encrypting key": {
      tags: [rule("Env", { ...required, sources: [source({ kind: "inherit", of: "kmsKey" })] })],
    },
  };
  test.each(Object.entries(unknown))("%s cannot be told: an error, not a pass", (_, about) => {
    const fields = { "resource.state": undefined, "resource.kmsKeyId": undefined };
    const { status, findings } = judge(policy(about), item({ A: "x" }, { fields }));
    expect([status, brief(findings)]).toEqual([
      "error",
      [expect.objectContaining({ ...UNKNOWN, expected: "every field that the policy asks for" })],
    ]);
    expect(judge(policy(about), item({ A: "x" })).status).toBe("fail");
  });

  test("a value whose rule may not apply is an error only where it would be a finding", () => {
    const about = policy({ ...byState, tags: [rule("Env", { values, applies: scoped })] });
    const fields = { "resource.state": undefined };
    expect(judge(about, item({ Env: "staging" }, { fields })).status).toBe("error");
    expect(judge(about, item({ Env: "prod" }, { fields })).status).toBe("pass");
  });

  test("a value that would be overwritten with another one is an error there, with itself it is not", () => {
    const overwritten = { ...dev, applies: scoped, whenPresent: "overwrite" } as const;
    const about = policy({ ...byState, tags: [rule("Env", overwritten)] });
    const fields = { "resource.state": undefined };
    expect(judge(about, item({ Env: "prod" }, { fields })).status).toBe("error");
    expect(judge(about, item({ Env: "dev" }, { fields })).status).toBe("pass");
  });
});

describe("where a field is not told", () => {
  const fields = { "resource.state": undefined };
  const selectors = { on: { state: [{ in: ["ENABLED"] }] } };
  const scoped = { only: ["on"], except: [] };

  test("nothing is fixable or proposed before it is known, whatever else the plan would write", () => {
    const about = policy({
      tags: [
        rule("State", { sources: [from("resource.state")] }),
        rule("Team", dev),
        rule("Env", { aliases: ["env"] }),
      ],
    });
    const one = { env: "prod" };
    const told = judge(about, item(one, { fields }));
    expect(told.findings.map(({ rule_id, fixable }) => [rule_id, fixable])).toEqual([
      ["Env.alias", false],
      ["resource.readable", false],
    ]);
    expect(told.changes).toEqual([]);
    expect(judge(about, item(one)).changes).toHaveLength(4);
  });

  test("what nothing depends on is judged as ever, beside what is wrong", () => {
    const about = policy({
      selectors,
      tags: [rule("Team", required), rule("Env", { values, applies: scoped })],
      rules: [
        { id: "r", description: "", severity: "low", if: { selector: ["on"] }, require: ["Env"] },
      ],
    });
    const { status, findings } = judge(about, item({ Env: "prod" }, { fields }));
    expect([status, findings.map(({ rule_id }) => rule_id)]).toEqual(["fail", ["Team.required"]]);
  });

  test("no exemption that asks for tags excuses where there are none to ask for", () => {
    const about = policy({
      exemptions: [
        {
          id: "1",
          rule: "resource.taggable",
          resource: { tag: { Env: [{ regex: "" }] } },
          owner: "o",
          reason: "r",
          expiresMs: null,
        },
      ],
    });
    expect(judge(about, item(null, { skip: "default-key" })).status).toBe("skipped");
  });
});

describe("of several keys that may be meant", () => {
  const about = policy({ tags: [rule("CostCenter", { ...required, aliases: ["Budget"] })] });
  test.each([
    ["the nearest", { costcente: "1", aostcente: "2" }, "costcente"],
    [
      "the nearest, though not the first by letters",
      { zostcenter: "1", costcent: "2" },
      "zostcenter",
    ],
    [
      "the first by letters of those that are equally near",
      { costcente: "1", aostcenter: "2" },
      "aostcenter",
    ],
    ["one that is nearly an alias", { budgets: "1", costcent: "2" }, "budgets"],
  ])("it is %s", (_, tags, meant) => {
    for (const held of [Object.entries(tags), Object.entries(tags).reverse()]) {
      const [found] = judge(about, item(Object.fromEntries(held))).findings;
      expect([found?.actual, found?.suggestion]).toEqual([meant, `rename ${meant} to CostCenter`]);
    }
  });
});

describe("exemptions", () => {
  const excused = (about: Partial<Exemption>) =>
    policy({
      tags: [rule("Env", { ...required, ...dev })],
      exemptions: [
        {
          id: "1",
          rule: "Env.required",
          resource: { name: [{ regex: "^legacy-" }] },
          owner: "o",
          reason: "r",
          expiresMs: null,
          ...about,
        },
      ],
    });
  const state = (findings: readonly Finding[]) =>
    findings.map(({ status, exemption_id: id, exemption_expires: expires }) => [
      status,
      id,
      expires,
    ]);

  test("excuse those that they pick from their rule, and no others", () => {
    const name = "legacy-1";
    const { status, findings } = judge(excused({}), item({}, { name }));
    expect([status, state(findings), findings[0]?.fixable]).toEqual([
      "exempt",
      [["exempt", "1", null]],
      true,
    ]);
    expect(judge(excused({}), item({})).status).toBe("fail");
    expect(judge(excused({ rule: "Env.allowed" }), item({}, { name })).status).toBe("fail");
    expect(judge(excused({}), item({}, { fields: { "resource.name": undefined } })).status).toBe(
      "fail",
    );
  });

  test("hold to the end of their last day", () => {
    const name = "legacy-1";
    const until = (expiresMs: number) => judge(excused({ expiresMs }), item({}, { name })).findings;
    expect(state(until(NOW_MS + 1))).toEqual([["exempt", "1", "2027-01-15"]]);
    expect(state(until(NOW_MS))).toEqual([["fail", null, null]]);
  });
});

describe("what a finding says of its resource", () => {
  test("place, state, creator and limits, and the same fingerprint whatever else changes", () => {
    const about = policy({
      tags: [
        rule("Name", { sources: [constant("x"), from("resource.name")] }),
        rule("Env", required),
        rule("By", { sources: [from("creator.name"), constant("nobody")] }),
      ],
    });
    const [found] = judge(
      about,
      item({ By: "alice", Name: "x" }, { type: "key", number: 7, name: "app/key" }),
    ).findings;
    expect(found).toMatchObject({
      resource_type: "key",
      resource_name: "app/key",
      region: "eu-west-101",
      project_id: "p1",
      enterprise_project: "0",
      state: "ENABLED",
      created_at: "2026-01-01T00:00:00.000Z",
      creator: "alice",
      tags_count: 2,
      tag_limit: 10,
      severity: "medium",
      policy_hash: about.hash,
      first_seen: null,
      last_seen: null,
    });
    const [later] = judge(
      { ...about, hash: "1" },
      item({ env: "x", Name: "x" }, { type: "key", number: 7, name: "new" }),
    ).findings;
    expect(later?.fingerprint).toBe(found?.fingerprint);
    const [other] = judge(about, item({ Name: "x" }, { type: "key", number: 8 })).findings;
    expect(other?.fingerprint).not.toBe(found?.fingerprint);
  });

  test("a key that goes beyond the documented limits has the extended one", () => {
    const [found] = judge(
      policy({ tags: [rule("Env", required)] }),
      item(foreignTags(11), { type: "key" }),
    ).findings;
    expect(found?.tag_limit).toBe(20);
  });

  test("tags are counted as they may be shown", () => {
    const about = policy({ tags: [rule("Env", { values, aliases: ["env"] })] });
    const held = { Env: "x1", env: "y1", Note: LONG_TOKEN, "pw=hunter2": "a" };
    expect(judge(about, item(held)).tags).toEqual([
      { key: "Env", value: "x1", declared: true, invalid: true },
      { key: "env", value: "y1", declared: true, invalid: false },
      { key: "Note", value: null, declared: false, invalid: false },
      { key: "<redacted> 2", value: "a", declared: false, invalid: false },
    ]);
  });
});

test("a short secret hides where it stands alone, not where it is part of a word", () => {
  const match = [{ regex: "^x" }];
  const about = policy({ tags: [rule("A", { match }), rule("B", { match })] });
  const { findings } = judge(about, item({ Password: "ab", A: "ab", B: "abc" }));
  expect(findings.map(({ rule_id: id, actual }) => [id, actual])).toEqual([
    ["A.match", "<redacted>"],
    ["B.match", "abc"],
    ["tag.secret", "<redacted>"],
  ]);
});
