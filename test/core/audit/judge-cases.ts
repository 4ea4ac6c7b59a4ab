import type { Policy, TagRule } from "../../../shared/core/policy/policy.ts";
import { constant, from, rule } from "../plan/builders.ts";
import type { brief } from "./fixture.ts";

export const ALL = { only: null, except: [] };

type Wanted = Partial<ReturnType<typeof brief>[number]>;
type Tags = { readonly [key: string]: string };

/** One tag `Env`, or a whole policy, what is there, and the findings that there must be: no more, no less. */
export type Case = {
  readonly about?: Partial<TagRule>;
  readonly policy?: Partial<Policy>;
  readonly tags: Tags;
  readonly wanted: readonly Wanted[];
};

export const values = { prod: ["production"], test: [], dev: [] };
export const required = { required: ALL };
export const dev = { sources: [constant("dev")] };
export const LONG_TOKEN = "wJ4lrXUtn7FEMI9K7MDENGbPx2RfiCYzEXA3mPk1";

/** What is wrong with the keys and values that a rule is about. */
export const TAG_CASES: { readonly [name: string]: Case } = {
  "untagged: no tag at all, and one is required": {
    about: required,
    tags: {},
    wanted: [
      {
        rule_id: "Env.required",
        severity: "medium",
        reason: "untagged",
        tag_key: "Env",
        actual: null,
        expected: "Env with a value",
        suggestion: null,
        fixable: false,
      },
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
  "missing: neither under the key nor under an alias": {
    about: { ...required, values, aliases: ["env"] },
    tags: { Other: "x" },
    wanted: [{ rule_id: "Env.required", reason: "missing", expected: "Env: prod, test or dev" }],
  },
  "missing: an empty value is none": {
    about: { ...required, ...dev },
    tags: { Env: "" },
    wanted: [{ reason: "missing", actual: "", fixable: true, fix_action: "overwrite Env" }],
  },
  "missing: nobody must have it, but the policy has a value for it": {
    about: dev,
    tags: { Other: "x" },
    wanted: [
      {
        rule_id: "tag.unfilled",
        severity: "low",
        reason: "missing",
        expected: "Env with a value",
        suggestion: "dev",
        fixable: true,
      },
    ],
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
        expected: "the key Env",
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
        expected: "one value under Env",
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
        expected: "prod, test or dev",
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
    wanted: [
      {
        rule_id: "Env.match",
        reason: "no-match",
        actual: "X-1",
        expected: "/^CC-/",
        suggestion: null,
        fixable: false,
      },
    ],
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
        severity: "high",
        actual: "x",
        expected: "no tag Temp",
        suggestion: "delete Temp",
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
};
