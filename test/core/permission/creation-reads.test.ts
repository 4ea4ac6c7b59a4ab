import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Facts, type Field, RESOURCE_FIELDS } from "../../../shared/core/facts.ts";
import { creationReads } from "../../../shared/core/permission/creation-reads.ts";
import { planTags, writesOf } from "../../../shared/core/plan/plan.ts";
import type { ConditionalRule, Policy } from "../../../shared/core/policy/policy.ts";
import { TRACE_LAYOUTS } from "../../../shared/core/trace/layout.ts";
import { world } from "../plan/arbitraries.ts";
import { constant, copyOf, from, policy, rule, source } from "../plan/builders.ts";

const inherited = source({ kind: "inherit", of: "kmsKey" });
const looked = source({ kind: "lookup", file: "t.csv", by: "resource.state", column: "c" });

/** What a trace tells at least, and what reading more would tell. */
function told({ type, fields, ...rest }: Facts, hidden: readonly Field[]): Facts {
  const { details } = TRACE_LAYOUTS[type];
  const all = new Map<Field, string | null>([...fields, ["resource.id", "i"]]);
  for (const [field, paths] of Object.entries(details))
    for (const known of RESOURCE_FIELDS)
      if (known === field && paths === null) all.set(known, null);
  for (const field of hidden) if (all.get(field) !== null) all.delete(field);
  const { keyTags: _, ...event } = rest;
  return { ...event, type, fields: all, hasEvent: true };
}

test("nothing is asked for, and no key written, that it does not name, whatever the resource", () => {
  fc.assert(
    fc.property(world, fc.subarray([...RESOURCE_FIELDS]), ({ about, known, current }, hidden) => {
      const reads = creationReads(about, known.type);
      const asked = new Set<string>();
      let facts = told(
        known,
        hidden.filter((field) => field !== "resource.id"),
      );
      let plan = planTags(about, facts, current, "creation");
      for (let round = 0; plan.needs.length > 0 && round < 20; round++) {
        for (const need of plan.needs) asked.add(need);
        const fields = new Map(facts.fields);
        for (const field of RESOURCE_FIELDS)
          if (plan.needs.includes(field)) fields.set(field, known.fields.get(field) ?? null);
        const keyTags = plan.needs.includes("keyTags") ? { keyTags: known.keyTags ?? null } : {};
        facts = { ...facts, fields, ...keyTags };
        plan = planTags(about, facts, current, "creation");
      }
      const allowed = [...reads.fields, ...(reads.keyTags ? ["keyTags"] : [])];
      expect(allowed).toEqual(expect.arrayContaining([...asked]));
      const { create, overwrite, remove } = writesOf(plan);
      expect(reads.writes).toEqual(expect.arrayContaining([...create.keys(), ...overwrite.keys()]));
      expect(remove).toEqual([]);
    }),
    { numRuns: 1_000 },
  );
});

const ON = { on: { state: [{ in: ["ENABLED"] }] } };
const ONLY_ON = { only: ["on"], except: [] };
const TWO_CONSTANTS = ["A", "B"].map((key) => rule(key, { sources: [constant("x")] }));
const requiring = (key: string): ConditionalRule => ({
  id: "r",
  description: "",
  severity: "medium",
  if: { state: [{ in: ["ENABLED"] }] },
  require: [key],
});

