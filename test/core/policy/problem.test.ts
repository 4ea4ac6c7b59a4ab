import { expect, test } from "vitest";
import { formatPath, formatProblem, quote } from "../../../shared/core/policy/problem.ts";

test.each([
  [[], "(document)"],
  [["tags", "Owner", "value", 0, "column"], "tags.Owner.value[0].column"],
  [["tags", "a.b", "c d"], 'tags["a.b"]["c d"]'],
  [[0, "a"], "[0].a"],
  [["Größe", "cost-center"], "Größe.cost-center"],
])("the path %j is written %s", (path, expected) => {
  expect(formatPath(path)).toBe(expected);
});

test("a problem is one line, whatever it quotes", () => {
  const problem = {
    file: "a.yaml",
    line: 3,
    column: 7,
    path: "tags.A",
    message: 'got "x\u001b[31m\ny\u2028"',
    expected: "text",
  };
  expect(formatProblem(problem)).toBe(
    'a.yaml:3:7 tags.A: got "x\\u001b[31m\\u000ay\\u2028"; expected text',
  );
});

test("long values are cut at a character", () => {
  expect(quote("a".repeat(60))).toBe(`"${"a".repeat(60)}"`);
  expect(quote("😀".repeat(61))).toBe(`"${"😀".repeat(60)}"…`);
});
