import { describe, expect, test } from "vitest";
import * as z from "zod/mini";
import { describeIssues } from "../../../shared/core/run/message-problem.ts";

function problemOf(schema: z.ZodMiniType, value: unknown): string {
  const parsed = schema.safeParse(value);
  return parsed.success ? "" : describeIssues(schema, parsed.error.issues);
}

const text = z.string();
const word = text.check(z.regex(/^\w+$/));

describe("a problem says what was expected", () => {
  test.each<[string, z.ZodMiniType, unknown]>([
    ["expected text", text, 7],
    ["expected a number", z.number(), "7"],
    ["expected a whole number", z.int(), 1.5],
    ["expected true or false", z.boolean(), "yes"],
    ["expected a list", z.array(text), {}],
    ["expected an object", z.object({}), []],
    ["expected an object", z.record(text, text), []],
    ["expected another type", z.date(), "2027-01-31"],
    ["expected a or b", z.enum(["a", "b"]), "c"],
    ["expected text of another form", word, "two words"],
    ["expected at least 1 entry", z.array(text).check(z.minLength(1)), []],
    ["expected at least 2 entries", z.array(text).check(z.minLength(2)), []],
    ["expected at most 1 entry", z.array(text).check(z.maxLength(1)), ["a", "b"]],
    ["expected at least 1 character", text.check(z.minLength(1)), ""],
    ["expected at least 3 characters", text.check(z.minLength(3)), ""],
    ["expected at most 1 character", text.check(z.maxLength(1)), "ab"],
    ["expected at least 3", z.number().check(z.gte(3)), 1],
    ["expected at most 3", z.number().check(z.lte(3)), 4],
    ["expected no field but a, b", z.strictObject({ a: text, b: text }), { a: "", b: "", c: "" }],
    ["expected an even number", z.number().check(z.refine(isEven, "an even number")), 3],
    ["expected another value", z.number().check(z.multipleOf(2)), 3],
  ])("%s", (problem, schema, value) => {
    expect(problemOf(schema, value)).toBe(problem);
  });

  const id = "expected an id such as 0a1b2c3d-4e5f-6a7b-8c9d-0e1f2a3b4c5d";
  test.each([
    ["id", `id: ${id}`],
    ["ids", `ids: ${id}`],
    [
      "run",
      "run: expected the name of a run: at most 128 letters, digits, dots, hyphens and underscores",
    ],
    ["digest", "digest: expected 64 hexadecimal digits in lower case"],
    ["notBefore", "notBefore: expected a time in UTC such as 2027-01-31T08:00:00Z"],
    ["constructor", "constructor: expected text of another form"],
  ])("in a field called %s in the form that it has", (field, problem) => {
    expect(problemOf(z.object({ [field]: word }), { [field]: "?!" })).toBe(problem);
  });
});

describe("a problem has a place", () => {
  const schema = z.strictObject({
    list: z.exactOptional(z.array(z.object({ inner: text }))),
    table: z.exactOptional(z.record(text, z.array(text))),
  });
  const open = z.catchall(z.object({ known: z.exactOptional(text) }), z.strictObject({ a: text }));

  test.each<[string, z.ZodMiniType, unknown]>([
    ["list: expected a list", schema, { list: 7 }],
    ["list[1].inner: expected text", schema, { list: [{ inner: "" }, { inner: 7 }] }],
    ["table.*[0]: expected text", schema, { table: { s3cret: [7] } }],
    ["[0][1]: expected text", z.array(z.array(text)), [["", 7]]],
    ["*: expected an object", open, { s3cret: 7 }],
    ["*: expected fewer fields", open, { s3cret: { a: "", b: "" } }],
    ["*.*: expected text", open, { s3cret: { a: 7 } }],
    ["known: expected text", open, { known: 7 }],
  ])("%s", (problem, given, value) => {
    expect(problemOf(given, value)).toBe(problem);
  });

  test("and there are at most three, each once", () => {
    const wide = z.strictObject({ a: text, b: text, c: text, d: text, e: text });
    const told = "a: expected text; b: expected text; c: expected text";
    expect(problemOf(wide, { d: "", e: "" })).toBe(told);
    expect(problemOf(wide, { e: "" })).toBe(`${told}; and 1 more`);
    expect(problemOf(wide, {})).toBe(`${told}; and 2 more`);
    const table = z.object({ table: z.record(text, text) });
    expect(problemOf(table, { table: { a: 7, b: 7 } })).toBe("table.*: expected text");
  });
});

function isEven(number: number): boolean {
  return number % 2 === 0;
}
