import { Ajv2020 } from "ajv/dist/2020.js";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MESSAGE_TAGS_MAX } from "../../../shared/core/run/message.ts";
import { MESSAGES, mutated } from "./message-arbitraries.ts";
import { FORM_NAMES, FORMS, type Form, messageJsonSchema } from "./message-schema.ts";

// `npx vitest -u` writes the files anew.
test.each(FORM_NAMES)(
  "the published JSON Schema of a %s is the one that its zod schema makes",
  async (form) => {
    const text = `${JSON.stringify(messageJsonSchema(form), null, 2)}\n`;
    await expect(text).toMatchFileSnapshot(`../../../infra/schema/message-${form}.schema.json`);
  },
);

test.each(FORM_NAMES)("every field of the JSON Schema of a %s has a description", (form) => {
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
  visit(messageJsonSchema(form), "");
  expect(bare).toEqual([]);
});

function validators(form: Form) {
  // The pattern beside the format says the same.
  const ajv = new Ajv2020({ validateFormats: false, strictTypes: false });
  const validate = ajv.compile(messageJsonSchema(form));
  const { schema } = FORMS[form];
  return {
    byJsonSchema: (value: unknown) => validate(value),
    byZod: (value: unknown) => schema.safeParse(value).success,
  };
}

describe.each(FORM_NAMES)("JSON Schema and zod schema of a %s agree", (form) => {
  const { byJsonSchema, byZod } = validators(form);

  test("on accepting what is right", () => {
    fc.assert(
      fc.property(MESSAGES[form], (message) => {
        expect([byJsonSchema(message), byZod(message)]).toEqual([true, true]);
      }),
      { numRuns: 200 },
    );
  });

  test("on what something was done to", () => {
    const verdicts = new Set<boolean>();
    fc.assert(
      fc.property(MESSAGES[form].chain(mutated), (message) => {
        // A JSON Schema cannot say that one field of the entries of a list is unique.
        fc.pre(!repeatsKey(message));
        const accepted = byZod(message);
        verdicts.add(accepted);
        expect(byJsonSchema(message)).toBe(accepted);
      }),
      { numRuns: 500 },
    );
    expect(verdicts.size).toBe(2);
  });
});

function repeatsKey(message: unknown): boolean {
  const { tags } = Object(message);
  if (!Array.isArray(tags)) return false;
  const keys = tags.map((tag) => Object(tag).key);
  return new Set(keys).size < keys.length;
}

describe("the plain form", () => {
  const { byJsonSchema, byZod } = validators("tags");
  const resource = { type: "secret", id: "0a1b2c3d-4e5f-6a7b-8c9d-0e1f2a3b4c5d" };
  const withTags = (tags: readonly object[]) => ({ resource, action: "create", tags });
  const many = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ key: `K${index}` }));

  test.each([
    ["as many tags as one batch action takes", withTags(many(MESSAGE_TAGS_MAX)), true],
    ["one more", withTags(many(MESSAGE_TAGS_MAX + 1)), false],
    ["no tag", withTags([]), false],
    ["a tag without a value", withTags([{ key: "A" }]), true],
    ["an empty value", withTags([{ key: "A", value: "" }]), true],
    ["an empty key", withTags([{ key: "", value: "a" }]), false],
    ["keys that differ in case", withTags([{ key: "a" }, { key: "A" }]), true],
    ["its kind and version", { kind: "tags", version: 1, ...withTags(many(1)) }, true],
    ["another version", { version: 2, ...withTags(many(1)) }, false],
    ["a name for an id", { ...withTags(many(1)), resource: { type: "secret", id: "db" } }, false],
    ["another action", { ...withTags(many(1)), action: "filter" }, false],
    ["an unknown field", { ...withTags(many(1)), overwrit: true }, false],
    ["attempt 5", { ...withTags(many(1)), attempt: 5 }, true],
    ["attempt 6", { ...withTags(many(1)), attempt: 6 }, false],
    ["a local time", { ...withTags(many(1)), notBefore: "2027-01-31T08:00:00+08:00" }, false],
  ])("%s", (_what, message, accepted) => {
    expect([byZod(message), byJsonSchema(message)]).toEqual([accepted, accepted]);
  });

  test("a key that stands twice is refused, which the JSON Schema cannot say", () => {
    const message = withTags([
      { key: "A", value: "1" },
      { key: "A", value: "2" },
    ]);
    expect([byZod(message), byJsonSchema(message)]).toEqual([false, true]);
  });
});
