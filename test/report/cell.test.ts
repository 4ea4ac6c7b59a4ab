import { describe, expect, test } from "vitest";
import { csvPieces } from "../../shared/core/report/csv.ts";
import { finding, report } from "./audit.ts";

/** The cell that a value becomes. */
const cellOf = (actual: string) => {
  const [, row = ""] = csvPieces(report([finding(1, { actual, expected: "END" })]));
  return /,("[^,]*"),"END",/.exec(row)?.[1];
};

describe("a cell of the CSV", () => {
  test.each(["plain", "a=b", "a'b", "a -b", 'a"=b', "a;b", "x\ty", "1+1", "ü=", "ü;ü=", "", " a"])(
    "stays as it is: %j",
    (value) => {
      expect(cellOf(value)).toBe(`"${value.replaceAll('"', '""')}"`);
    },
  );

  test.each([
    ["=a", "'=a"],
    [" =a", "' =a"],
    ["\u0000+a", "'\u0000+a"],
    ["\u200b@a", "'\u200b@a"],
    ['"-a', '\'""-a'],
    ["＝a", "'＝a"],
    ["a;=b", "a;'=b"],
    ["a\t -b", "a\t' -b"],
    ["a\r=b", "a\r'=b"],
    ["a\n+b;@c", "a\n'+b;'@c"],
    ["'a", "''a"],
    ["a;'b", "a;''b"],
    ["\ta", "'\ta"],
    ["\na", "'\na"],
    ["\ra", "'\ra"],
  ])("has an apostrophe where a formula could begin: %j", (value, cell) => {
    expect(cellOf(value)).toBe(`"${cell}"`);
  });
});
