import { describe, expect, test } from "vitest";
import { type PlanMode, planTags } from "../../shared/core/plan.ts";
import type { TagRule } from "../../shared/core/policy.ts";
import type { TagChange } from "../../shared/core/tag.ts";
import { constant, copyOf, facts, foreignTags, from, policy, rule, tags } from "./plan-builders.ts";

// The table "What is done where" of the policy's description, cell by cell: the rows are `describe`,
// the columns are `creation` and `bulk`. Each case is one rule, `Env`, with what is there.

type Case = {
  readonly about: Partial<TagRule>;
  readonly current: { readonly [key: string]: string };
  readonly creation: readonly TagChange[];
  readonly bulk: readonly TagChange[];
};

const values = { prod: ["production"], dev: [] };
const sources = [constant("dev")];
const aliases = ["env", "ENV"];

function planOf({ about, current }: Case, mode: PlanMode): readonly TagChange[] {
  const known = facts({}, { hasEvent: mode === "creation" });
  const changes = planTags(policy({ tags: [rule("Env", about)] }), known, tags(current), mode);
  expect(changes.needs).toEqual([]);
  return changes.changes;
}

function cells(cases: { readonly [name: string]: Case }) {
  for (const [name, one] of Object.entries(cases)) {
    test(`on creation: ${name}`, () => expect(planOf(one, "creation")).toEqual(one.creation));
    test(`in bulk: ${name}`, () => expect(planOf(one, "bulk")).toEqual(one.bulk));
  }
}

/** A cell pair where the mode makes no difference. */
const alike = (
  about: Partial<TagRule>,
  current: Case["current"],
  ...changes: TagChange[]
): Case => ({
  about,
  current,
  creation: changes,
  bulk: changes,
});

const keep = (from: string, reason: string): TagChange => ({
  key: "Env",
  op: "keep",
  from,
  reason,
});
const write = (op: "create" | "overwrite", to: string, source: string, from?: string) => ({
  key: "Env",
  op,
  to,
  source,
  ...(from !== undefined && { from }),
});
const alias = (op: "keep" | "delete", reason: string, from: string, key = "env"): TagChange => ({
  key,
  op,
  from,
  reason,
});

describe("fill a missing tag", () => {
  const noValue = [{ source: "const", reason: "invalid" }] as const;
  cells({
    "absent: created": alike({ sources }, {}, write("create", "dev", "const")),
    "empty counts as missing: overwritten": alike(
      { sources },
      { Env: "" },
      write("overwrite", "dev", "const", ""),
    ),
    "no source is declared": alike({}, {}, { key: "Env", op: "refuse", reason: "no-source" }),
    "empty and no source is declared": alike(
      {},
      { Env: "" },
      { key: "Env", op: "refuse", from: "", reason: "no-source" },
    ),
    "every source is passed over": alike(
      { values, sources: [constant("other")] },
      {},
      { key: "Env", op: "refuse", reason: "no-value", passed: noValue },
    ),
    "an alias that is present": {
      about: { aliases, sources },
      current: { env: "dev" },
      creation: [
        { key: "Env", op: "keep", reason: "alias-present" },
        alias("keep", "alias", "dev"),
      ],
      bulk: [write("create", "dev", "alias env"), alias("delete", "merged", "dev")],
    },
    "an alias that is empty counts as missing": {
      about: { aliases, sources },
      current: { env: "" },
      creation: [write("create", "dev", "const"), alias("keep", "alias", "")],
      bulk: [write("create", "dev", "const"), alias("delete", "merged", "")],
    },
    "who does not get it": alike({ sources, applies: { only: [], except: [] } }, { env: "a" }),
  });

  test("with a key that its kind does not accept is refused", () => {
    const tooLong = rule("k".repeat(37), { sources });
    const plan = planTags(
      policy({ tags: [tooLong] }),
      facts({}, { type: "key" }),
      tags({}),
      "bulk",
    );
    expect(plan.changes).toEqual([{ key: tooLong.key, op: "refuse", reason: "key-does-not-fit" }]);
  });
});

