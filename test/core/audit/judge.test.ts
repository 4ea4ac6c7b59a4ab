import { describe, expect, test } from "vitest";
import type { Finding } from "../../../shared/core/audit/finding.ts";
import type { Exemption, Policy, TagRule } from "../../../shared/core/policy/policy.ts";
import { constant, foreignTags, from, policy, rule, source } from "../plan/builders.ts";
import { brief, item, judge, NOW_MS } from "./fixture.ts";

const ALL = { only: null, except: [] };

type Wanted = Partial<ReturnType<typeof brief>[number]>;
type Tags = { readonly [key: string]: string };

/** One tag `Env`, or a whole policy, what is there, and the findings that there must be: no more, no less. */
type Case = {
  readonly about?: Partial<TagRule>;
  readonly policy?: Partial<Policy>;
  readonly tags: Tags;
  readonly wanted: readonly Wanted[];
};

const values = { prod: ["production"], test: [], dev: [] };
const required = { required: ALL };
const dev = { sources: [constant("dev")] };
const LONG_TOKEN = "wJ4lrXUtn7FEMI9K7MDENGbPx2RfiCYzEXA3mPk1";

const CASES: { readonly [name: string]: Case } = {
  "untagged: no tag at all, and one is required": {
    about: required,
    tags: {},
    wanted: [
      { rule_id: "Env.required", reason: "untagged", tag_key: "Env", actual: null, fixable: false },
    ],
  },
  "untagged: the service's own tags do not count": {
    about: required,
    tags: { _sys_a: "1" },
    wanted: [{ reason: "untagged" }],
  },
  "missing: fixable from a source, which is the suggestion": {
    about: { ...required, ...dev },
    tags: { Other: "x" },
    wanted: [
      {
        rule_id: "Env.required",
        reason: "missing",
        suggestion: "dev",
        fixable: true,
        fix_action: "create Env",
      },
    ],
  },
  "missing: an empty value is none": {
    about: { ...required, ...dev },
    tags: { Env: "" },
    wanted: [{ reason: "missing", actual: "", fixable: true, fix_action: "overwrite Env" }],
  },
  "missing: nobody must have it, but the policy has a value for it": {
    about: dev,
    tags: { Other: "x" },
    wanted: [{ rule_id: "tag.unfilled", reason: "missing", suggestion: "dev", fixable: true }],
  },
  "nothing: nobody must have it, and no source yields": {
    about: { sources: [from("creator.name")] },
    tags: {},
    wanted: [],
  },
  "near-miss-key: one finding, with the edit": {
    about: required,
    tags: { "E n v": "prod" },
    wanted: [
      {
        rule_id: "Env.required",
        reason: "near-miss-key",
        tag_key: "Env",
        actual: "E n v",
        suggestion: "rename E n v to Env",
        fixable: false,
        fix_action: null,
      },
    ],
  },
  "near-miss-key: the plan would write a value of its own": {
    about: { ...required, ...dev },
    tags: { env: "prod" },
    wanted: [
      {
        reason: "near-miss-key",
        suggestion: "rename env to Env",
        fixable: true,
        fix_action: "create Env",
      },
    ],
  },
  "near-miss-key: never the key or the alias of another tag": {
    policy: { tags: [rule("Owner", required), rule("Owners", { aliases: ["owner"] })] },
    tags: { Owners: "x" },
    wanted: [{ rule_id: "Owner.required", reason: "missing" }],
  },
  "near-miss-key: not one without a value": {
    about: required,
    tags: { env: "" },
    wanted: [{ reason: "missing" }],
  },
  "alias: the value moves": {
    about: { ...required, aliases: ["env"] },
    tags: { env: "prod" },
    wanted: [
      {
        rule_id: "Env.alias",
        reason: "alias",
        tag_key: "env",
        actual: "prod",
        suggestion: "Env",
        fixable: true,
        fix_action: "rename env to Env",
      },
    ],
  },
  "alias: of two that agree one moves and both go": {
    about: { ...required, aliases: ["env", "ENV"] },
    tags: { env: "prod", ENV: "prod" },
    wanted: [
      { tag_key: "env", fix_action: "rename env to Env" },
      { tag_key: "ENV", fix_action: "delete ENV" },
    ],
  },
  "alias: beside its key it goes": {
    about: { aliases: ["env"] },
    tags: { Env: "prod", env: "prod" },
    wanted: [{ rule_id: "Env.alias", reason: "alias", tag_key: "env", fix_action: "delete env" }],
  },
  "alias: one without a value is no value": {
    about: { ...required, aliases: ["env"] },
    tags: { env: "" },
    wanted: [
      { rule_id: "Env.required", reason: "missing" },
      { rule_id: "Env.alias", fix_action: "delete env" },
    ],
  },
  "conflict: nobody knows which is right": {
    about: { ...required, aliases: ["env"] },
    tags: { Env: "prod", env: "dev" },
    wanted: [
      {
        rule_id: "Env.alias",
        reason: "conflict",
        tag_key: "env",
        actual: "dev",
        suggestion: null,
        fixable: false,
      },
    ],
  },
  "not-allowed": {
    about: { values },
    tags: { Env: "staging" },
    wanted: [
      {
        rule_id: "Env.allowed",
        reason: "not-allowed",
        actual: "staging",
        suggestion: null,
        fixable: false,
      },
    ],
  },
  "not-allowed: corrected from the sources": {
    about: { values, ...dev, whenPresent: "correct" },
    tags: { Env: "staging" },
    wanted: [
      { reason: "not-allowed", suggestion: "dev", fixable: true, fix_action: "overwrite Env" },
    ],
  },
  "near-miss-value: one edit away": {
    about: { values },
    tags: { Env: "prd" },
    wanted: [
      {
        rule_id: "Env.allowed",
        reason: "near-miss-value",
        actual: "prd",
        suggestion: "prod",
        fixable: false,
      },
    ],
  },
  "near-miss-value: a declared variant, which stays where the policy keeps it": {
    about: { values },
    tags: { Env: "production" },
    wanted: [{ reason: "near-miss-value", suggestion: "prod", fixable: false }],
  },
  "near-miss-value: a declared variant, respelled": {
    about: { values, whenPresent: "correct" },
    tags: { Env: "Production" },
    wanted: [
      { reason: "near-miss-value", suggestion: "prod", fixable: true, fix_action: "overwrite Env" },
    ],
  },
  "no-match": {
    about: { match: [{ regex: "^CC-" }] },
    tags: { Env: "X-1" },
    wanted: [{ rule_id: "Env.match", reason: "no-match", actual: "X-1", fixable: false }],
  },
  "no-match and not-allowed are two rules": {
    about: { values, match: [{ regex: "^p" }] },
    tags: { Env: "staging" },
    wanted: [{ rule_id: "Env.allowed" }, { rule_id: "Env.match" }],
  },
  prohibited: {
    policy: { tags: [rule("Temp", { prohibited: true, severity: "high" })] },
    tags: { Temp: "x" },
    wanted: [
      {
        rule_id: "Temp.prohibited",
        reason: "prohibited",
        actual: "x",
        fixable: true,
        fix_action: "delete Temp",
      },
    ],
  },
  "nothing: a valid value that the policy would overwrite": {
    about: { ...dev, whenPresent: "overwrite" },
    tags: { Env: "prod" },
    wanted: [],
  },
  "nothing: the tag does not apply": {
    policy: {
      selectors: { app: { name: [{ in: ["app"] }] } },
      tags: [rule("Env", { ...required, ...dev, applies: { only: null, except: ["app"] } })],
    },
    tags: {},
    wanted: [],
  },
  "nothing: required of others only": {
    policy: {
      selectors: { other: { name: [{ in: ["other"] }] } },
      tags: [rule("Env", { required: { only: ["other"], except: [] } })],
    },
    tags: {},
    wanted: [],
  },
  "condition: a rule asks for a tag that is missing": {
    policy: {
      tags: [rule("Env"), rule("Contact")],
      rules: [
        {
          id: "r",
          description: "",
          severity: "high",
          if: { tag: { Env: [{ in: ["prod"] }] } },
          require: ["Contact", "Env"],
        },
      ],
    },
    tags: { Env: "prod", contact: "x" },
    wanted: [
      {
        rule_id: "r",
        reason: "condition",
        tag_key: "Contact",
        suggestion: "rename contact to Contact",
        fixable: false,
      },
    ],
  },
  "nothing: an alias has what the rule asks for": {
    policy: {
      tags: [rule("Contact", { aliases: ["contact"] })],
      rules: [{ id: "r", description: "", severity: "high", if: {}, require: ["Contact"] }],
    },
    tags: { contact: "x" },
    wanted: [{ rule_id: "Contact.alias" }],
  },
  "near-limit: fewer places than reserved": {
    tags: foreignTags(19),
    wanted: [
      {
        rule_id: "resource.tag-limit",
        reason: "near-limit",
        actual: "19 of 20 tags",
        fixable: false,
      },
    ],
  },
  "nothing: exactly as many places as reserved": { tags: foreignTags(18), wanted: [] },
  full: { tags: foreignTags(20), wanted: [{ rule_id: "resource.tag-limit", reason: "full" }] },
  "full: nothing is reserved and nothing is wanted": {
    policy: { limits: { reserve: 0, keyProfile: "documented" } },
    tags: foreignTags(20),
    wanted: [],
  },
  "full: what the policy wants finds no room": {
    policy: {
      tags: [rule("Env", { ...required, ...dev })],
      limits: { reserve: 0, keyProfile: "documented" },
    },
    tags: foreignTags(20),
    wanted: [{ rule_id: "Env.required", fixable: false }, { reason: "full" }],
  },
  "secret: in a value, redacted": {
    tags: { Note: LONG_TOKEN },
    wanted: [
      {
        rule_id: "tag.secret",
        reason: "secret",
        tag_key: "Note",
        actual: "<redacted>",
        fixable: false,
      },
    ],
  },
  "secret: in a key, redacted": {
    tags: { "pw=hunter2": "" },
    wanted: [{ rule_id: "tag.secret", tag_key: "<redacted> 1", actual: "<redacted>" }],
  },
  "secret: what another finding would show": {
    about: { match: [{ regex: "^x" }] },
    tags: { Env: LONG_TOKEN, env: `x ${LONG_TOKEN}` },
    wanted: [
      { rule_id: "Env.match", actual: "<redacted>" },
      { rule_id: "tag.secret", tag_key: "Env" },
      { rule_id: "tag.secret", tag_key: "env" },
    ],
  },
  "secret: gone with a prohibited tag": {
    policy: { tags: [rule("Password", { prohibited: true })] },
    tags: { Password: "hunter2" },
    wanted: [
      { rule_id: "Password.prohibited", actual: "<redacted>", fix_action: "delete Password" },
      { rule_id: "tag.secret", fixable: true, fix_action: "delete Password" },
    ],
  },
  "secret: not gone with an alias that moves it": {
    about: { aliases: ["env"] },
    tags: { env: LONG_TOKEN },
    wanted: [
      { rule_id: "Env.alias", actual: "<redacted>", fixable: true },
      { rule_id: "tag.secret", fixable: false },
    ],
  },
  "personal-data": {
    tags: { Note: "alice@example.com" },
    wanted: [{ rule_id: "tag.personal-data", reason: "personal-data", actual: "<redacted>" }],
  },
};

