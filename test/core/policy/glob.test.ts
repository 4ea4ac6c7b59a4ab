import fc from "fast-check";
import { expect, test } from "vitest";
import { globToRegex } from "../../../shared/core/policy/glob.ts";
import { checkRegexSafety } from "../../../shared/io/policy/redos.ts";

const fits = (glob: string, value: string) => new RegExp(globToRegex(glob), "u").test(value);

/** What a glob means, by its definition. */
function means(glob: readonly string[], value: readonly string[]): boolean {
  const [first, ...rest] = glob;
  if (first === undefined) return value.length === 0;
  if (first === "*") return value.some((_, n) => means(rest, value.slice(n))) || means(rest, []);
  return value.length > 0 && (first === "?" || first === value[0]) && means(rest, value.slice(1));
}

test.each([
  ["prod-*", "prod-", true],
  ["prod-*", "prod-a\nb", true],
  ["prod-*", "xprod-a", false],
  ["*-prod", "a-prod-prod", true],
  ["*-prod", "a-prods", false],
  ["a*b*c", "abbbc", true],
  ["a*b*c", "acb", false],
  ["a*b*c*d", "a1b2c3d", true],
  ["a*b*c*d", "a1c2b3d", false],
  ["?", "😀", true],
  ["a.b", "axb", false],
  ["[a]{1}|(b)^$+\\/", "[a]{1}|(b)^$+\\/", true],
  ["", "", true],
  ["", "a", false],
])("%j on %j: %s", (glob, value, expected) => {
  expect(fits(glob, value)).toBe(expected);
});

test("a glob means what its definition says", () => {
  const letters = (extra: string) =>
    fc.array(fc.constantFrom(..."ab-.", ...extra), { maxLength: 8 });
  fc.assert(
    fc.property(letters("*?"), letters("😀\n"), (glob, value) => {
      expect(fits(glob.join(""), value.join(""))).toBe(means(glob, value));
    }),
    { numRuns: 2_000 },
  );
});

test("stars beside each other are one", () => {
  expect(globToRegex("a**b***")).toBe(globToRegex("a*b*"));
});

test("many stars are no way to make it slow", async () => {
  const glob = `${"*a".repeat(12)}*b`;
  expect(fits(glob, "a".repeat(255))).toBe(false);
  const { mistakes } = await checkRegexSafety([{ source: globToRegex("*a*a*b"), path: [] }]);
  expect(mistakes.filter(({ level }) => level === "error")).toEqual([]);
});
