import { describe, expect, test } from "vitest";
import { planTags } from "../../../shared/core/plan/plan.ts";
import { constant, facts, foreignTags, from, policy, rule, tags } from "./builders.ts";

import { alias, aliases, alike, cells, keep, sources, values, write } from "./cells.ts";

// The rows of the effects table, but for the merging of aliases; see cells.ts.

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

  test("with a key that its kind does not accept, but that is there, gets its value", () => {
    const about = policy({ tags: [rule("a*b", { sources })] });
    const { changes } = planTags(about, facts(), tags({ "a*b": "" }), "bulk");
    expect(changes).toEqual([{ ...write("overwrite", "dev", "const", ""), key: "a*b" }]);
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
    "a value that only its encoding would make valid is no variant: it stays": alike(
      { values: { a_b: [] }, whenPresent: "correct" },
      { Env: "a*b" },
      keep("a*b", "invalid"),
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
