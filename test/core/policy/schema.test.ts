import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { policyDocument, policyJsonSchema } from "../../../shared/core/policy/schema.ts";

const SCHEMA_FILE = "../../../infra/policy/tag-policy.schema.json";

function load(file: string): unknown {
  return parse(readFileSync(new URL(file, import.meta.url), "utf8"));
}

function compileSchema() {
  // Formats are for editors; the patterns beside them say the same.
  const ajv = new Ajv2020({ validateFormats: false });
  return ajv.compile(JSON.parse(JSON.stringify(policyJsonSchema())));
}

// `npx vitest -u` writes the file anew.
test("the shipped JSON Schema is the one that the zod schema makes", async () => {
  await expect(`${JSON.stringify(policyJsonSchema(), null, 2)}\n`).toMatchFileSnapshot(SCHEMA_FILE);
});

test("every field of the JSON Schema has a description", () => {
  const bare: string[] = [];
  const visit = (node: unknown, path: string): void => {
    if (typeof node !== "object" || node === null) return;
    for (const [key, value] of Object.entries(node)) {
      if (key === "properties") {
        for (const [name, field] of Object.entries(value)) {
          if (!("description" in Object(field))) bare.push(`${path}.${name}`);
        }
      }
      visit(value, `${path}.${key}`);
    }
  };
  visit(policyJsonSchema(), "");
  expect(bare).toEqual([]);
});

test.each(["", " "])("the JSON Schema refuses a grace for the agent %j", (agent) => {
  const guards = { grace: { default: "5s", [agent]: "2m" } };
  expect(compileSchema()({ version: 1, tags: {}, guards })).toBe(false);
});

describe("the JSON Schema and the zod schema agree", () => {
  const validate = compileSchema();

  test.each(["../../policies/sample/tag-policy.yaml", "../../../infra/policy/tag-policy.yaml"])(
    "on accepting %s",
    (file) => {
      const policy = load(file);
      expect(validate(policy), JSON.stringify(validate.errors)).toBe(true);
      expect(policyDocument.safeParse(policy).success).toBe(true);
    },
  );

  test.each([
    ["no version", { tags: {} }],
    ["another version", { version: 2, tags: {} }],
    ["no tags", { version: 1 }],
    ["an unknown field at the top", { version: 1, tags: {}, tag: {} }],
    ["an unknown field of a tag", { version: 1, tags: { A: { requierd: true } } }],
    ["a matcher of two kinds", { version: 1, tags: { A: { match: { is: "a", glob: "a" } } } }],
    ["an empty list of matchers", { version: 1, tags: { A: { match: [] } } }],
    [
      "a source without its column",
      { version: 1, tags: { A: { value: { lookup: "a.csv", by: "region" } } } },
    ],
    [
      "a source of an unknown field",
      { version: 1, tags: { A: { value: { from: "creator.mail" } } } },
    ],
    [
      "a date pattern with other letters",
      { version: 1, tags: { A: { value: { from: "event.time", transform: [{ date: "YYYY" }] } } } },
    ],
    ["a scope that names nobody", { version: 1, tags: { A: { applies: {} } } }],
    [
      "a rule without a condition",
      JSON.parse('{"version":1,"tags":{},"rules":[{"id":"r","then":{"require":["A"]}}]}'),
    ],
    ["a reserve above 19", { version: 1, tags: {}, limits: { reserve: 20 } }],
    ["a duration without a unit", { version: 1, tags: {}, guards: { grace: "30" } }],
    [
      "a grace table without a default",
      { version: 1, tags: {}, guards: { grace: { terraform: "2m" } } },
    ],
    ["more than 100 percent", { version: 1, tags: {}, guards: { maxPercent: 101 } }],
    [
      "an exemption without a reason",
      { version: 1, tags: {}, exemptions: [{ rule: "a", resource: {}, owner: "o" }] },
    ],
    [
      "a day that does not exist",
      {
        version: 1,
        tags: {},
        exemptions: [{ rule: "a", resource: {}, owner: "o", reason: "r", expires: "2027-02-30" }],
      },
    ],
    [
      "an allowed value without a list of variants",
      { version: 1, tags: { A: { values: { a: "b" } } } },
    ],
    ["no allowed value", { version: 1, tags: { A: { values: {} } } }],
  ])("on refusing %s", (_what, policy) => {
    expect(validate(policy)).toBe(false);
    expect(policyDocument.safeParse(policy).success).toBe(false);
  });
});
