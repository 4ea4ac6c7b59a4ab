import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Facts, type Field, RESOURCE_FIELDS } from "../../../shared/core/facts.ts";
import { creationReads } from "../../../shared/core/permission/creation-reads.ts";
import { planTags, writesOf } from "../../../shared/core/plan/plan.ts";
import type { Policy } from "../../../shared/core/policy/policy.ts";
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
];

describe("what a policy asks for", () => {
  test.each(cases)("%s", (_, about, secret, key) => {
    const said = (type: "secret" | "key") => {
      const { writes, fields, keyTags } = creationReads(about, type);
      return [...writes, ...fields, ...(keyTags ? ["keyTags"] : [])].join(" ");
    };
    expect([said("secret"), said("key")]).toEqual([secret, key]);
  });
});
