/**
 * Goal: the Terraform module and its examples say only what the provider's documents know, and what the
 * functions read; nothing is declared that nobody uses.
 * Method: a parser reads all HCL, and rules compare it with the documented schema (provider-schema.json, made by
 * cut-schema.mjs). Every small mistake that one could make is made, one at a time, and must be reported.
 * `npm run test:terraform` lets Terraform itself look at the same files.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { functionNames } from "../../functions/bundle.mjs";
import { judgeCode } from "../../shared/core/doctor/deployed-code.ts";
import type { FunctionConfig } from "../../shared/core/doctor/function-answer.ts";
import { isJsonObject, type JsonObject, objectOf } from "../../shared/core/json-value.ts";
import { CREATION_TRACES } from "../../shared/core/trace/creation-trace.ts";
import { blocksOf, parseFolder, parseText, textsOf } from "./configuration.ts";
import { codeOf } from "./expression.ts";
import { checkConfiguration, isRight } from "./module-check.ts";
import {
  argumentMutants,
  callMutants,
  declarationMutants,
  eventMutants,
  type Mutant,
  referenceMutants,
} from "./mutations.ts";
import schema from "./provider-schema.json" with { type: "json" };

const ROOT = new URL("../..", import.meta.url).pathname;
const EXAMPLES = ["minimal", "complete", "regions"] as const;
let module: JsonObject = {};
const examples = new Map<string, JsonObject>();

beforeAll(async () => {
  module = await parseFolder(join(ROOT, "infra"));
  for (const name of EXAMPLES)
    examples.set(name, await parseFolder(join(ROOT, "infra/examples", name)));
});

const example = (name: string) => examples.get(name) ?? {};
const needed = () =>
  blocksOf(module)
    .filter(({ kind, body }) => kind === "variable" && !("default" in body))
    .map(({ labels }) => labels.join());

/** Mutants that no rule sees. */
function survivors(mutants: readonly Mutant[], called?: JsonObject): readonly string[] {
  return mutants
    .filter(({ configuration }) => isRight(configuration, called))
    .map(({ what }) => what);
}

describe("the module", () => {
  test("uses only what the provider's documents know, and all that it declares", () => {
    expect(checkConfiguration(module)).toEqual([]);
  });

  test("is called by every example with what it takes and needs", () => {
    for (const name of EXAMPLES) expect(checkConfiguration(example(name), module)).toEqual([]);
  });

  test("is shown with every input in the examples", () => {
    const given = EXAMPLES.flatMap((name) => blocksOf(example(name)))
      .filter(({ kind }) => kind === "module")
      .flatMap(({ body }) => Object.keys(body));
    const variables = blocksOf(module).filter(({ kind }) => kind === "variable");
    expect(given).toEqual(expect.arrayContaining(variables.map(({ labels }) => labels.join())));
  });
});

describe("every single mistake is reported:", () => {
  test("an argument or a block misspelled, a required one left out", () => {
    const mutants = argumentMutants(module);
    expect(mutants.length).toBeGreaterThan(340);
    expect(survivors(mutants)).toEqual([]);
  });

  test("a reference misspelled", () => {
    const mutants = referenceMutants(module);
    expect(mutants.length).toBeGreaterThan(300);
    expect(survivors(mutants)).toEqual([]);
  });

  test("a key of an event or a destination misspelled, a required one left out", () => {
    const required = Object.values(schema.eventData).flatMap((row) => row.required);
    const mutants = eventMutants(module, (name) => required.includes(name));
    expect(mutants.length).toBeGreaterThan(35);
    expect(survivors(mutants)).toEqual([]);
  });

  test("an input of an example misspelled or left out, an output that is not there", () => {
    for (const name of EXAMPLES) {
      const whole = example(name);
      const mutants = [...callMutants(whole, needed()), ...referenceMutants(whole)];
      expect(mutants.length).toBeGreaterThan(5);
      expect(survivors(mutants, module)).toEqual([]);
    }
  });

  test("a variable undeclared, unused, or without a type or a description", () => {
    expect(survivors(declarationMutants(module))).toEqual([]);
  });

  test("what only the parser can see", async () => {
    await expect(parseText('resource "x" "y" { name = }')).rejects.toThrow("parse config");
  });
});

