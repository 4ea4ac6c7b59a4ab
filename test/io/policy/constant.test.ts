import { describe, expect, test } from "vitest";
import { problemsOf, readGood } from "../../policies/folder.ts";

/** A policy of one tag `A`, with the text after `A: ` in line 3 from column 8 on. */
const withTag = (tag: string) => `version: 1\ntags:\n  A:   ${tag}\n`;
const at = (column: number, rest: string) => [`policy.yaml:3:${column} ${rest}`];
describe("what is only worth a warning", () => {
  test.each([
    [
      "a selector that nothing uses",
      "{}\nselectors: { s: {} }",
      [
        "policy.yaml:4:14 selectors.s: nothing uses the selector s; expected a rule, a scope or an exemption that names it",
      ],
    ],
    [
      "a key that only the profile of keys refuses",
      "{}\n  a=b: {}",
      [
        'policy.yaml:4:3 tags["a=b"]: the profile documented of keys does not allow "a=b"; expected at most 36 characters without =, or limits.key.profile: extended, or a tag that does not apply to keys',
      ],
    ],
    [
      "a constant that must be encoded",
      '{ value: { const: "a#b" } }',
      at(
        26,
        'tags.A.value.const: "a#b" is written as "a_b" on a secret; expected a value that the service takes as it is',
      ),
    ],
  ])("%s", async (_what, tag, expected) => {
    expect((await readGood(withTag(tag))).warnings).toEqual(expected);
  });

  test("a selector of some keys does not except all of them", async () => {
    const policy =
      "{}\n  a=b: { applies: { except: s } }\nselectors: { s: { types: key, name: { is: x } } }";
    expect((await readGood(withTag(policy))).warnings).toHaveLength(1);
  });

  test.each([
    [
      "the extended profile allows the key",
      "{}\n  a=b: {}\nlimits: { key: { profile: extended } }",
    ],
    [
      "the tag is for secrets only",
      "{}\n  a=b: { applies: { only: s } }\nselectors: { s: { types: secret } }",
    ],
    [
      "keys are excepted",
      "{}\n  a=b: { applies: { except: s } }\nselectors: { s: { types: [key] } }",
    ],
  ])("not where %s", async (_what, tag) => {
    expect((await readGood(withTag(tag))).warnings).toEqual([]);
  });
});

describe("constants", () => {
  test.each([
    [
      "is empty",
      '{ value: { const: "" } }',
      "tags.A.value.const: the constant is empty; expected some text",
    ],
    [
      "has only forbidden characters",
      '{ value: { const: "#!" } }',
      'tags.A.value.const: "#!" is not a valid value of A; expected letters, digits, spaces and _ . : / + - @',
    ],
    [
      "holds half a character",
      '{ value: { const: "a\\ud800" } }',
      "tags.A.value.const: the constant holds half a character; expected whole characters",
    ],
    [
      "does not match",
      '{ match: { regex: "^b" }, value: { const: a } }',
      'tags.A.value.const: "a" is not a valid value of A; expected a match of /^b/',
    ],
    [
      "is not allowed",
      "{ values: [b, c], value: { const: a } }",
      'tags.A.value.const: "a" is not a valid value of A; expected b or c',
    ],
    [
      "is not allowed after its transforms",
      "{ values: [a], value: [{ const: a, transform: [upper, { suffix: z }] }] }",
      'tags.A.value[0].const: "Az" is not a valid value of A; expected a',
    ],
    [
      "is unknown to its map",
      "{ value: { const: a, transform: { map: { b: c } } } }",
      'tags.A.value.const: the transforms make nothing of "a"; expected a value that every transform knows',
    ],
    [
      "no longer matches where it is cut",
      `{ match: { regex: "z$" }, value: { const: ${"a".repeat(50)}z } }`,
      `tags.A.value.const: "${"a".repeat(50)}z" is not a valid value of A on a key; expected a match of /z$/`,
    ],
  ])("one that %s is an error", async (_what, tag, expected) => {
    const [line = "", ...others] = await problemsOf(withTag(tag));
    expect(line.replace(/^policy\.yaml:\d+:\d+ /, "")).toBe(expected);
    expect(others).toEqual([]);
  });

  test.each([
    ["a variant of an allowed value", "{ values: { a: [b] }, value: { const: b } }"],
    [
      "one that its transforms make valid",
      "{ values: [a-b], value: { const: A b, transform: slug } }",
    ],
    [
      "one for secrets that is too long for keys",
      `{ match: { regex: "z$" }, value: { const: ${"a".repeat(50)}z }, applies: { only: s } }\nselectors: { s: { types: secret } }`,
    ],
  ])("%s is fine", async (_what, tag) => {
    expect((await readGood(withTag(tag))).warnings).toEqual([]);
  });

  test("an allowed value that a kind cannot carry is an error", async () => {
    expect(await problemsOf(withTag("{ values: { a=b: [], c#: [] } }"))).toEqual([
      'policy.yaml:3:20 tags.A.values["a=b"]: "a=b" cannot be written to a key; expected at most 43 characters, each of ^[\\p{L}\\p{Z}\\p{N}_.:/+\\-@]$',
      'policy.yaml:3:29 tags.A.values["c#"]: "c#" cannot be written to a secret or key; expected at most 255 characters, each of ^[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]$',
    ]);
  });
});
