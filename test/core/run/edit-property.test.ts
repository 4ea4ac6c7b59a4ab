/**
 * Goal: whatever the edits and whatever is there, a plan does what the edits say and nothing else.
 * Method: edits over a few keys and values, so that they meet; the tags after the plan are compared.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { KeyProfile } from "../../../shared/core/policy/policy.ts";
import { RESOURCE_KINDS, RESOURCE_TYPES } from "../../../shared/core/resource.ts";
import { contradictionsIn } from "../../../shared/core/run/contradiction.ts";
import { planEdits } from "../../../shared/core/run/edit.ts";
import type { Edits } from "../../../shared/core/run/edits.ts";
import { isWrite } from "../../../shared/core/run/step.ts";
import type { TagChange, TagSet } from "../../../shared/core/tag.ts";

const KEYS = ["A", "B", "C", "D", "E", "_sys_S", "k".repeat(37), "bad*key", "__proto__"];
const key = fc.constantFrom(...KEYS);
const value = fc.constantFrom("x", "y", "z", "", "a*b", "v".repeat(50));
const table = (entries: fc.Arbitrary<string>) =>
  fc.array(fc.tuple(entries, value), { maxLength: 3 }).map((pairs) => Object.fromEntries(pairs));

const someEdits: fc.Arbitrary<Edits> = fc.record(
  {
    rename: fc.array(fc.tuple(key, key), { maxLength: 3 }).map((it) => Object.fromEntries(it)),
    map: fc
      .array(fc.tuple(key, table(value)), { maxLength: 2 })
      .map((pairs) => Object.fromEntries(pairs)),
    set: table(key),
    unset: fc.uniqueArray(key, { maxLength: 3 }),
  },
  { requiredKeys: [] },
);
const someTags: fc.Arbitrary<TagSet> = fc
  .record({
    named: fc.array(fc.tuple(key, value), { maxLength: 6 }),
    others: fc.constantFrom(0, 5, 8, 9, 16, 19, 22),
  })
  .map(({ named, others }) => {
    const foreign = Array.from({ length: others }, (_, n) => [`foreign-${n}`, "theirs"] as const);
    return new Map([...foreign, ...named]);
  });
const world = fc.record({
  edits: someEdits,
  type: fc.constantFrom(...RESOURCE_TYPES),
  profile: fc.constantFrom<KeyProfile>("documented", "extended"),
  current: someTags,
});

function applied(current: TagSet, changes: readonly TagChange[]): TagSet {
  const after = new Map(current);
  for (const { key: name, op, to } of changes.filter(isWrite)) {
    if (op === "delete") after.delete(name);
    else after.set(name, to ?? "");
  }
  return after;
}

const sorted = (tags: TagSet) => [...tags].toSorted();

test("a key has one row, with the value that was read, and no row that changes nothing", () => {
  fc.assert(
    fc.property(world, ({ edits, type, profile, current }) => {
      fc.pre(contradictionsIn(edits).length === 0);
      const { changes } = planEdits(edits, type, current, profile);
      expect(new Set(changes.map((row) => row.key)).size).toBe(changes.length);
      for (const { key: name, from, to, op } of changes) {
        expect(from).toBe(current.get(name));
        if (op === "create" || op === "refuse") expect(to).toBeDefined();
        if (op === "overwrite") expect(to).not.toBe(from);
      }
    }),
  );
});

test("keys that no edit names never appear", () => {
  fc.assert(
    fc.property(world, ({ edits, type, profile, current }) => {
      const named = new Set([
        ...Object.entries(edits.rename ?? {}).flat(),
        ...Object.keys(edits.map ?? {}),
        ...Object.keys(edits.set ?? {}),
        ...(edits.unset ?? []),
      ]);
      const { changes } = planEdits(edits, type, current, profile);
      expect(changes.filter((row) => !named.has(row.key))).toEqual([]);
    }),
  );
});

test("planning again with what a plan leaves writes nothing", () => {
  fc.assert(
    fc.property(world, ({ edits, type, profile, current }) => {
      fc.pre(contradictionsIn(edits).length === 0);
      const first = planEdits(edits, type, current, profile);
      const after = applied(current, first.changes);
      const second = planEdits(edits, type, after, first.profile);
      expect(second.changes.filter(isWrite)).toEqual([]);
    }),
    { numRuns: 1_000 },
  );
});

test("no limit is exceeded that was not, and what is written fits", () => {
  fc.assert(
    fc.property(world, ({ edits, type, profile, current }) => {
      fc.pre(contradictionsIn(edits).length === 0);
      const plan = planEdits(edits, type, current, profile);
      const { tagsMax, valueLengthMax } = RESOURCE_KINDS[type].limits(plan.profile);
      const after = applied(current, plan.changes);
      expect(after.size).toBeLessThanOrEqual(Math.max(tagsMax, current.size));
      for (const { to, key: name } of plan.changes.filter(isWrite)) {
        expect((to ?? "").length).toBeLessThanOrEqual(valueLengthMax);
        expect(name.startsWith("_sys_")).toBe(false);
      }
    }),
  );
});

// Over keys and values that every kind accepts, with room for all.
test("applying a plan leaves what the edits say, one after the other", () => {
  const plainKey = fc.constantFrom("A", "B", "C", "D");
  const plainValue = fc.constantFrom("x", "y", "z");
  const plain = fc.record({
    map: fc.dictionary(plainKey, fc.dictionary(plainValue, plainValue), { maxKeys: 2 }),
    set: fc.dictionary(plainKey, plainValue, { maxKeys: 2 }),
    unset: fc.uniqueArray(plainKey, { maxLength: 2 }),
    current: fc.dictionary(plainKey, plainValue),
  });
  fc.assert(
    fc.property(plain, ({ current, ...edits }) => {
      fc.pre(contradictionsIn(edits).length === 0);
      const expected = new Map(Object.entries(current));
      for (const [name, values] of Object.entries(edits.map)) {
        const mapped = Object.entries(values).find(([old]) => old === expected.get(name));
        if (mapped !== undefined) expected.set(name, mapped[1]);
      }
      for (const [name, to] of Object.entries(edits.set)) expected.set(name, to);
      for (const name of edits.unset) expected.delete(name);
      const before = new Map(Object.entries(current));
      const { changes } = planEdits(edits, "secret", before, "documented");
      expect(sorted(applied(before, changes))).toEqual(sorted(expected));
    }),
  );
});
