import { describe, expect, test } from "vitest";
import { createVocabulary } from "../../../shared/core/audit/vocabulary.ts";
import type { Exemption, Policy } from "../../../shared/core/policy/policy.ts";
import { rulesByName } from "../../../shared/core/policy/rules-by-name.ts";
import { policy, rule } from "../plan/builders.ts";
import { audit, PLACE, rows } from "./audit-fixture.ts";
import { deps, item, NOW_MS } from "./fixture.ts";

function findingsOf(about: Policy, ...keys: readonly string[]) {
  const vocabulary = createVocabulary(PLACE, rulesByName(about));
  vocabulary.add(keys);
  return vocabulary.findings(about, deps);
}

describe("a key that no rule knows", () => {
  test("is told of its project, in the order of letters, and what is known or the service's is not", () => {
    const about = policy({ tags: [rule("Env", { aliases: ["stage"] })] });
    const found = findingsOf(about, "zone", "Env", "stage", "_sys_x", "Colour", "zone");
    expect(found.map(({ tag_key }) => tag_key)).toEqual(["Colour", "zone"]);
    expect(found[0]).toMatchObject({
      fingerprint: '["project.vocabulary","eu-west-101","p1",null,null,"Colour"]',
      rule_id: "project.vocabulary",
      severity: "low",
      status: "fail",
      reason: "undeclared",
      region: "eu-west-101",
      project_id: "p1",
      resource_type: null,
      resource_id: null,
      tag_key: "Colour",
      actual: null,
      expected: "Each tag key that a project uses must be known to the policy",
      suggestion: null,
      policy_hash: about.hash,
    });
  });

  test("is told where it stands beside known ones on one resource", () => {
    const about = policy({ tags: [rule("Env")] });
    const found = rows(audit(about, [item({ Env: "x", Colour: "red" })]), "project.vocabulary");
    expect(found).toMatchObject([{ tag_key: "Colour" }]);
  });

  test("is told with the nearest of those that may be meant", () => {
    const tags = [
      rule("CostCentre"),
      rule("CostCenter", { aliases: ["Budget"] }),
      rule("CostEnter"),
    ];
    const found = findingsOf(policy({ tags }), "costcenter", "costcent", "budgets", "costentr");
    expect(found.map(({ suggestion }) => suggestion)).toEqual([
      "rename budgets to CostCenter",
      "rename costcent to CostCentre",
      "rename costcenter to CostCenter",
      "rename costentr to CostEnter",
    ]);
  });

  test("is told one by one up to a thousand", () => {
    const keys = Array.from({ length: 1_002 }, (_, number) => `key ${number}`);
    const vocabulary = createVocabulary(PLACE, new Map());
    vocabulary.add(keys.slice(0, 999));
    expect(vocabulary.findings(policy({}), deps)).toHaveLength(999);
    vocabulary.add(keys);
    expect(vocabulary.findings(policy({}), deps)).toHaveLength(1_000);
  });
});

describe("an exemption", () => {
  const excused = (about: Partial<Exemption>) => {
    const exemption = {
      id: "1",
      rule: "project.vocabulary",
      resource: {},
      owner: "o",
      reason: "r",
      expiresMs: null,
      ...about,
    };
    const [found] = findingsOf(policy({ exemptions: [exemption] }), "Colour");
    return [found?.status, found?.exemption_id];
  };

  test.each<[string, Partial<Exemption>]>([
    ["of everything", {}],
    ["that still holds", { expiresMs: NOW_MS + 1 }],
    [
      "of the project",
      { resource: { project: [{ in: ["p1"] }], region: [{ in: ["eu-west-101"] }] } },
    ],
    ["of secrets and keys", { resource: { types: ["secret", "key"] } }],
    ["of the key, whatever its value", { resource: { tag: { Colour: [{ regex: "" }] } } }],
  ])("%s excuses", (_, about) => expect(excused(about)).toEqual(["exempt", "1"]));

  test.each<[string, Partial<Exemption>]>([
    ["from another rule", { rule: "tag.secret" }],
    ["that is over", { expiresMs: NOW_MS }],
    ["of another region", { resource: { region: [{ in: ["eu-west-102"] }] } }],
    ["of one kind of resource", { resource: { types: ["secret"] } }],
    ["of another key", { resource: { tag: { Color: [{ regex: "" }] } } }],
    ["of what only resources have", { resource: { state: [{ regex: "" }] } }],
  ])("%s does not", (_, about) => expect(excused(about)).toEqual(["fail", null]));
});
