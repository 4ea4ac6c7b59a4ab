/**
 * Goal: what the README tells of the Terraform module is what the module says.
 * Method: its table of inputs is compared with variables.tf, its costs are worked out again, and every attribute
 * and action that it names is looked for in the module.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import type { JsonObject } from "../../shared/core/json-value.ts";
import { blocksOf, parseFolder, typeKeysOf } from "./configuration.ts";

const ROOT = new URL("../..", import.meta.url).pathname;
let readme = "";
let module: JsonObject = {};

beforeAll(async () => {
  readme = await readFile(join(ROOT, "README.md"), "utf8");
  module = await parseFolder(join(ROOT, "infra"));
});

/** The rows of the table whose first heading this is. */
function rowsOf(heading: string): readonly (readonly string[])[] {
  const [, rows = ""] = readme.split(new RegExp(`^\\| ${heading} \\|.*\\n\\|[-|]+\\n`, "m"));
  const lines = rows.split("\n");
  const end = lines.findIndex((line) => !line.startsWith("|"));
  return lines.slice(0, end).map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

const variables = () => blocksOf(module).filter(({ kind }) => kind === "variable");

/** A default as the table shows it. */
function defaultOf(body: JsonObject): string {
  if (!("default" in body)) return "needed";
  const { default: value } = body;
  if (value === null) return "none";
  return `\`${typeof value === "string" ? value : JSON.stringify(value)}\``;
}

test("the table of inputs has every variable with its default, in any order", () => {
  const shown = rowsOf("Input").map(([name = "", given = ""]) => `${name} ${given}`);
  const declared = variables().map(({ labels, body }) => `\`${labels.join()}\` ${defaultOf(body)}`);
  expect(shown.toSorted()).toEqual(declared.toSorted());
});

test("the fields that the table names with a default have it", () => {
  for (const [input = "", , meaning = ""] of rowsOf("Input")) {
    const variable = variables().find(({ labels }) => `\`${labels.join()}\`` === input);
    const type = String(variable?.body.type).replaceAll(/\s+/g, " ");
    for (const [, field = "", value = ""] of meaning.matchAll(/`(\w+)` (\w+)(?=[,;. ]|$)/g))
      if (/^\d+\w?$|^Rate$|^off$/.test(value))
        expect(type).toMatch(new RegExp(`\\b${field} = optional\\(\\w+, "?${value}"?\\)`));
    const keys = typeKeysOf(String(variable?.body.type));
    for (const [, field = ""] of keys === null ? [] : meaning.matchAll(/`(\w+)`/g))
      if (!variables().some(({ labels }) => labels.join() === field))
        expect(type).toContain(`${field} = `);
  }
});

/** Gigabytes of a function that the module makes, by default. */
function gigabytes(variable: string): number {
  const type = String(variables().find(({ labels }) => labels.join() === variable)?.body.type);
  return Number(/memory_size\s*=\s*optional\(number, (\d+)\)/.exec(type)?.[1]) / 1024;
}

test("the costs are what calls, grace, rate and memory come to", () => {
  const rps = Number(variables().find(({ labels }) => labels.join() === "rps")?.body.default);
  const [creation, retag, audit] = ["creation", "retag", "audit"].map(gigabytes);
  const show = (value: number) =>
    (value < 1 ? Math.round(value * 10) / 10 : Math.round(value)).toLocaleString("en-US");
  const row = (work: string, requests: number, calls: number, cost: number) => [
    work,
    ...[requests, calls, cost].map(show),
  ];
  const creations = (count: number, graceS: number) =>
    row(
      `${show(count)} creations, grace ${graceS} s`,
      count,
      2 * count,
      count * (graceS + 0.5) * (creation ?? 0),
    );
  const changes = (count: number) => {
    const seconds = (2 * count) / rps;
    return row(
      `${show(count)} changes in bulk`,
      Math.ceil(seconds / 900),
      2 * count,
      seconds * (retag ?? 0),
    );
  };
  const audits = (count: number) => {
    const pages = Math.ceil(count / 2 / 1000);
    const calls = 3 * pages + 4;
    return row(`an audit of ${show(count)}`, 1, calls, (calls / rps) * (audit ?? 0));
  };
  expect(rowsOf("Work")).toEqual([
    creations(1_000, 30),
    creations(1_000, 5),
    creations(100_000, 30),
    creations(100_000, 5),
    changes(1_000),
    changes(100_000),
    audits(1_000),
    audits(100_000),
  ]);
});

test("the rights of the platform are the module's", async () => {
  const actions = rowsOf("For").flatMap(([, cell = ""]) =>
    [...cell.matchAll(/`(\w+:\w+:\w+)`/g)].map(([, action = ""]) => action),
  );
  const text = await readFile(join(ROOT, "infra/agencies.tf"), "utf8");
  const platform = text.slice(
    text.indexOf("allowed_platform = {"),
    text.indexOf("platform_roles ="),
  );
  const granted = [...platform.matchAll(/"(\w+:\w+:\w+)"/g)].map(([, action = ""]) => action);
  // Version 5.0 begins the names of buckets' actions in lower case.
  const same = (names: readonly string[]) => new Set(names.map((name) => name.toLowerCase()));
  expect(same(actions)).toEqual(same(granted));
});

test("the alarms are the module's", () => {
  const locals = Object.assign(
    {},
    ...blocksOf(module).flatMap(({ kind, body }) => (kind === "locals" ? [body] : [])),
  );
  const names = rowsOf("Alarm").flatMap(([cell = ""]) =>
    [...cell.matchAll(/`([\w-]+)`/g)].map(([, name = ""]) => name),
  );
  const made = [...Object.keys(locals.metrics), ...Object.keys(locals.log_lines)];
  expect(names.toSorted()).toEqual(made.toSorted());
});