const policyOf = ({ about, policy: whole }: Case) =>
  policy({ ...(about !== undefined && { tags: [rule("Env", about)] }), ...whole });

describe("a resource has the findings that its tags give reason for, and no others", () => {
  test.each(Object.entries(CASES))("%s", (_, one) => {
    const found = brief(judge(policyOf(one), item(one.tags)).findings);
    expect(found).toEqual(
      one.wanted.map((wanted) => expect.objectContaining({ status: "fail", ...wanted })),
    );
    expect(judge(policyOf(one), item(one.tags)).status).toBe(
      one.wanted.length > 0 ? "fail" : "pass",
    );
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

  const UNKNOWN = { rule_id: "resource.readable", status: "error", reason: "tags-unknown" };

  test("tags that could not be read are an error, not none", () => {
    const { status, findings } = judge(strict, item(null));
    expect([status, brief(findings)]).toEqual(["error", [expect.objectContaining(UNKNOWN)]]);
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
    expect([status, brief(findings)]).toEqual(["error", [expect.objectContaining(UNKNOWN)]]);
    expect(judge(policy(about), item({ A: "x" })).status).toBe("fail");
  });

  test("a value whose rule may not apply is an error only where it would be a finding", () => {
    const about = policy({ ...byState, tags: [rule("Env", { values, applies: scoped })] });
    const fields = { "resource.state": undefined };
    expect(judge(about, item({ Env: "staging" }, { fields })).status).toBe("error");
    expect(judge(about, item({ Env: "prod" }, { fields })).status).toBe("pass");
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
      tags: [rule("By", { sources: [from("creator.name")] }), rule("Env", required)],
    });
    const [found] = judge(
      about,
      item({ By: "alice" }, { type: "key", number: 7, name: "app/key" }),
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
      tags_count: 1,
      tag_limit: 10,
      severity: "medium",
      policy_hash: about.hash,
      first_seen: null,
      last_seen: null,
    });
    const [later] = judge(
      { ...about, hash: "1" },
      item({ env: "x" }, { type: "key", number: 7, name: "new" }),
    ).findings;
    expect(later?.fingerprint).toBe(found?.fingerprint);
    const [other] = judge(about, item({}, { type: "key", number: 8 })).findings;
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
    const held = { Env: "x1", env: "prod", Note: LONG_TOKEN, "pw=hunter2": "a" };
    expect(judge(about, item(held)).tags).toEqual([
      { key: "Env", value: "x1", declared: true, invalid: true },
      { key: "env", value: "prod", declared: true, invalid: false },
      { key: "Note", value: null, declared: false, invalid: false },
      { key: "<redacted> 2", value: "a", declared: false, invalid: false },
    ]);
  });
});
