import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatPath } from "../../../shared/core/policy/problem.ts";
import { readPolicyText } from "../../../shared/io/policy/file.ts";
import { type ParsedText, parseText } from "../../../shared/io/policy/text.ts";

const linesOf = ({ problems }: ParsedText) =>
  problems.map(({ line, column, path, message }) => `${line}:${column} ${path}: ${message}`);

describe("syntax", () => {
  test("all faults come at once, one for each place", () => {
    const parsed = parseText('a: @x\nb: `y\nc: "z');
    expect(parsed.readable).toBe(false);
    expect(
      parsed.problems.map(({ line, column, path, expected }) => [line, column, path, expected]),
    ).toEqual([
      [1, 4, "(document)", "valid YAML or JSON"],
      [2, 4, "(document)", "valid YAML or JSON"],
      [3, 6, "(document)", "valid YAML or JSON"],
    ]);
  });

  test("two documents in one file are refused", () => {
    expect(linesOf(parseText("a: 1\n---\nb: 1\n"))).toEqual([
      "2:1 (document): the file holds several documents",
    ]);
  });

  test("deep nesting is refused, whatever the parser makes of it", () => {
    expect(linesOf(parseText("[".repeat(100) + "]".repeat(100)))).toEqual([
      expect.stringMatching(/^1:66 \[0\].*: it is nested too deeply$/),
    ]);
    expect(linesOf(parseText("[".repeat(50_000)))).toEqual([
      expect.stringMatching(/^1:\d+ \(document\): it is nested too deeply$/),
    ]);
  });

  test("JSON is read as it is, with tabs and escapes", () => {
    const value = { a: [1, true, null, "ä\u2028\n\ud83d\ude00/"], "b c": { "": {} } };
    for (const text of [JSON.stringify(value), JSON.stringify(value, null, "\t")]) {
      expect(parseText(text)).toMatchObject({ problems: [], value });
    }
    expect(parseText('{"a":"\\ud83d\\ude00\\/"}').value).toEqual({ a: "😀/" });
  });

  test("words of other versions of YAML are text", () => {
    expect(parseText("a: yes\nb: off\nc: 2027-03-31\nno: on").value).toEqual({
      a: "yes",
      b: "off",
      c: "2027-03-31",
      no: "on",
    });
    expect(parseText("%YAML 1.1\n---\na: 2027-03-31\n").value).toEqual({ a: "2027-03-31" });
  });
});

describe("keys", () => {
  test("are text as it is written", () => {
    expect(parseText("1.50: a\n007: b\n~: c\ntrue: d\n").value).toEqual({
      "1.50": "a",
      "007": "b",
      "~": "c",
      true: "d",
    });
  });

  test("stand once", () => {
    expect(linesOf(parseText('a: {b: 1, c: 2, b: 3}\nd: 1\n"a": 2'))).toEqual([
      '3:1 a: the key "a" stands twice',
      '1:17 a.b: the key "b" stands twice',
    ]);
  });

  test("are text, and never change a prototype", () => {
    const parsed = parseText("a:\n  __proto__: {x: 1}\n  ? [1]\n  : 2\n  : 3\n  constructor: 4\n");
    expect(linesOf(parsed)).toEqual([
      "2:3 a.__proto__: __proto__ cannot be a key",
      "3:5 a: this is not a key",
      "5:1 a: this is not a key",
    ]);
    expect(parsed.value).toEqual({ a: { constructor: 4 } });
    expect(Object.getPrototypeOf({})).not.toHaveProperty("x");
  });
});

