import fc from "fast-check";
import { expect, test } from "vitest";
import { conditionWords } from "../../../shared/core/policy/condition-words.ts";
import { globToRegex, regexToGlob } from "../../../shared/core/policy/glob.ts";

test("a condition is told in words, globs as they were written", () => {
  expect(conditionWords({})).toBe("everything");
  expect(
    conditionWords({
      types: ["secret"],
      name: [{ regex: globToRegex("legacy-*-x?") }, { regex: "^tmp" }],
      createdBeforeMs: 1_735_689_600_000,
      tag: { Environment: [{ in: ["prod", "test"] }] },
      selector: ["old", "older"],
    }),
  ).toBe(
    "secrets; name legacy-*-x? or /^tmp/; created before 2025-01-01T00:00:00.000Z; tag Environment prod or test; selector old or older",
  );
});

test("all that a condition can ask for is told", () => {
  const matchers = [{ in: ["a"] }];
  expect(
    conditionWords({
      types: ["secret", "key"],
      name: matchers,
      id: matchers,
      state: matchers,
      enterpriseProject: matchers,
      region: matchers,
      project: matchers,
      createdAfterMs: 1_735_689_600_000,
    }),
  ).toBe(
    "secrets or keys; name a; id a; state a; enterprise project a; region a; project a; created from 2025-01-01T00:00:00.000Z on",
  );
});

test("a glob is found again behind its regex, or none", () => {
  const letters = fc.array(fc.constantFrom(..."ab.*?()[]\\s^$😀"), { maxLength: 9 });
  fc.assert(
    fc.property(letters, (glob) => {
      const regex = globToRegex(glob.join(""));
      const found = regexToGlob(regex);
      if (found !== null) expect(globToRegex(found)).toBe(regex);
    }),
  );
  for (const glob of ["prod-*", "*", "a*b*c", "?x", "a.b(c)", "", "*-[1]-*-z"])
    expect(regexToGlob(globToRegex(glob))).toBe(glob);
  expect(regexToGlob("^prod|test$")).toBeNull();
});