describe("merge an alias into its key", () => {
  cells({
    "the value moves": {
      about: { aliases },
      current: { ENV: "prod" },
      creation: [
        { key: "Env", op: "keep", reason: "alias-present" },
        alias("keep", "alias", "prod", "ENV"),
      ],
      bulk: [write("create", "prod", "alias ENV"), alias("delete", "merged", "prod", "ENV")],
    },
    "the key is empty": {
      about: { aliases },
      current: { Env: "", env: "prod" },
      creation: [keep("", "alias-present"), alias("keep", "alias", "prod")],
      bulk: [write("overwrite", "prod", "alias env", ""), alias("delete", "merged", "prod")],
    },
    "both have the same value": {
      about: { aliases },
      current: { Env: "prod", env: "prod" },
      creation: [keep("prod", "valid"), alias("keep", "alias", "prod")],
      bulk: [keep("prod", "valid"), alias("delete", "merged", "prod")],
    },
    "several aliases have one value": {
      about: { aliases },
      current: { env: "prod", ENV: "prod" },
      creation: [
        { key: "Env", op: "keep", reason: "alias-present" },
        alias("keep", "alias", "prod"),
        alias("keep", "alias", "prod", "ENV"),
      ],
      bulk: [
        write("create", "prod", "alias env"),
        alias("delete", "merged", "prod"),
        alias("delete", "merged", "prod", "ENV"),
      ],
    },
    "one alias is empty and carries nothing": {
      about: { aliases },
      current: { env: "", ENV: "prod" },
      creation: [
        { key: "Env", op: "keep", reason: "alias-present" },
        alias("keep", "alias", ""),
        alias("keep", "alias", "prod", "ENV"),
      ],
      bulk: [
        write("create", "prod", "alias ENV"),
        alias("delete", "merged", ""),
        alias("delete", "merged", "prod", "ENV"),
      ],
    },
    "both present and different: conflict": alike(
      { aliases, sources },
      { Env: "prod", env: "dev" },
      keep("prod", "conflict"),
      alias("keep", "conflict", "dev"),
    ),
    "aliases that differ: conflict": {
      about: { aliases, sources },
      current: { env: "prod", ENV: "dev" },
      creation: [
        { key: "Env", op: "keep", reason: "alias-present" },
        alias("keep", "alias", "prod"),
        alias("keep", "alias", "dev", "ENV"),
      ],
      bulk: [
        { key: "Env", op: "keep", reason: "conflict" },
        alias("keep", "conflict", "prod"),
        alias("keep", "conflict", "dev", "ENV"),
      ],
    },
    "a conflict stops correcting and overwriting": alike(
      { aliases, sources, values, whenPresent: "overwrite" },
      { Env: "bad", env: "prod" },
      keep("bad", "conflict"),
      alias("keep", "conflict", "prod"),
    ),
    "two spellings of one value conflict where spellings are kept": alike(
      { aliases, values },
      { Env: "prod", env: "production" },
      keep("prod", "conflict"),
      alias("keep", "conflict", "production"),
    ),
    "two spellings of one value are one where spellings are corrected": {
      about: { aliases, values, whenPresent: "correct" },
      current: { Env: "prod", env: "production" },
      creation: [keep("prod", "valid"), alias("keep", "alias", "production")],
      bulk: [keep("prod", "valid"), alias("delete", "merged", "production")],
    },
  });

  test("stays undone where its kind does not accept the key", () => {
    const tooLong = rule("k".repeat(37), { aliases, sources });
    const copy = rule("Copy", { sources: [copyOf(tooLong.key)] });
    const known = facts({}, { type: "key" });
    const { changes } = planTags(
      policy({ tags: [tooLong, copy] }),
      known,
      tags({ env: "a" }),
      "bulk",
    );
    const reason = "key-does-not-fit";
    expect(changes).toEqual([
      { key: tooLong.key, op: "refuse", to: "a", reason },
      alias("keep", reason, "a"),
      { key: "Copy", op: "create", to: "a", source: `tag ${tooLong.key}` },
    ]);
  });

  test.each<[TagRule["whenPresent"], string, string, string]>([
    ["keep", "production", "production", "alias env"],
    ["correct", "production", "prod", "alias env"],
    ["overwrite", "production", "dev", "const"],
    ["keep", "bad", "bad", "alias env"],
    ["correct", "bad", "dev", "const"],
    ["overwrite", "bad", "dev", "const"],
    ["correct", "prod", "prod", "alias env"],
    ["overwrite", "prod", "dev", "const"],
  ])("with %s, a moved %s becomes %s", (whenPresent, moved, to, origin) => {
    const tag = rule("Env", { aliases, sources, values, whenPresent });
    const plan = planTags(policy({ tags: [tag] }), facts(), tags({ env: moved }), "bulk");
    expect(plan.changes).toEqual([write("create", to, origin), alias("delete", "merged", moved)]);
  });
});

describe("bring a variant to its canonical spelling", () => {
  const current = { Env: "production" };
  const canonical = write("overwrite", "prod", "canonical", "production");
  cells({
    "keep: it stays": alike({ values, sources }, current, keep("production", "variant")),
    "correct: canonical": alike({ values, sources, whenPresent: "correct" }, current, canonical),
    "overwrite: the sources win": alike(
      { values, sources, whenPresent: "overwrite" },
      current,
      write("overwrite", "dev", "const", "production"),
    ),
    "overwrite without sources: canonical": alike(
      { values, whenPresent: "overwrite" },
      current,
      canonical,
    ),
  });
});