describe("aliases and merges", () => {
  test("stand for what they name", () => {
    const parsed = parseText(`
base: &base { a: 1, b: [x] }
copy: *base
more: { <<: *base, a: 2 }
most: { <<: [{ c: 3, a: 4 }, *base], &key d: 5 }
*key : 6
`);
    expect(parsed.problems).toEqual([]);
    expect(parsed.value).toEqual({
      base: { a: 1, b: ["x"] },
      copy: { a: 1, b: ["x"] },
      more: { a: 2, b: ["x"] },
      most: { d: 5, c: 3, a: 4, b: ["x"] },
      d: 6,
    });
  });

  test("stand for the last of their name before them", () => {
    expect(parseText("a: &x 1\nb: *x\nc: &x 2\nd: [*x, &x 3, *x]\n").value).toEqual({
      a: 1,
      b: 1,
      c: 2,
      d: [2, 3, 3],
    });
  });

  test("a problem behind an alias stands where the text stands", () => {
    const parsed = parseText("a: &a\n  b: 1\nc: *a\n");
    expect(parsed.placeOf(["c", "b"], "value")).toEqual({ line: 2, column: 6 });
    expect(parsed.placeOf(["c"], "value")).toEqual({ line: 3, column: 4 });
    expect(parsed.placeOf(["c", "gone"], "value")).toEqual({ line: 3, column: 4 });
  });

  test("that lead nowhere, or into themselves, are problems", () => {
    const parsed = parseText("a: *no\nb: &b [*b]\nc: &c { <<: *c }\nd: { <<: 5 }\n");
    expect(linesOf(parsed)).toEqual([
      "1:4 a: there is no anchor &no before it",
      "2:8 b[0]: *b stands inside its own anchor",
      "3:9 c: << merges nothing",
      "4:6 d: << merges nothing",
    ]);
    expect(parsed.broken.map(formatPath)).toEqual(["a", "b[0]"]);
  });

  const line = (n: number, text: (n: number) => string) =>
    Array.from({ length: n }, (_, index) => `${text(index + 1)}\n`).join("");

  test.each([
    ["a billion laughs", line(12, (n) => `a${n}: &a${n} [${`*a${n - 1}, `.repeat(9)}]`)],
    ["merges of merges", line(10_000, (n) => `a${n}: &a${n} { <<: *a${n - 1}, k${n}: 1 }`)],
    ["merges of much", line(200, (n) => `a${n}: { <<: *b }`)],
  ])("%s are bounded", (_what, text) => {
    const parsed = parseText(`b: &b { c: [${"1, ".repeat(200)}] }\na0: &a0 {}\n${text}`);
    expect(parsed.problems.map(({ message }) => message)).toEqual(["aliases stand for too much"]);
  });

  test("a problem in what is merged is told once", () => {
    const parsed = parseText("a: &a { b: 1, b: 2 }\nc: { <<: *a }\nd: { <<: *a }\n");
    expect(linesOf(parsed)).toEqual(['1:15 a.b: the key "b" stands twice']);
  });
});

describe("whatever the text is", () => {
  const word = fc.constantFrom(
    ..."version tags selectors rules value match required applies only const __proto__ constructor prod".split(
      " ",
    ),
  );
  const piece = fc.oneof(
    word,
    fc.constantFrom(
      ": ",
      "- ",
      "\n",
      "\n  ",
      "{",
      "}",
      "[",
      "]",
      ", ",
      "&a ",
      "*a",
      "<<: ",
      "? ",
      '"',
      "'",
      "|\n",
      "#",
      "!!set ",
      "\t",
      "1",
      "~",
    ),
    fc.string({ unit: "binary", maxLength: 3 }),
  );
  const text = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(""));
  const json = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: "small" },
      word,
      fc.constantFrom(0, 1, true, null, ""),
      fc.array(tie("value"), { maxLength: 3 }),
      fc.dictionary(word, tie("value"), { maxKeys: 5 }),
    ),
  })).value;

  test("it is a policy or has problems, each with its place", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          text,
          json.map((value) => JSON.stringify(value)),
        ),
        async (input) => {
          const result = await readPolicyText(input, "/nowhere/policy.yaml");
          if (result.ok) return;
          expect(result.problems.length).toBeGreaterThan(0);
          for (const { line, column, message, expected } of result.problems) {
            expect(Math.min(line, column)).toBeGreaterThan(0);
            expect(message !== "" && expected !== "").toBe(true);
            expect(`${message} ${expected}`).not.toMatch(/undefined|invalid input|\[object/i);
          }
        },
      ),
      { numRuns: 1_000 },
    );
  });

  test("a policy with any tag text has a result as well", async () => {
    const shaped = json.map((value) =>
      JSON.stringify({ version: 1, tags: { A: value, B: {} }, selectors: value }),
    );
    await fc.assert(
      fc.asyncProperty(shaped, async (input) => {
        const result = await readPolicyText(input, "/nowhere/policy.yaml");
        expect(typeof result.ok).toBe("boolean");
      }),
      { numRuns: 500 },
    );
  });
});
