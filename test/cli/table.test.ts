import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { renderList, renderTable } from "../../shared/cli/table.ts";
import { printable, widthOf } from "../../shared/cli/text-width.ts";

const plain = (text: string) => text;
const linesOf = (table: string) => table.split("\n");

test("columns are as wide as their widest cell", () => {
  const table = renderTable({ head: ["KEY", "VALUE"], rows: [["Owner", "a"]] }, 80, plain);
  expect(table).toBe("KEY    VALUE\n-----  -----\nOwner  a");
});

test("a long cell is wrapped between words, and a long word inside", () => {
  const rows = [
    ["Owner", "one two three four"],
    ["x", "abcdefghijklmno"],
  ];
  const table = renderTable({ head: ["K", "V"], rows }, 17, plain);
  expect(linesOf(table)).toEqual([
    "K      V",
    "-----  ----------",
    "Owner  one two",
    "       three four",
    "x      abcdefghij",
    "       klmno",
  ]);
});

test("a column gives up width only where that breaks no word, as long as one can", () => {
  const rows = [["Environment.required", "one two three four five six"]];
  const table = renderTable({ head: ["K", "V"], rows }, 27, plain);
  expect(linesOf(table).slice(2)).toEqual([
    "Environment.required  one",
    "                      two",
    "                      three",
    "                      four",
    "                      five",
    "                      six",
  ]);
});

test("an indented cell stays so when it is wrapped", () => {
  const table = renderTable({ head: ["K"], rows: [["  one two"]] }, 6, plain);
  expect(linesOf(table).slice(2)).toEqual(["  one", "  two"]);
});

test("the lines of a cell stay apart", () => {
  const rows = [[{ lines: ["a", "b"] }, "c"]];
  expect(renderTable({ head: ["K", "V"], rows }, 80, plain)).toBe("K  V\n-  -\na  c\nb");
});

test("colour goes around the text and not around the space after it", () => {
  const paint = (text: string) => `<${text}>`;
  const table = renderTable(
    { head: ["K", "V"], rows: [[{ lines: ["ab"], paint }, "c"]] },
    80,
    plain,
  );
  expect(linesOf(table)[2]).toBe("<ab>  c");
});

test("wide and combining characters leave the columns aligned", () => {
  const rows = [
    ["所有者", "x"],
    ["e\u0301", "x"],
    ["👩‍👩‍👧", "x"],
    ["가나", "x"],
  ];
  const [, , ...shown] = linesOf(renderTable({ head: ["K", "V"], rows }, 80, plain));
  expect(shown.map((line) => widthOf(line))).toEqual([9, 9, 9, 9]);
});

test("what would steer the terminal is made visible", () => {
  expect(printable("a\u001b[31mb\u0000\u202ec\u2028d\ne")).toBe(
    "a\\u001b[31mb\\u0000\\u202ec\\u2028d\\u000ae",
  );
});

test("a list is indented, and continued below its values", () => {
  const list = renderList(
    [
      ["agent", "Mozilla Firefox"],
      ["id", "1"],
    ],
    20,
  );
  expect(linesOf(list)).toEqual(["  agent  Mozilla", "         Firefox", "  id     1"]);
});

describe("whatever is in it", () => {
  const cell = fc.string({ unit: "grapheme", maxLength: 120 });
  const table = fc.array(fc.tuple(cell, cell, cell), { maxLength: 4 });

  test("no line is wider than the terminal", () => {
    fc.assert(
      fc.property(table, fc.integer({ min: 40, max: 120 }), (rows, width) => {
        const shown = linesOf(renderTable({ head: ["A", "B", "C"], rows }, width, plain));
        expect(Math.max(...shown.map(widthOf))).toBeLessThanOrEqual(width);
      }),
    );
  });

  test("no character is lost", () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z]{1,90}$/), { minLength: 1 }), (words) => {
        const table = renderTable({ head: ["A", "B"], rows: [["", words.join(" ")]] }, 40, plain);
        const shown = linesOf(table).slice(2).join("").replace(/\s/g, "");
        expect(shown).toBe(words.join(""));
      }),
    );
  });
});
