import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { policyTestJsonSchema, policyTests } from "../../../shared/core/policy-test/schema.ts";

const TESTS = new URL("../../../infra/policy/tag-policy.test.yaml", import.meta.url);

// Formats are for editors; the patterns beside them say the same.
const validate = new Ajv2020({ validateFormats: false }).compile(
  JSON.parse(JSON.stringify(policyTestJsonSchema())),
);

// `npx vitest -u` writes the file anew.
test("the published JSON Schema of policy tests is the one that its zod schema makes", async () => {
  const text = `${JSON.stringify(policyTestJsonSchema(), null, 2)}\n`;
  await expect(text).toMatchFileSnapshot("../../../infra/schema/policy-test.schema.json");
});

test("every field of the JSON Schema of policy tests has a description", () => {
  const bare: string[] = [];
  const visit = (node: unknown, path: string): void => {
    if (typeof node !== "object" || node === null) return;
    for (const [key, value] of Object.entries(node)) {
      if (key === "properties")
        for (const [name, field] of Object.entries(value))
          if (!("description" in Object(field) || "$ref" in Object(field)))
            bare.push(`${path}.${name}`);
      visit(value, `${path}.${key}`);
    }
  };
  visit(policyTestJsonSchema(), "");
  expect(bare).toEqual([]);
});

describe("the JSON Schema and the zod schema of policy tests agree", () => {
  test("on accepting the example", () => {
    const tests = parse(readFileSync(TESTS, "utf8"), { merge: true });
    expect(validate(tests), JSON.stringify(validate.errors)).toBe(true);
    expect(policyTests.safeParse(tests).success).toBe(true);
  });

  const file = (test: object) => ({ version: 1, now: "2026-11-21", tests: [test] });
  const fixture = { name: "a", resource: { type: "secret" } };
  test.each([
    ["no time", { version: 1, tests: [{ ...fixture, expect: { findings: [] } }] }],
    ["no test", { version: 1, now: "2026-11-21", tests: [] }],
    ["nothing that is expected", file({ ...fixture, expect: {} })],
    ["an unknown part", file({ ...fixture, expect: { finding: [] } })],
    ["a number as a value", file({ ...fixture, expect: { bulk: { A: 1 } } })],
    ["a creation that removes", file({ ...fixture, expect: { creation: { A: null } } })],
    ["a change that writes nothing", file({ ...fixture, expect: { bulk: { A: { from: "a" } } } })],
    ["another word than any", file({ ...fixture, expect: { findings: "all" } })],
    ["an id that is none", file({ name: "a", resource: { id: "1" }, expect: { bulk: {} } })],
    ["an unknown kind", file({ name: "a", resource: { type: "disk" }, expect: { bulk: {} } })],
    ["a reason to ignore that there is not", file({ ...fixture, expect: { ignored: "why" } })],
  ])("on refusing %s", (_what, tests) => {
    expect(validate(tests)).toBe(false);
    expect(policyTests.safeParse(tests).success).toBe(false);
  });
});
