import { describe, expect, test } from "vitest";
import { checkPolicy } from "../../../shared/core/policy/check.ts";
import { draftPolicy } from "../../../shared/core/policy/draft.ts";
import { formatPath } from "../../../shared/core/policy/problem.ts";

/** What is wrong beyond the schema, as `level path (key or value): message; expected …`. */
const linesOf = (about: object, unsafe: readonly string[] = []) =>
  checkPolicy(draftPolicy({ version: 1, tags: {}, ...about }, []), new Set(unsafe)).map(
    ({ level, path, at, message, expected }) =>
      `${level} ${formatPath(path)} (${at}): ${message}; expected ${expected}`,
  );
const tagged = (tags: object, about: object = {}, unsafe: readonly string[] = []) =>
  linesOf({ tags, ...about }, unsafe);

// Not written as a key: linters take an object with `then` for a promise.
const THEN = "then";
const ruleOf = (about: object) => ({ id: "r", if: {}, [THEN]: { require: ["A"] }, ...about });
const exemptionOf = (about: object) => ({
  rule: "A.required",
  resource: {},
  owner: "o",
  reason: "r",
  ...about,
});
const A = { A: { required: true } };

describe("names of selectors", () => {
  const unknown = 'there is no selector "x"; expected s';
  test.each<[string, object]>([
    ["tags.A.required.only", { tags: { A: { required: { only: "x" } } } }],
    ["tags.A.required.only[0]", { tags: { A: { required: { only: ["x"] } } } }],
    ["tags.A.required.except", { tags: { A: { required: { except: "x" } } } }],
    ["tags.A.applies.except[1]", { tags: { A: { applies: { except: ["s", "x"] } } } }],
    ["rules[0].if.selector", { tags: A, rules: [ruleOf({ if: { selector: "x" } })] }],
    [
      "exemptions[0].resource.selector[0]",
      { tags: A, exemptions: [exemptionOf({ resource: { selector: ["x"] } })] },
    ],
  ])("must exist at %s", (path, about) => {
    const lines = linesOf({ selectors: { s: {} }, ...about });
    expect(lines.filter((line) => line.startsWith("error"))).toEqual([
      `error ${path} (value): ${unknown}`,
    ]);
  });

  test("are told to be declared where none is", () => {
    expect(tagged({ A: { applies: { only: "x" } } })).toEqual([
      'error tags.A.applies.only (value): there is no selector "x"; expected a name from `selectors`',
    ]);
  });

  test("are not judged where nobody can tell which there are", () => {
    expect(tagged({ A: { applies: { only: "x" } } }, { selectors: [] })).toEqual([]);
  });

  test("that nothing uses are worth a warning", () => {
    const used = { A: { required: { except: "s" } } };
    expect(tagged(used, { selectors: { s: {}, t: {} } })).toEqual([
      "warning selectors.t (key): nothing uses the selector t; expected a rule, a scope or an exemption that names it",
    ]);
  });
});

describe("names of tags and rules", () => {
  test("are told to be declared where there is none", () => {
    expect(linesOf({ rules: [ruleOf({})] })).toEqual([
      'error rules[0].then.require[0] (value): there is no tag "A"; expected a key from `tags`',
    ]);
  });

  test("of a broken tag may be required", () => {
    const rules = [ruleOf({ [THEN]: { require: ["B"] } })];
    expect(linesOf({ tags: { B: 5 }, rules })).toEqual([]);
  });

  test("are not judged where nobody can tell which there are", () => {
    const uses = { rules: [ruleOf({})], exemptions: [exemptionOf({})] };
    expect(linesOf({ ...uses, tags: [] })).toEqual([]);
    expect(linesOf({ tags: { B: {} }, rules: {}, exemptions: [exemptionOf({})] })).toEqual([]);
    expect(tagged({ B: { value: { tag: "C" } }, C: 5 })).toEqual([]);
  });

  test("of a broken tag may be any of its checks, others may not", () => {
    const exemptions = ["B.match", "B.mtch", "5.match"].map((rule) => exemptionOf({ rule }));
    const lines = linesOf({
      tags: { ...A, B: { severity: 5 } },
      exemptions,
      selectors: { "5": 5 },
    });
    expect(lines.map((line) => line.split(";")[0])).toEqual([
      'error exemptions[1].rule (value): there is no rule "B.mtch"',
      'error exemptions[2].rule (value): there is no rule "5.match"',
    ]);
  });

  test("of a rule are those of the policy too", () => {
    const exemptions = [exemptionOf({ rule: "r" }), exemptionOf({ rule: "tag.secret" })];
    expect(linesOf({ tags: A, rules: [ruleOf({})], exemptions })).toEqual([]);
  });
});

