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

test("three letters may differ, even in a long word", () => {
  expect(findNearest("enterprixxxroject", ["enterpriseProject"])).toBe("enterpriseProject");
  expect(findNearest("enterpxxxxroject", ["enterpriseProject"])).toBe(null);
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
