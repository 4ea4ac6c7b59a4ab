import type * as z from "zod";
import { isJsonObject } from "../json-value.ts";
import { type Issue, listBranches } from "./branch.ts";
import { listWords, type Mistake, type Path, quote } from "./problem.ts";
import { expectName, hintName } from "./suggest.ts";

/** A mistake of the schema, and the part of the document that must go to be rid of it. */
export type SchemaMistake = Mistake & { readonly drop: Path };

const EXPECTED: { readonly [type: string]: string } = {
  object: "a mapping",
  record: "a mapping",
  array: "a list",
  string: "text",
  boolean: "true or false",
  number: "a number",
  int: "a whole number",
};

/** The error map to parse with: each issue's message then says what was expected. */
export function expectedBy(issue: z.core.$ZodRawIssue): string {
  if (issue.code === "invalid_value") return listWords(issue.values.map(String));
  return EXPECTED[String(issue.expected)] ?? "another value";
}

/** Every mistake behind the issues of a parse with `expectedBy`; `input` is what was parsed. */
export function listMistakes(issues: readonly Issue[], input: unknown): readonly SchemaMistake[] {
  return readAll(issues, [], input);
}

function readIssue(issue: Issue, base: Path, input: unknown): readonly SchemaMistake[] {
  const path = [...base, ...issue.path.map(toStep)];
  const value = valueAt(input, path);
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) =>
        mistakeAtKey([...path, key], `unknown field ${key}`, expectField(key, issue.message)),
      );
    case "invalid_key":
      return [mistakeAtKey(path, `got the name ${quote(lastStep(path))}`, inner(issue))];
    case "invalid_union":
      return readUnion(issue, path, value, input);
    default:
      return [readValue(path, value, issue)];
  }
}

function inner(issue: { readonly issues: readonly { readonly message: string }[] }): string {
  return issue.issues[0]?.message ?? "another name";
}

/** Of a union's branches, reads the one that was meant; where none was, one mistake for all. */
function readUnion(
  issue: z.core.$ZodIssueInvalidUnion,
  path: Path,
  value: unknown,
  input: unknown,
): readonly SchemaMistake[] {
  const branches = listBranches(issue);
  const fitting = branches.filter((branch) => branch.fits);
  const [only] = fitting;
  if (only === undefined) {
    const options = branches.flatMap((branch) => branch.options);
    return [readValue(path, value, issue, options)];
  }
  if (fitting.length === 1) return readAll(only.issues, path, input);
  if (!isJsonObject(value)) return [readValue(path, value, issue)];

  const keys = Object.keys(value);
  const fewest = Math.min(...fitting.map((branch) => branch.unknown.length));
  if (keys.length > 0 && fewest === keys.length) {
    const known = fitting.flatMap((branch) => branch.missing);
    return keys.map((key) =>
      mistakeAtKey(
        [...path, key],
        `unknown field ${key}`,
        `${issue.message}${hintName(key, known)}`,
        path,
      ),
    );
  }
  const meant = fitting
    .filter((branch) => branch.unknown.length === fewest)
    .sort((one, other) => one.issues.length - other.issues.length)[0];
  if (keys.length === 0 || meant === undefined) return [readValue(path, value, issue)];
  return readAll(meant.issues, path, input);
}

function readAll(issues: readonly Issue[], base: Path, input: unknown): readonly SchemaMistake[] {
  const misspelt = issues.flatMap(({ code, path }) =>
    code === "unrecognized_keys" ? [path.join("/")] : [],
  );
  // That such a mapping does not say enough follows from the unknown field.
  return issues
    .filter(({ code, path }) => code !== "custom" || !misspelt.includes(path.join("/")))
    .flatMap((issue) => readIssue(issue, base, input));
}

function readValue(
  path: Path,
  value: unknown,
  issue: Issue,
  options: readonly string[] = [],
): SchemaMistake {
  const missing = value === undefined;
  const choices = issue.code === "invalid_value" ? issue.values.map(String) : options;
  const hint = typeof value === "string" ? hintName(value, choices) : "";
  const unquoted = typeof value === "number" || typeof value === "boolean" || value === null;
  const quotes = /\btext\b/.test(issue.message) && unquoted ? " (put it in quotes)" : "";
  return {
    level: "error",
    path,
    at: "value",
    message: missing ? `${lastStep(path)} is missing` : describe(value),
    expected: `${issue.message}${hint}${quotes}`,
    // Nothing can replace a missing field but what stands around it.
    drop: missing ? path.slice(0, -1) : path,
  };
}

function mistakeAtKey(path: Path, message: string, expected: string, drop = path): SchemaMistake {
  return { level: "error", path, at: "key", message, expected, drop };
}

/** An unknown field's issue carries the names of the fields that there are (`fields`). */
function expectField(key: string, names: string): string {
  return expectName(key, names.split(", "), "no fields").replace(/^one of /, "one of the fields ");
}

function describe(value: unknown): string {
  if (value === null) return "got nothing";
  if (typeof value === "string") return `got ${quote(value)}`;
  if (Array.isArray(value)) return value.length === 0 ? "got an empty list" : "got a list";
  if (isJsonObject(value)) {
    return Object.keys(value).length === 0 ? "got an empty mapping" : "got a mapping";
  }
  return typeof value === "number" ? `got the number ${value}` : `got ${String(value)}`;
}

function lastStep(path: Path): string {
  return String(path[path.length - 1] ?? "it");
}

function toStep(step: PropertyKey): string | number {
  return typeof step === "number" ? step : String(step);
}

function valueAt(value: unknown, path: Path): unknown {
  let current = value;
  for (const step of path) {
    if (Array.isArray(current) && typeof step === "number") current = current[step];
    else if (isJsonObject(current) && Object.hasOwn(current, step)) current = current[step];
    else return undefined;
  }
  return current;
}
