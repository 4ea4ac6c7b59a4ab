import { expect, test } from "vitest";
import { matches, regexOf } from "../../shared/core/matcher.ts";

test("a regex is searched, not anchored, and knows code points", () => {
  expect(matches([{ regex: "prod" }], "my-prod-db")).toBe(true);
  expect(matches([{ regex: "^prod" }], "my-prod-db")).toBe(false);
  expect(matches([{ regex: "^.$" }], "😀")).toBe(true);
});

test("membership is exact", () => {
  expect(matches([{ in: ["a", "b"] }], "b")).toBe(true);
  expect(matches([{ in: ["a", "b"] }], "B")).toBe(false);
});

test("matchers are ORed, and none matches nothing", () => {
  expect(matches([{ in: ["a"] }, { regex: "^b" }], "bc")).toBe(true);
  expect(matches([], "bc")).toBe(false);
});

test("a matcher answers alike, however often it is asked", () => {
  const matchers = [{ regex: "a" }];
  expect([1, 2, 3].map(() => matches(matchers, "banana"))).toEqual([true, true, true]);
});

test("a regex is compiled once for its place in the policy", () => {
  const place = { regex: "a" };
  expect(regexOf(place)).toBe(regexOf(place));
});
