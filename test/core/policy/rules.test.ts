import { expect, test } from "vitest";
import { listRules } from "../../../shared/core/policy/rules.ts";
import { compileGood } from "../../policies/folder.ts";

test("each check that a tag declares is a rule, and each conditional rule is one", async () => {
  const policy = await compileGood(`
version: 1
tags:
  All:
    required: { except: [s] }
    severity: high
    aliases: [all, ALL2]
    match: { regex: "^a" }
    values: [a, ab]
  None: { value: { const: a } }
  Bad: { prohibited: true, description: Never. }
rules:
  - { id: r, if: {}, then: { require: [All, None] }, severity: low }
  - { id: s, description: Why., if: {}, then: { require: [All] } }
selectors: { s: {} }
`);
  expect(listRules(policy)).toEqual([
    { id: "All.required", severity: "high", description: "All must be present" },
    { id: "All.allowed", severity: "high", description: "All must be a or ab" },
    { id: "All.match", severity: "high", description: "All must match its pattern" },
    { id: "All.alias", severity: "high", description: "all or ALL2 must be written All" },
    { id: "Bad.prohibited", severity: "medium", description: "Bad must not be present" },
    { id: "r", severity: "low", description: "All, None must be present on some resources" },
    { id: "s", severity: "medium", description: "Why." },
  ]);
});
