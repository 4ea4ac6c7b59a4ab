import { expect, test } from "vitest";
import { planJsonSchema } from "./plan-schema.ts";

// `npx vitest -u` writes the file anew.
test("the published JSON Schema of a plan is the one that its zod schema makes", async () => {
  const text = `${JSON.stringify(planJsonSchema(), null, 2)}\n`;
  await expect(text).toMatchFileSnapshot("../../../infra/schema/plan.schema.json");
});

test("every field of the JSON Schema of a plan has a description", () => {
  const bare: string[] = [];
  const visit = (node: unknown, path: string): void => {
    if (typeof node !== "object" || node === null) return;
    for (const [key, value] of Object.entries(node)) {
      if (key === "properties") {
        for (const [name, field] of Object.entries(value))
          if (!("description" in Object(field))) bare.push(`${path}.${name}`);
      }
      visit(value, `${path}.${key}`);
    }
  };
  visit(planJsonSchema(), "");
  expect(bare).toEqual([]);
});
