import fc from "fast-check";
import { expect, test } from "vitest";
import { expectName, findNearest } from "../../../shared/core/policy/suggest.ts";

const FIELDS = ["required", "severity", "value", "values", "whenPresent"];

test.each([
  ["whenpresent", "whenPresent"],
  ["requird", "required"],
  ["reqiured", "required"],
  ["requires", "required"],
  ["vaule", "value"],
  ["valeus", "values"],
  ["severitty", "severity"],
  ["owner", null],
  ["x", null],
  ["", null],
  ["a".repeat(100), null],
  ["whenPrexxx", null],
])("for %j it suggests %j", (word, expected) => {
  expect(findNearest(word, FIELDS)).toBe(expected);
});

test("a name that has nothing in common with the word is not suggested, however short both are", () => {
  expect(findNearest("x", ["a"])).toBeNull();
  expect(findNearest("x", ["", "xy"])).toBe("xy");
  expect(findNearest("x", ["X"])).toBe("X");
  expect(findNearest("", ["a"])).toBeNull();
  expect(findNearest("ab", ["b", "a"])).toBe("b");
  expect(expectName("x", ["a", "b"], "")).toBe("one of a or b");
});

test("three letters may differ, even in a long word", () => {
  expect(findNearest("enterprixxxroject", ["enterpriseProject"])).toBe("enterpriseProject");
  expect(findNearest("enterpxxxxroject", ["enterpriseProject"])).toBe(null);
});

test("two neighbours that changed places are one mistake, and two that did not are two", () => {
  expect(findNearest("axbc", ["xabc"])).toBe("xabc");
  expect(findNearest("xabc", ["aybc"])).toBe(null);
});

test("the nearest of several is suggested, and never the word itself", () => {
  expect(findNearest("value", ["values", "value"])).toBe("values");
  expect(findNearest("valuess", ["value", "values"])).toBe("values");
  expect(findNearest("PROD", ["prod", "prd"])).toBe("prod");
});

test("the names that exist are listed, up to 25", () => {
  expect(expectName("x", [], "nothing")).toBe("nothing");
  expect(expectName("x", ["abc"], "")).toBe("abc");
  expect(expectName("x", ["abc", "def", "ghi"], "")).toBe("one of abc, def or ghi");
  expect(expectName("abd", ["abc", "xyz"], "")).toBe("one of abc or xyz (did you mean abc?)");
  const many = Array.from({ length: 30 }, (_, n) => `name${n}`);
  expect(expectName("x", many, "")).toMatch(/^one of name0, .*, name24, …$/);
});

test("what is longer than 64 characters is not compared", () => {
  const word = (length: number) => "a".repeat(length);
  expect(findNearest(word(64), [word(63)])).toBe(word(63));
  expect(findNearest(word(63), [word(64)])).toBe(word(64));
  expect(findNearest(word(65), [word(64)])).toBeNull();
  expect(findNearest(word(64), [word(65)])).toBeNull();
});

test("of two that are as near, the first is suggested", () => {
  expect(findNearest("valux", ["value", "valug"])).toBe("value");
  expect(findNearest("valux", ["value", "valug", "valu"])).toBe("value");
});

/** Edits and swaps of neighbours between two words, by definition. */
function editsOf(from: string, to: string): number {
  if (from === "" || to === "") return from.length + to.length;
  const same = from[0] === to[0] ? 0 : 1;
  const choices = [
    editsOf(from.slice(1), to) + 1,
    editsOf(from, to.slice(1)) + 1,
    editsOf(from.slice(1), to.slice(1)) + same,
  ];
  const swapped = from.length > 1 && from[0] === to[1] && from[1] === to[0];
  return Math.min(...choices, ...(swapped ? [editsOf(from.slice(2), to.slice(2)) + 1] : []));
}

test("a name is near where a third of the letters differ, and one may where they share another", () => {
  const letters = fc.string({ unit: fc.constantFrom("a", "b", "c"), minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(letters, letters, (word, name) => {
      const edits = editsOf(word, name);
      const shared = edits < Math.max(word.length, name.length);
      const near = shared && edits <= Math.max(1, Math.floor(word.length / 3));
      expect(findNearest(word, [name])).toBe(word !== name && near ? name : null);
    }),
    {
      numRuns: 1000,
      examples: [
        ["abcabc", "bacacb"],
        ["abcabc", "acbbac"],
        ["abc", "bac"],
      ],
    },
  );
});
