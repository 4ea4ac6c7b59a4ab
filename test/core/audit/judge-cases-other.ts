import { foreignTags, rule } from "../plan/builders.ts";
import { type Case, dev, LONG_TOKEN, required } from "./judge-cases.ts";

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
