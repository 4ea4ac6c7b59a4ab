import * as z from "zod/mini";
import { own } from "../json-value.ts";
import { listWords } from "../policy/problem.ts";

/** Problems of one message that are told one by one. */
const PROBLEMS_SHOWN_MAX = 3;

type Schema = z.core.$ZodType;
type Issue = z.core.$ZodIssue;

/**
 * What a schema found wrong, as one line: `resource.id: expected an id such as …; tags: expected …`.
 * It is made of names and numbers of the schema alone, so it holds no value, nor any name, of the message.
 */
export function describeIssues(schema: Schema, issues: readonly Issue[]): string {
  const texts = [...new Set(issues.map((issue) => describeIssue(schema, issue)))];
  const more = texts.length - PROBLEMS_SHOWN_MAX;
  const shown = texts.slice(0, PROBLEMS_SHOWN_MAX).join("; ");
  return more > 0 ? `${shown}; and ${more} more` : shown;
}

function describeIssue(schema: Schema, issue: Issue): string {
  const { place, field, inner } = follow(schema, issue.path);
  const expected = `expected ${expectation(issue, field, inner)}`;
  return place === "" ? expected : `${place}: ${expected}`;
}

/**
 * Where a path leads: its place in words, the last field on it, and what stands there. A name that the
 * message chose (the key of a table can be the value of a tag) is shown as `*`.
 */
function follow(schema: Schema, path: readonly PropertyKey[]) {
  let place = "";
  let field = "";
  let inner: Schema | undefined = unwrap(schema);
  for (const part of path) {
    if (inner instanceof z.ZodMiniArray) {
      place += `[${String(part)}]`;
      inner = unwrap(inner.def.element);
    } else if (inner instanceof z.ZodMiniObject) {
      const child: Schema | undefined = own<Schema>(inner.shape, String(part));
      field = child === undefined ? "*" : String(part);
      place += place === "" ? field : `.${field}`;
      inner = unwrap(child);
    } else {
      place += ".*";
      inner = inner instanceof z.ZodMiniRecord ? unwrap(inner.def.valueType) : undefined;
    }
  }
  return { place, field, inner };
}

function unwrap(schema: Schema | undefined): Schema | undefined {
  return schema instanceof z.ZodMiniExactOptional ? unwrap(schema.def.innerType) : schema;
}

/** By what the schema calls a type. */
const TYPES: { readonly [type: string]: string } = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  record: "an object",
};

/** Fields whose text has a form. */
const FORMS: { readonly [field: string]: string } = {
  id: "an id such as 0a1b2c3d-4e5f-6a7b-8c9d-0e1f2a3b4c5d",
  ids: "an id such as 0a1b2c3d-4e5f-6a7b-8c9d-0e1f2a3b4c5d",
  run: "the name of a run: at most 128 letters, digits, dots, hyphens and underscores",
  digest: "64 hexadecimal digits in lower case",
  notBefore: "a time in UTC such as 2027-01-31T08:00:00Z",
};

function expectation(issue: Issue, field: string, inner: Schema | undefined): string {
  switch (issue.code) {
    case "invalid_type":
      return own(TYPES, issue.expected) ?? "another type";
    case "invalid_value":
      return listWords(issue.values.map(String));
    case "invalid_format":
      return own(FORMS, field) ?? "text of another form";
    case "too_small":
      return `at least ${amount(issue.minimum, issue.origin)}`;
    case "too_big":
      return `at most ${amount(issue.maximum, issue.origin)}`;
    case "unrecognized_keys":
      return inner instanceof z.ZodMiniObject
        ? `no field but ${Object.keys(inner.shape).join(", ")}`
        : "fewer fields";
    case "custom":
      // A message of our own: the schemas of messages say what is expected.
      return issue.message;
    default:
      return "another value";
  }
}

function amount(count: number | bigint, origin: string): string {
  if (origin === "array") return count === 1 ? "1 entry" : `${count} entries`;
  if (origin === "string") return count === 1 ? "1 character" : `${count} characters`;
  return String(count);
}
