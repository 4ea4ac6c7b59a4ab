import { describe, expect, test } from "vitest";
import * as z from "zod";
import { draftPolicy } from "../../../shared/core/policy/draft.ts";
import { expectedBy } from "../../../shared/core/policy/mistake.ts";
import { formatPath } from "../../../shared/core/policy/problem.ts";

// Not written as a key: linters take an object with `then` for a promise.
const THEN = "then";
const SOURCE =
  "a source: { const }, { from }, { fromName, group }, { lookup, by, column }, { inherit } or { tag }";
const tagged = (tag: unknown) => ({ version: 1, tags: { A: tag } });
const sourced = (value: unknown) => tagged({ value });

/** What is wrong, as `path (key or value): message; expected …`. */
const linesOf = (input: unknown) =>
  draftPolicy(input, []).mistakes.map(({ path, at, message, expected }) => {
    return `${formatPath(path)} (${at}): ${message}; expected ${expected}`;
  });

describe("what stands there is told", () => {
  test.each([
    [null, "got nothing"],
    ["a", 'got "a"'],
    [5, "got the number 5"],
    [true, "got true"],
    [[], "got an empty list"],
    [[1], "got a list"],
    [{}, "got an empty mapping"],
    [{ a: 1 }, "got a mapping"],
    [undefined, "whenPresent is missing"],
  ])("%j: %s", (whenPresent, message) => {
    const [mistake] = draftPolicy(tagged({ whenPresent }), []).mistakes;
    expect(mistake?.message).toBe(whenPresent === undefined ? undefined : message);
  });

  test("and what stands nowhere is missing", () => {
    expect(linesOf(undefined)).toEqual([
      "(document) (value): it is missing; expected a mapping with version and tags",
    ]);
  });
});

test.each([
  ["a mapping", z.object({})],
  ["a mapping", z.record(z.string(), z.string())],
  ["a list", z.array(z.string())],
  ["text", z.string()],
  ["true or false", z.boolean()],
  ["a number", z.number()],
  ["another value", z.date()],
  ["a or b", z.enum(["a", "b"])],
  ["1", z.literal(1)],
])("%s is expected by a schema", (expected, schema) => {
  const { error } = schema.safeParse(null, { error: expectedBy });
  expect(error?.issues.map(({ message }) => message)).toEqual([expected]);
});

test("a whole number is expected where there is another", () => {
  const { error } = z.int().safeParse(1.5, { error: expectedBy });
  expect(error?.issues.map(({ message }) => message)).toEqual(["a whole number"]);
});

describe("of several kinds of source, the one that was meant is told about", () => {
  test.each([
    [
      "the one with the fewest mistakes",
      { lookup: "a.csv", inherit: "kmsKey" },
      ["value.lookup (key): unknown field lookup; expected one of the fields inherit or transform"],
    ],
    [
      "the one that knows the most of the fields",
      { lookup: "a.csv", by: "region", group: "g", fromNam: "a" },
      [
        "value.column (value): column is missing; expected text that is not empty",
        "value.group (key): unknown field group; expected one of the fields lookup, by, column, key or transform",
        "value.fromNam (key): unknown field fromNam; expected one of the fields lookup, by, column, key or transform",
      ],
    ],
    [
      "the one with the fewest mistakes, of which a value is one",
      { lookup: "a.csv", inherit: "kms" },
      [
        'value.inherit (value): got "kms"; expected kmsKey',
        "value.lookup (key): unknown field lookup; expected one of the fields inherit or transform",
      ],
    ],
    [
      "the one that knows the most of the fields, though another has fewer mistakes",
      { by: "region", column: 5, tag: 5 },
      [
        "value.lookup (value): lookup is missing; expected text",
        "value.column (value): got the number 5; expected text that is not empty (put it in quotes)",
        "value.tag (key): unknown field tag; expected one of the fields lookup, by, column, key or transform",
      ],
    ],
    [
      "none, where no field is known",
      { form: "region", lokup: "a.csv" },
      [
        `value.form (key): unknown field form; expected ${SOURCE}, or a list of sources (did you mean from?)`,
        `value.lokup (key): unknown field lokup; expected ${SOURCE}, or a list of sources (did you mean lookup?)`,
      ],
    ],
  ])("%s", (_which, source, lines) => {
    expect(linesOf(sourced(source))).toEqual(lines.map((line) => `tags.A.${line}`));
  });
});

describe("a draft", () => {
  test("says nothing of what is known to be unreadable", () => {
    const { document, mistakes } = draftPolicy({ version: 1, tags: 5 }, [["tags"]]);
    expect({ document, mistakes }).toEqual({ document: { version: 1, tags: {} }, mistakes: [] });
    expect(draftPolicy(tagged({}), [[]]).document).toEqual({ version: 1, tags: {} });
  });

  test("keeps all that can be read", () => {
    const rules = [{ id: "r", if: {}, [THEN]: { require: ["A"] } }];
    const { document } = draftPolicy({ tags: { A: {}, B: 5 }, rules, guards: { grace: 5 } }, []);
    expect(document).toEqual({ version: 1, tags: { A: {} }, rules, guards: {} });
  });

  test("stands in for what is missing of a rule or an exemption", () => {
    const needed = { require: ["A"] };
    const { document } = draftPolicy(
      { version: 1, tags: {}, rules: [{ id: "r", [THEN]: needed }], exemptions: [{ rule: "r" }] },
      [],
    );
    expect(document.rules).toEqual([{ id: "r", if: {}, [THEN]: needed }]);
    expect(document.exemptions).toEqual([{ rule: "r", resource: {}, owner: "?", reason: "?" }]);
  });

  test("knows the names that are declared, broken or not", () => {
    const { declared } = draftPolicy(
      {
        selectors: { s: 5 },
        tags: { A: 5, B: {} },
        rules: [null, 5, {}, { id: 5 }, { id: "r" }, { id: "r" }],
      },
      [],
    );
    expect(declared).toEqual({
      selectors: new Set(["s"]),
      tags: new Set(["A", "B"]),
      rules: new Set(["r"]),
    });
  });

  test("knows that nothing is declared, or that nobody can tell", () => {
    const none = new Set();
    expect(draftPolicy({}, []).declared).toEqual({ selectors: none, tags: none, rules: none });
    expect(draftPolicy("x", []).declared).toEqual({ selectors: none, tags: none, rules: none });
    expect(draftPolicy({ selectors: 5, tags: [], rules: {} }, []).declared).toEqual({
      selectors: null,
      tags: null,
      rules: null,
    });
  });

  test("finds the place in the file of what it has kept", () => {
    const value = [5, { const: "a", transform: [5, "lower"] }, { const: "b" }];
    const { document, locate } = draftPolicy(sourced(value), []);
    expect(document.tags.A?.value).toEqual([{ const: "a", transform: ["lower"] }, { const: "b" }]);
    const place = ["tags", "A", "value"];
    expect(locate([...place, 1, "const"])).toEqual([...place, 2, "const"]);
    expect(locate([...place, 0, "transform", 0])).toEqual([...place, 1, "transform", 1]);
    expect(locate(["rules", 7])).toEqual(["rules", 7]);
    expect(locate([])).toEqual([]);
  });
});
