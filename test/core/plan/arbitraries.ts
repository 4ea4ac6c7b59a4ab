import fc from "fast-check";
import type { Facts, Field } from "../../../shared/core/facts.ts";
import type { PlanMode } from "../../../shared/core/plan/plan.ts";
import type {
  Condition,
  Policy,
  Scope,
  Selector,
  Source,
  SourceOrigin,
  TagRule,
  Transform,
} from "../../../shared/core/policy/policy.ts";
import type { TagSet } from "../../../shared/core/tag.ts";
import { policy, rule } from "./builders.ts";

// Policies that were checked: each key and alias is declared once, and tags depend on each other
// without a circle (a rule refers only to keys of a lower rank, in any order of declaration).

const KEYS = ["A", "B", "C", "D", `${"k".repeat(37)}`];
const FOREIGN = ["Z", "Y"];
const LONG = "v".repeat(50);

const text = fc.constantFrom(
  "x",
  "y",
  "X",
  " Y ",
  "yy",
  "",
  " ",
  "undefined",
  "a*b",
  "x=1",
  "_",
  LONG,
);
const field = fc.constantFrom<Field>(
  "creator.name",
  "event.time",
  "resource.name",
  "resource.type",
  "resource.enterpriseProject",
  "resource.kmsKeyId",
  "region",
);
const transform = fc.constantFrom<Transform>(
  { kind: "lower" },
  { kind: "title" },
  { kind: "slug" },
  { kind: "prefix", text: "x" },
  { kind: "map", table: { x: "y", y: "x", undefined: "_" } },
  { kind: "date", pattern: "yyyy" },
);
const keyRef = (keys: readonly string[]) => fc.constantFrom(...FOREIGN, ...keys);

function origin(lower: readonly string[]): fc.Arbitrary<SourceOrigin> {
  return fc.oneof(
    text.map((value) => ({ kind: "const", value }) as const),
    field.map((name) => ({ kind: "from", field: name }) as const),
    fc.constant({ kind: "fromName", regex: "^(?<first>.)", group: "first" } as const),
    field.map((by) => ({ kind: "lookup", file: "t.csv", by, column: "c" }) as const),
    fc.constant({ kind: "inherit", of: "kmsKey" } as const),
    keyRef(lower).map((key) => ({ kind: "tag", key }) as const),
  );
}

function sourceOf(lower: readonly string[]): fc.Arbitrary<Source> {
  return fc
    .tuple(origin(lower), fc.array(transform, { maxLength: 2 }))
    .map(([from, steps]) => ({ ...from, transform: steps }));
}

/** Selectors that look at the tags of lower rank only. */
function selectorOf(lower: readonly string[]): fc.Arbitrary<Selector> {
  const matchers = text.map((value) => [{ in: [value, "x"] }]);
  const byTag = fc.tuple(keyRef(lower), matchers).map(([key, one]) => ({ tag: { [key]: one } }));
  return fc.oneof(
    byTag,
    fc.constant({ name: [{ regex: "^x" }] }),
    fc.constant({ enterpriseProject: [{ in: ["x"] }] }),
    fc.constantFrom<Selector>({ types: ["key"] }, { types: ["secret"] }),
    fc.tuple(byTag, fc.constant({ state: [{ in: ["x"] }] })).map(([a, b]) => ({ ...a, ...b })),
  );
}

const scopeOf = (name: string): fc.Arbitrary<Scope> =>
  fc.constantFrom<Scope>(
    { only: null, except: [] },
    { only: null, except: [] },
    { only: [name], except: [] },
    { only: null, except: [name] },
  );

