import { describe, expect, test } from "vitest";
import { listAuditRules, listBuiltInRules } from "../../../shared/core/audit/built-in-rules.ts";
import { listRuleWords, wordsOf } from "../../../shared/core/audit/rule-words.ts";
import { policy, rule } from "../plan/builders.ts";

describe("what findings say of a rule", () => {
  test("names the key, the values and the patterns that it accepts", () => {
    const env = rule("Env", {
      aliases: ["Stage-1"],
      values: { prod: ["production"], dev: [] },
      match: [{ regex: "^p" }, { in: ["a", "b"] }],
    });
    expect(wordsOf(env)).toEqual({
      required: "Env.required",
      allowed: "Env.allowed",
      match: "Env.match",
      prohibited: "Env.prohibited",
      alias: "Env.alias",
      presence: "Env: prod or dev",
      values: "prod or dev",
      pattern: "/^p/ or a or b",
      skeletons: ["env", "stage1"],
    });
  });

  test("asks for any value where the rule lists none", () => {
    expect(wordsOf(rule("Team"))).toMatchObject({
      presence: "Team with a value",
      values: "",
      pattern: "",
      skeletons: ["team"],
    });
  });

  test("is made once for each rule of a policy", () => {
    const tags = [rule("Env"), rule("Team")];
    expect([...listRuleWords(policy({ tags }))]).toEqual(tags.map((one) => [one, wordsOf(one)]));
  });
});

test("every policy has rules beside its own, which come last", () => {
  const told = listBuiltInRules().map(({ id, severity, description }) => [
    id,
    severity,
    description,
  ]);
  expect(told).toEqual([
    ["resource.tag-limit", "low", "A resource must have as many tags left as the policy reserves"],
    ["resource.taggable", "low", "Default keys and what is about to be deleted are never tagged"],
    ["resource.readable", "high", "The tags of every resource must be readable"],
    ["tag.unfilled", "low", "A tag for which the policy has a value must be present"],
    ["tag.secret", "critical", "A tag must not hold a secret"],
    [
      "tag.personal-data",
      "medium",
      "A tag must not hold personal data that its rule does not allow",
    ],
    ["policy.exemption", "medium", "An exemption must be in force and excuse something"],
    ["policy.rule", "low", "Each rule and each selector of the policy must be about some resource"],
    ["project.vocabulary", "low", "Each tag key that a project uses must be known to the policy"],
  ]);
  const about = policy({ tags: [rule("Password", { prohibited: true })] });
  expect(listAuditRules(about).map(({ id }) => id)).toEqual([
    "Password.prohibited",
    ...listBuiltInRules().map(({ id }) => id),
  ]);
});
