import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { findJsonError, positionAt } from "../../shared/cli/json-position.ts";

describe("the offset at which a text stops being JSON", () => {
  test.each([
    ['{"a": }', 6],
    ['{"a" 1}', 5],
    ["{a: 1}", 1],
    ["[1 2]", 3],
    ["[1,]", 3],
    ['{"a": 1,}', 8],
    ["[1}", 2],
    ['{"a": "x', 8],
    ['"a\nb"', 2],
    ['"\\x"', 1],
    ['"\\u12g4"', 1],
    ["nul", 0],
    ["01", 1],
    ["1 1", 2],
    ["[1", 2],
    ["", 0],
    ["]", 0],
    ["'a'", 0],
  ])("%j: %i", (text, offset) => {
    expect(findJsonError(text)).toBe(offset);
  });

  test("there is none in any JSON", () => {
    fc.assert(fc.property(fc.json(), (text) => findJsonError(text) === null));
  });

  test("there is one exactly where the parser refuses", () => {
    const mutated = fc
      .tuple(fc.json(), fc.nat(), fc.constantFrom(...'{}[],:"\\01-+.eE \ntfn'.split("")))
      .map(([text, at, character]) => {
        const index = at % (text.length + 1);
        return `${text.slice(0, index)}${character}${text.slice(index + 1)}`;
      });
    fc.assert(
      fc.property(mutated, (text) => {
        expect(findJsonError(text) === null).toBe(parses(text));
      }),
      { numRuns: 1_000 },
    );
  });

  test("what stands before it can be continued to JSON or is the end", () => {
    expect(findJsonError('{"a": [1, {"b": tru}]}')).toBe(16);
  });

  test("it is found however deep it is", () => {
    expect(findJsonError("[".repeat(100_000))).toBe(100_000);
  });
});

test("lines and columns count from 1", () => {
  expect(positionAt("ab\ncd", 0)).toEqual({ line: 1, column: 1 });
  expect(positionAt("ab\ncd", 4)).toEqual({ line: 2, column: 2 });
  expect(positionAt("ab\ncd", 5)).toEqual({ line: 2, column: 3 });
});

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