type Case = readonly [about: string, policy: Policy, secret: string, key: string];
const cases: readonly Case[] = [
  ["no tag", policy({}), "", ""],
  ["a tag without a source", policy({ tags: [rule("A")] }), "", ""],
  [
    "a prohibited tag",
    policy({ tags: [rule("A", { prohibited: true, sources: [looked] })] }),
    "",
    "",
  ],
  ["a constant", policy({ tags: [rule("A", { sources: [constant("x"), looked] })] }), "A", "A"],
  [
    "a constant that breaks the tag's rule",
    policy({ tags: [rule("A", { match: [{ regex: "^y" }], sources: [constant("x"), looked] })] }),
    "A resource.state",
    "A resource.state",
  ],
  [
    "a field of the event",
    policy({ tags: [rule("A", { sources: [from("creator.name")] })] }),
    "A",
    "A",
  ],
  [
    "a field that keys have not",
    policy({ tags: [rule("A", { sources: [from("resource.secretType")] })] }),
    "A resource.secretType",
    "",
  ],
  [
    "the key's tag",
    policy({ tags: [rule("A", { sources: [inherited] })] }),
    "A resource.kmsKeyId keyTags",
    "",
  ],
  [
    "a copy of another tag",
    policy({
      tags: [
        rule("A", { sources: [copyOf("B")] }),
        rule("B", { sources: [from("resource.name")] }),
      ],
    }),
    "A B resource.name",
    "A B resource.name",
  ],
  [
    "a spelling",
    policy({ tags: [rule("A", { values: { x: ["y"] }, whenPresent: "correct" })] }),
    "A",
    "A",
  ],
  [
    "who is chosen by kind",
    policy({
      selectors: { keys: { types: ["key"], state: [{ in: ["2"] }] } },
      tags: [rule("A", { sources: [constant("x")], applies: { only: ["keys"], except: [] } })],
    }),
    "",
    "A resource.state",
  ],
  [
    "who is left out by region",
    policy({
      selectors: { here: { region: [{ in: ["r"] }] } },
      tags: [rule("A", { sources: [constant("x")], applies: { only: null, except: ["here"] } })],
    }),
    "A",
    "A",
  ],
  [
    "which of two goes first where there is room for one",
    policy({
      selectors: { named: { name: [{ in: ["n"] }] } },
      tags: [
        rule("A", { sources: [constant("x")], required: { only: ["named"], except: [] } }),
        rule("B", { sources: [constant("x")] }),
      ],
    }),
    "A B resource.name",
    "A B resource.name",
  ],
  [
    "the kind, which every event tells, before anything else",
    policy({ tags: [rule("A", { sources: [from("resource.type"), looked] })] }),
    "A",
    "A",
  ],
  [
    "what every event tells, where it breaks the tag's rule",
    policy({
      tags: [
        rule("A", {
          match: [{ regex: "^x" }],
          sources: [from("resource.type"), from("resource.id"), from("resource.name")],
        }),
      ],
    }),
    "A resource.name",
    "A resource.name",
  ],
  [
    "a constant that only the limits of some keys break",
    policy({
      tags: [rule("A", { match: [{ regex: "^a=b$" }], sources: [constant("a=b"), looked] })],
    }),
    "A",
    "A resource.state",
  ],
  [
    "a field that keys have not, and then one that they have",
    policy({
      tags: [rule("A", { sources: [from("resource.secretType"), from("resource.name")] })],
    }),
    "A resource.name resource.secretType",
    "A resource.name",
  ],
  [
    "a table by a field that secrets have not",
    policy({
      tags: [
        rule("A", {
          sources: [source({ kind: "lookup", file: "t.csv", by: "resource.keySpec", column: "c" })],
        }),
      ],
    }),
    "",
    "A resource.keySpec",
  ],
  ["a spelling that is kept", policy({ tags: [rule("A", { values: { x: ["y"] } })] }), "", ""],
  [
    "a correction without a list of spellings",
    policy({ tags: [rule("A", { whenPresent: "correct" })] }),
    "",
    "",
  ],
  [
    "who has a tag that nothing fills",
    policy({ selectors: ON, tags: [rule("A", { applies: ONLY_ON })] }),
    "",
    "",
  ],
  [
    "who has a tag that nothing fills and an alias may stand for",
    policy({ selectors: ON, tags: [rule("A", { applies: ONLY_ON, aliases: ["a"] })] }),
    "resource.state",
    "resource.state",
  ],
  [
    "who is left out by kind",
    policy({
      selectors: { keys: { types: ["key"] } },
      tags: [rule("A", { sources: [constant("x")], applies: { only: null, except: ["keys"] } })],
    }),
    "A",
    "",
  ],
  ...(["id", "region", "project"] as const).map(
    (field): Case => [
      `who is chosen by ${field}`,
      policy({
        selectors: { here: { [field]: [{ in: ["x"] }] } },
        tags: [rule("A", { sources: [constant("x")], applies: { only: ["here"], except: [] } })],
      }),
      "A",
      "A",
    ],
  ),
];

/** Where two tags are added, those that are required go first. */
const roomCases: readonly Case[] = [
  [
    "nothing for the one that is added, required or not",
    policy({ selectors: ON, tags: [rule("A", { sources: [constant("x")], required: ONLY_ON })] }),
    "A",
    "A",
  ],
  [
    "nothing for the one that is added beside one that is only respelt",
    policy({
      selectors: ON,
      tags: [
        rule("A", { sources: [constant("x")], required: ONLY_ON }),
        rule("B", { values: { x: ["y"] }, whenPresent: "correct" }),
      ],
    }),
    "A B",
    "A B",
  ],
  [
    "what decides whether a rule requires one of two",
    policy({ tags: TWO_CONSTANTS, rules: [requiring("B")] }),
    "A B resource.state",
    "A B resource.state",
  ],
  [
    "nothing for a rule that requires neither",
    policy({ tags: TWO_CONSTANTS, rules: [requiring("C")] }),
    "A B",
    "A B",
  ],
];

describe("what a policy asks for", () => {
  test.each([...cases, ...roomCases])("%s", (_, about, secret, key) => {
    const said = (type: "secret" | "key") => {
      const { writes, fields, keyTags } = creationReads(about, type);
      return [...writes, ...fields, ...(keyTags ? ["keyTags"] : [])].join(" ");
    };
    expect([said("secret"), said("key")]).toEqual([secret, key]);
  });
});