function ruleOf(key: string, lower: readonly string[]): fc.Arbitrary<TagRule> {
  const values = fc.constantFrom<TagRule["values"]>(null, null, { x: ["yy", "x=1"], y: ["a*b"] });
  const match = fc.constantFrom<TagRule["match"]>([], [], [{ regex: "^[xyv]" }], [{ regex: "_" }]);
  return fc
    .record({
      required: fc.oneof(fc.constant(null), scopeOf(`${key}-required`)),
      aliases: fc.subarray([`${key}1`, `${key}2`]),
      match,
      values,
      sources: fc.array(sourceOf(lower), { maxLength: 3 }),
      whenPresent: fc.constantFrom<TagRule["whenPresent"]>("keep", "correct", "overwrite"),
      applies: scopeOf(`${key}-applies`),
      prohibited: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
    })
    .map((about) => rule(key, about));
}

const names = (keys: readonly string[]) => keys.flatMap((key) => [key, `${key}1`, `${key}2`]);

const checkedPolicy: fc.Arbitrary<Policy> = fc
  .tuple(fc.shuffledSubarray(KEYS, { minLength: 1 }), fc.boolean())
  .chain(([ranked, extended]) => {
    const rules = ranked.map((key, rank) => ruleOf(key, names(ranked.slice(0, rank))));
    const selectors = ranked.map((key, rank) =>
      fc.tuple(selectorOf(names(ranked.slice(0, rank))), selectorOf(names(ranked))).map(
        ([applies, required]) =>
          [
            [`${key}-applies`, applies],
            [`${key}-required`, required],
          ] as const,
      ),
    );
    const condition: fc.Arbitrary<Condition> = selectorOf(names(ranked));
    return fc
      .record({
        tags: fc
          .tuple(...rules)
          .chain((all) => fc.shuffledSubarray(all, { minLength: all.length })),
        selectors: fc.tuple(...selectors).map((pairs) => Object.fromEntries(pairs.flat())),
        when: condition,
        require: fc.subarray(ranked),
      })
      .map(({ tags, selectors: named, when, require }) =>
        policy({
          tags,
          selectors: named,
          rules: [{ id: "r", description: "", severity: "low", if: when, require }],
          lookups: { "t.csv": { x: { c: "y" }, y: { c: LONG }, ep: { c: "" } } },
          limits: { reserve: 2, keyProfile: extended ? "extended" : "documented" },
        }),
      );
  });

const known: fc.Arbitrary<Facts> = fc
  .record({
    type: fc.constantFrom<Facts["type"]>("secret", "key"),
    hasEvent: fc.boolean(),
    fields: fc.uniqueArray(fc.tuple(field, fc.option(text)), { selector: ([name]) => name }),
    state: fc.option(fc.constantFrom("x", "y")),
    keyTags: fc.option(fc.dictionary(fc.constantFrom(...KEYS), text)),
  })
  .map(({ type, hasEvent, fields, state, keyTags }) => {
    const absent: [Field, null][] = [
      ["resource.name", null],
      ["resource.enterpriseProject", null],
      ["resource.kmsKeyId", null],
    ];
    const all = new Map<Field, string | null>([...absent, ...fields, ["resource.state", state]]);
    // Without an encrypting key there are no tags of one.
    const tagged = keyTags !== null && all.get("resource.kmsKeyId") !== null;
    return {
      type,
      hasEvent,
      fields: all,
      keyTags: tagged ? new Map(Object.entries(keyTags)) : null,
    };
  });

const current: fc.Arbitrary<TagSet> = fc
  .record({
    named: fc.dictionary(fc.constantFrom(...FOREIGN, ...names(KEYS)), text, { maxKeys: 8 }),
    others: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 21 })),
  })
  .map(({ named, others }) => {
    const all = new Map(Object.entries(named));
    for (let index = 0; index < others; index++) all.set(`foreign-${index}`, "theirs");
    return all;
  });

/** A policy, everything that is known about a resource, its tags, and a mode. */
export type World = {
  readonly about: Policy;
  readonly known: Facts;
  readonly current: TagSet;
  readonly mode: PlanMode;
};

export const world: fc.Arbitrary<World> = fc.record({
  about: checkedPolicy,
  known,
  current,
  mode: fc.constantFrom<PlanMode>("creation", "bulk"),
});
