import { constant, foreignTags, rule } from "../plan/builders.ts";
import { type Case, dev, LONG_TOKEN, required } from "./judge-cases.ts";

/** Asks everybody for these tags. */
const conditional = (id: string, require: readonly string[]) =>
  ({ id, description: "", severity: "high", if: {}, require }) as const;

/** What is wrong by conditional rules, limits, and what does not belong into a tag. */
export const OTHER_CASES: { readonly [name: string]: Case } = {
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
  "condition: each rule is asked, the first that holds decides for none": {
    policy: {
      tags: [rule("Env"), rule("Contact")],
      rules: [conditional("r1", ["Env"]), conditional("r2", ["Contact"])],
    },
    tags: { Env: "prod" },
    wanted: [{ rule_id: "r2", tag_key: "Contact", expected: "Contact with a value" }],
  },
  "nothing: a rule asks for a key that the policy does not declare": {
    policy: { tags: [rule("Env")], rules: [conditional("r", ["Nobody"])] },
    tags: { Env: "prod" },
    wanted: [],
  },
  "condition: only what the policy declares is asked for": {
    policy: { tags: [rule("Env")], rules: [conditional("r", ["Nobody", "Env"])] },
    tags: { A: "x" },
    wanted: [{ rule_id: "r", tag_key: "Env" }],
  },
  "unfilled: others must have the tag, the policy has a value for all": {
    policy: {
      selectors: { other: { name: [{ in: ["other"] }] } },
      tags: [rule("Env", { ...dev, required: { only: ["other"], except: [] } })],
    },
    tags: { A: "x" },
    wanted: [{ rule_id: "tag.unfilled", tag_key: "Env", fix_action: "create Env" }],
  },
  "near-limit: fewer places than reserved": {
    tags: foreignTags(19),
    wanted: [
      {
        rule_id: "resource.tag-limit",
        severity: "low",
        reason: "near-limit",
        actual: "19 of 20 tags",
        expected: "2 left",
        suggestion: null,
        fixable: false,
      },
    ],
  },
  "nothing: exactly as many places as reserved": { tags: foreignTags(18), wanted: [] },
  "nothing about the limit where something else is wrong": {
    about: required,
    tags: foreignTags(18),
    wanted: [{ rule_id: "Env.required" }],
  },
  full: {
    tags: foreignTags(20),
    wanted: [
      {
        rule_id: "resource.tag-limit",
        severity: "medium",
        reason: "full",
        tag_key: null,
        actual: "20 of 20 tags",
        expected: "2 left",
        suggestion: null,
      },
    ],
  },
  "full: beside what must not be shown": {
    tags: { ...foreignTags(19), Note: LONG_TOKEN },
    wanted: [
      { rule_id: "resource.tag-limit", tag_key: null, actual: "20 of 20 tags" },
      { rule_id: "tag.secret", tag_key: "Note" },
    ],
  },
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
    wanted: [
      { rule_id: "Env.required", fixable: false },
      {
        reason: "full",
        expected: "1 left",
        suggestion: "delete tags that nobody needs: the policy's do not fit",
      },
    ],
  },
  "secret: in a value, redacted": {
    tags: { Note: LONG_TOKEN },
    wanted: [
      {
        rule_id: "tag.secret",
        reason: "secret",
        severity: "critical",
        tag_key: "Note",
        actual: "<redacted>",
        expected: "A tag must not hold a secret",
        suggestion: null,
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
  "secret: not gone with an alias that fills the empty key": {
    about: { aliases: ["env"] },
    tags: { Env: "", env: LONG_TOKEN },
    wanted: [
      { rule_id: "Env.alias", fix_action: "rename env to Env" },
      { rule_id: "tag.secret", fixable: false },
    ],
  },
  "secret: gone with a prohibited tag, whatever else a plan writes": {
    policy: {
      tags: [
        rule("Password", { prohibited: true }),
        rule("Env", { ...dev, values: { dev: ["Dev"] }, whenPresent: "correct" }),
        rule("Team", dev),
        rule("Note"),
      ],
    },
    tags: { Password: "hunter2", Env: "Dev", Note: "hunter2" },
    wanted: [
      { rule_id: "Password.prohibited" },
      { rule_id: "Env.allowed", fix_action: "overwrite Env" },
      { rule_id: "tag.unfilled", fix_action: "create Team" },
      { rule_id: "tag.secret", tag_key: "Password", fix_action: "delete Password" },
    ],
  },
  "secret: gone with a prohibited tag, where the same value finds no room under another key": {
    policy: {
      tags: [
        rule("Password", { prohibited: true }),
        rule("Env", dev),
        rule("Team", { sources: [constant("hunter2")] }),
      ],
      limits: { reserve: 0, keyProfile: "documented" },
    },
    tags: { ...foreignTags(19), Password: "hunter2" },
    wanted: [
      { rule_id: "Password.prohibited" },
      { rule_id: "tag.unfilled", fix_action: "create Env" },
      { rule_id: "resource.tag-limit", reason: "full" },
      { rule_id: "tag.secret", fixable: true, fix_action: "delete Password" },
    ],
  },
  "nothing: what the service itself writes": { tags: { _sys_token: LONG_TOKEN }, wanted: [] },
  "nothing: a key that the policy declares is meant to be one": {
    policy: { tags: [rule("a@x.de")] },
    tags: { "a@x.de": "x" },
    wanted: [],
  },
  "personal-data": {
    tags: { Note: "alice@example.com" },
    wanted: [
      {
        rule_id: "tag.personal-data",
        severity: "medium",
        reason: "personal-data",
        actual: "<redacted>",
        expected: "A tag must not hold personal data that its rule does not allow",
      },
    ],
  },
};