describe("circles", () => {
  const circle = "the tags depend on each other in a circle: ";
  const expected = "expected tags that end in other sources";
  test("are told where a list of sources closes them, each once", () => {
    const tags = {
      A: { value: [{ const: "a" }, { tag: "B" }] },
      B: { value: [{ const: "b" }, { tag: "A" }] },
      C: { value: { tag: "A" } },
      D: { value: [{ tag: "C" }, { tag: "A" }, { tag: "B" }] },
    };
    expect(tagged(tags)).toEqual([
      `error tags.B.value[1].tag (value): ${circle}A → B → A; ${expected}`,
    ]);
  });

  test("of one tag are told once, whatever else it asks for", () => {
    const tags = { A: { value: [{ tag: "A" }, { tag: "B" }] }, B: {} };
    expect(tagged(tags)).toEqual([
      `error tags.A.value[0].tag (value): ${circle}A → A; ${expected}`,
    ]);
  });

  test("are none where two ways lead to one tag", () => {
    const tags = {
      A: { value: [{ tag: "B" }, { tag: "C" }] },
      B: { value: { tag: "D" } },
      C: { value: { tag: "D" } },
      D: { value: { tag: "E" } },
      E: {},
    };
    expect(tagged(tags)).toEqual([]);
  });
});

describe("values", () => {
  test.each([
    [{ " ": [] }, 'tags.A.values[" "] (key)'],
    [{ "": ["a"] }, 'tags.A.values[""] (key)'],
    [["a", ""], "tags.A.values[1] (value)"],
  ])("of %j one is empty", (values, place) => {
    expect(tagged({ A: { values } })).toEqual([
      `error ${place}: the value is empty; expected some text`,
    ]);
  });

  test("that cannot be written are told where they stand in a list", () => {
    expect(tagged({ A: { values: ["a", "b#"] } })).toEqual([
      'error tags.A.values[1] (value): "b#" cannot be written to a secret or key; expected at most 255 characters, each of ^[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]$',
    ]);
  });
});

describe("constants", () => {
  test("are not tried on a regex that must not be run, be there others or not", () => {
    const match = [{ regex: "^b" }, { regex: "(a+)+$" }];
    const tags = { A: { match, value: { const: "c" } } };
    expect(tagged(tags, {}, ["(a+)+$"])).toEqual([]);
    expect(tagged(tags)).toEqual([
      'error tags.A.value.const (value): "c" is not a valid value of A; expected a match of /^b/ or /(a+)+$/',
    ]);
  });

  test("must be one of the values and match", () => {
    const tags = { A: { values: ["a"], match: { in: ["a", "b"] }, value: { const: "c" } } };
    expect(tagged(tags)).toEqual([
      'error tags.A.value.const (value): "c" is not a valid value of A; expected a and a match of a or b',
    ]);
  });
});

describe("keys", () => {
  test("that differ by case from an earlier one are told, each of them", () => {
    const twin = (key: string) =>
      `error tags.${key} (key): "${key}" and "aa" differ by case only; expected one key, with the other spelling among its aliases`;
    expect(tagged({ aa: {}, AA: {}, Aa: {} })).toEqual([twin("AA"), twin("Aa")]);
  });

  test("are judged by the documented profile where the policy names none", () => {
    const warning =
      'warning tags["a=b"] (key): the profile documented of keys does not allow "a=b"; expected at most 36 characters without =, or limits.key.profile: extended, or a tag that does not apply to keys';
    expect(tagged({ "a=b": {} }, { limits: {} })).toEqual([warning]);
    expect(tagged({ "a=b": {} }, { limits: { reserve: 2 } })).toEqual([warning]);
    expect(tagged({ "a=b": {} }, { limits: { key: {} } })).toEqual([warning]);
    expect(tagged({ "a=b": {} }, { limits: { key: { profile: "extended" } } })).toEqual([]);
  });

  test("are none of keys where a selector of kinds alone excepts them", () => {
    const tags = (except: readonly string[]) => ({ "a=b": { applies: { except } } });
    const selectors = { keys: { types: "key" }, some: { types: "key", name: { is: "a" } } };
    const warned = (except: readonly string[]) =>
      tagged(tags(except), { selectors }).filter((line) => line.includes("profile")).length;
    expect(warned(["keys"])).toBe(0);
    expect(warned(["some"])).toBe(1);
    expect(warned(["some", "keys"])).toBe(0);
  });
});

test.each([
  ["30s", 0],
  [{ default: "5s", terraform: "2m" }, 0],
  [{ default: "5s", " ": "2m" }, 1],
])("of the grace %j so many agents have no name: %i", (grace, count) => {
  expect(linesOf({ guards: { grace } })).toHaveLength(count);
});