/** A function of which nothing is told. */
const UNKNOWN: FunctionConfig = {
  runtime: null,
  handler: null,
  timeoutSeconds: null,
  memoryMb: null,
  digest: null,
  description: "",
  hasAgency: true,
  instancesMax: null,
  userData: new Map(),
  allReadable: true,
};

function localNamed(name: string): unknown {
  const found = blocksOf(module).find(({ kind, body }) => kind === "locals" && name in body);
  return found?.body[name];
}

describe("the functions", () => {
  test("are all there are, with an initializer where one is exported", async () => {
    const functions = objectOf(localNamed("functions")) ?? {};
    expect(Object.keys(functions).toSorted()).toEqual(await functionNames());
    for (const [name, given] of Object.entries(functions)) {
      const source = await readFile(join(ROOT, "functions", name, "index.ts"), "utf8");
      const isExported = source.includes("export const initializer");
      expect(objectOf(given)?.initializer !== null).toBe(isExported);
    }
  });

  test("get exactly the settings that they read", async () => {
    const files = ["shared/io/config.ts", "shared/io/run/config.ts"];
    const texts = await Promise.all(files.map((file) => readFile(join(ROOT, file), "utf8")));
    const read = texts.join().matchAll(/"((?:HUAWEICLOUD|TAGWARDEN)_[A-Z_]+)"/g);
    const set = blocksOf(module)
      .filter(({ kind }) => kind === "locals")
      .flatMap(({ body }) => [
        ...textsOf(body).map(codeOf),
        ...Object.values(body).flatMap(namesIn),
      ])
      .flatMap((text) =>
        [...text.matchAll(/\b(?:HUAWEICLOUD|TAGWARDEN)_[A-Z_]+/g)].map(([name]) => name),
      );
    expect(new Set(set)).toEqual(new Set([...read].map(([, name]) => name)));
  });

  test("are subscribed to the creation traces of their kind, and to no other", () => {
    const creations = localNamed("creations");
    const namesOf = (name: string) =>
      JSON.stringify(isJsonObject(creations) ? creations[name] : null);
    for (const [name, type] of [
      ["secret-created", "secret"],
      ["key-created", "key"],
    ] as const) {
      const traces = CREATION_TRACES.filter((trace) => trace.type === type).map(
        (trace) => trace.name,
      );
      expect(namesOf(name)).toContain(`"trace_names":${JSON.stringify(traces)}`);
    }
  });
});

describe("what somebody else reads", () => {
  test("is a word that stands in a log line only where it counts something", async () => {
    const folder = join(ROOT, "shared/io");
    const texts = await Promise.all(
      ["function.ts", "run/handover.ts"].map((file) => readFile(join(folder, file), "utf8")),
    );
    const rows = Object.values(objectOf(localNamed("log_lines")) ?? {}).map(objectOf);
    const found = rows.filter((row) => row?.condition === ">=").map((row) => row?.keywords);
    expect(found).toEqual(["deadLetters", "missed"]);
    // The functions' own tests show that the lines have these words, and have them only then.
    for (const word of found) expect(texts.join()).toMatch(new RegExp(`\\b${word}: `));
  });

  test("is a description by which doctor knows a stale deployment", () => {
    const made = blocksOf(module).find(
      ({ kind, labels }) =>
        kind === "resource" && labels.join() === "huaweicloud_fgs_function,this",
    );
    const [version, hash] = ["1.2.3", "0a1b2c3d4e5f"];
    const description = String(made?.body.description)
      .replace(/\$\{[^}]*\.version\}/, version)
      .replace(/\$\{substr\([^}]*\.policyHash, 0, 12\)\}/, hash);
    const built = (policyHash: string) => ({ digest: "00", policyHash });
    const judge = (policyHash: string, ours: string) =>
      judgeCode({ ...UNKNOWN, description }, built(policyHash), ours);
    expect(judge(`f${hash}`, version).found).toBe(`policy ${hash}, here f${hash.slice(0, 11)}`);
    expect(judge(hash, "1.2.4").found).toBe(`version ${version}, here 1.2.4`);
  });
});

/** The names of the fields of a value that the parser made an object of. */
function namesIn(value: unknown): readonly string[] {
  return isJsonObject(value)
    ? Object.entries(value).flatMap(([name, inner]) => [name, ...namesIn(inner)])
    : [];
}