describe("replace an invalid value", () => {
  const current = { Env: "bad" };
  const fromSources = write("overwrite", "dev", "const", "bad");
  const passed = [{ source: "const", reason: "invalid" }] as const;
  cells({
    "keep: it stays": alike({ values, sources }, current, keep("bad", "invalid")),
    "correct: from the sources": alike(
      { values, sources, whenPresent: "correct" },
      current,
      fromSources,
    ),
    "overwrite: from the sources": alike(
      { values, sources, whenPresent: "overwrite" },
      current,
      fromSources,
    ),
    "correct without sources: it stays": alike(
      { values, whenPresent: "correct" },
      current,
      keep("bad", "invalid"),
    ),
    "correct, and no source yields: it stays": alike(
      { values, sources: [constant("worse")], whenPresent: "correct" },
      current,
      { ...keep("bad", "no-value"), passed },
    ),
    "overwrite, and no source yields: it stays": alike(
      { values, sources: [constant("worse")], whenPresent: "overwrite" },
      current,
      { ...keep("bad", "no-value"), passed },
    ),
  });
});

describe("replace a valid value", () => {
  const current = { Env: "prod" };
  const noEvent = [{ source: "creator.name", reason: "no-event" }] as const;
  const absent = [{ source: "creator.name", reason: "absent" }] as const;
  const creatorFirst = [from("creator.name"), constant("dev")];
  cells({
    "keep: it stays": alike({ values, sources }, current, keep("prod", "valid")),
    "correct: it stays": alike(
      { values, sources, whenPresent: "correct" },
      current,
      keep("prod", "valid"),
    ),
    "overwrite: the sources win": alike(
      { values, sources, whenPresent: "overwrite" },
      current,
      write("overwrite", "dev", "const", "prod"),
    ),
    "overwrite without sources: it stays": alike(
      { values, whenPresent: "overwrite" },
      current,
      keep("prod", "valid"),
    ),
    "overwrite with the same value": alike(
      { values, sources: [constant("prod")], whenPresent: "overwrite" },
      current,
      keep("prod", "valid"),
    ),
    "overwrite, but a source before the one that yields needs an event": {
      about: { values, sources: creatorFirst, whenPresent: "overwrite" },
      current,
      creation: [{ ...write("overwrite", "dev", "const", "prod"), passed: absent }],
      bulk: [{ ...keep("prod", "no-event"), passed: noEvent }],
    },
    "overwrite, and no source yields": {
      about: { values, sources: [from("creator.name")], whenPresent: "overwrite" },
      current,
      creation: [{ ...keep("prod", "no-value"), passed: absent }],
      bulk: [{ ...keep("prod", "no-event"), passed: noEvent }],
    },
    "overwrite a variant, when a source needs an event": {
      about: { values, sources: creatorFirst, whenPresent: "overwrite" },
      current: { Env: "production" },
      creation: [{ ...write("overwrite", "dev", "const", "production"), passed: absent }],
      bulk: [write("overwrite", "prod", "canonical", "production")],
    },
    "overwrite an invalid value, though a source needs an event": {
      about: { values, sources: creatorFirst, whenPresent: "overwrite" },
      current: { Env: "bad" },
      creation: [{ ...write("overwrite", "dev", "const", "bad"), passed: absent }],
      bulk: [{ ...write("overwrite", "dev", "const", "bad"), passed: noEvent }],
    },
  });
});

describe("remove a prohibited tag", () => {
  cells({
    "it is there": {
      about: { prohibited: true },
      current: { Env: "prod" },
      creation: [keep("prod", "prohibited")],
      bulk: [{ key: "Env", op: "delete", from: "prod", reason: "prohibited" }],
    },
    "it is there and empty": {
      about: { prohibited: true },
      current: { Env: "" },
      creation: [keep("", "prohibited")],
      bulk: [{ key: "Env", op: "delete", from: "", reason: "prohibited" }],
    },
    "it is not there": alike({ prohibited: true }, {}),
    "it is there on a resource that the rule does not mean": alike(
      { prohibited: true, applies: { only: [], except: [] } },
      { Env: "prod" },
    ),
  });
});

describe("more tags than fit", () => {
  const refused = {
    key: "Env",
    op: "refuse",
    to: "dev",
    source: "const",
    reason: "no-room",
  } as const;
  cells({
    "the planned addition is left out": alike({ sources }, foreignTags(20), refused),
    "an empty value needs no room": alike(
      { sources },
      { ...foreignTags(19), Env: "" },
      write("overwrite", "dev", "const", ""),
    ),
    "a merge brings its own room": {
      about: { aliases },
      current: { ...foreignTags(19), env: "prod" },
      creation: [
        { key: "Env", op: "keep", reason: "alias-present" },
        alias("keep", "alias", "prod"),
      ],
      bulk: [write("create", "prod", "alias env"), alias("delete", "merged", "prod")],
    },
    "the last place is used": alike({ sources }, foreignTags(19), write("create", "dev", "const")),
  });
});

describe("what no rule names", () => {
  cells({ "is not spoken of": alike({ sources }, { env: "x", Env: "dev" }, keep("dev", "valid")) });
});
