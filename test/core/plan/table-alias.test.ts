import { describe, expect, test } from "vitest";
import { planTags } from "../../../shared/core/plan/plan.ts";
import type { TagRule } from "../../../shared/core/policy/policy.ts";
import { copyOf, facts, policy, rule, tags } from "./builders.ts";

import { alias, aliases, cells, keep, sources, values, write } from "./cells.ts";

// The row of the effects table that merges aliases; see cells.ts.

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
    "both present and different: conflict, but on creation nothing is merged": {
      about: { aliases, sources },
      current: { Env: "prod", env: "dev" },
      creation: [keep("prod", "valid"), alias("keep", "alias", "dev")],
      bulk: [keep("prod", "conflict"), alias("keep", "conflict", "dev")],
    },
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
    "a conflict stops overwriting, but on creation there is none": {
      about: { aliases, sources, values, whenPresent: "overwrite" },
      current: { Env: "bad", env: "prod" },
      creation: [write("overwrite", "dev", "const", "bad"), alias("keep", "alias", "prod")],
      bulk: [keep("bad", "conflict"), alias("keep", "conflict", "prod")],
    },
    "a conflict stops correcting, but on creation there is none": {
      about: { aliases, values, whenPresent: "correct" },
      current: { Env: "production", env: "dev" },
      creation: [
        write("overwrite", "prod", "canonical", "production"),
        alias("keep", "alias", "dev"),
      ],
      bulk: [keep("production", "conflict"), alias("keep", "conflict", "dev")],
    },
    "two spellings of one value conflict where spellings are kept": {
      about: { aliases, values },
      current: { Env: "prod", env: "production" },
      creation: [keep("prod", "valid"), alias("keep", "alias", "production")],
      bulk: [keep("prod", "conflict"), alias("keep", "conflict", "production")],
    },
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

  test("is done where its kind does not accept the key, but the key is there", () => {
    const about = policy({ tags: [rule("a*b", { aliases })] });
    const { changes } = planTags(about, facts(), tags({ "a*b": "", env: "a" }), "bulk");
    expect(changes).toEqual([
      { ...write("overwrite", "a", "alias env", ""), key: "a*b" },
      alias("delete", "merged", "a"),
    ]);
  });

  test("says what became of a value that the service does not take as it is", () => {
    const about = policy({ tags: [rule("Env", { aliases })] });
    const { changes } = planTags(about, facts(), tags({ env: "a*b" }), "bulk");
    expect(changes).toEqual([
      { ...write("create", "a_b", "alias env"), adjustedFrom: "a*b" },
      alias("delete", "merged", "a*b"),
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
