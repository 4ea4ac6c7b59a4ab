import { checkSync } from "recheck/lib/browser.js";
import { describe, expect, test } from "vitest";
import { isPlainRegex } from "../../../shared/io/policy/plain-regex.ts";

const PLAIN = [
  "",
  "prod",
  "^(sandbox|tmp)-",
  "^[^@]+@example\\.com$",
  "^(?<stage>[A-Za-z]+)-",
  "^CC-[0-9]{4}$",
  "^[\\]a-z-]{1,9}?$",
  "^(?:a|b|[c-e]x?)(f)$",
  "\\d+\\/\\w*",
  "é+😀*",
  ".*.*x",
  "a{3}b{1}c{2}?d+e{2,}",
  "a|b|c|d|e|f|g|h|i",
];

describe("a regex is plain", () => {
  test.each(PLAIN)("%s", (source) => {
    expect(() => new RegExp(source, "u")).not.toThrow();
    expect(isPlainRegex(source)).toBe(true);
  });

  test("only where the checker finds nothing exponential either", () => {
    for (const source of [...PLAIN, "(a|a)b*|a+", "^a*a*$"]) {
      expect(isPlainRegex(source)).toBe(true);
      const found = checkSync?.(source, "u", { timeout: 10_000 });
      if (found?.status === "vulnerable") expect(found.complexity.type, source).toBe("polynomial");
      else expect(found?.status, source).toBe("safe");
    }
  });
});

describe("a regex is to be checked", () => {
  test.each([
    ["a group repeats", "(a+)+"],
    ["a group repeats", "(a|a)*"],
    ["a group repeats", "(?:ab)?"],
    ["a group repeats", "(?:ab){2}"],
    ["a group repeats", "(?<a>b){2,}"],
    ["more than two characters repeat", "a+b*c?"],
    ["more than two characters repeat", "a{1,2}b{3,}c*"],
    ["there are many alternatives", "(a|a)".repeat(9)],
    ["it looks around", "^(?!test-).*-prod$"],
    ["it looks around", "(?<=a)b"],
    ["it looks around", "(?=a)b"],
    ["it looks around", "a\\b"],
    ["it refers to a group", "(a)\\1"],
    ["it refers to a group", "^(?<a>.)\\k<a>$"],
    ["it has more than one name", "(?<a>x)|(?<a>y)"],
    ["it has a syntax that not every runtime has", "(?i:a)"],
    ["it has a syntax that not every runtime has", "\\p{L}"],
    ["it has a syntax that not every runtime has", "[\\p{L}]"],
  ])("where %s: %s", (_why, source) => {
    expect(isPlainRegex(source)).toBe(false);
  });
});
