import { describe, expect, test } from "vitest";
import * as z from "zod/mini";
import { atLeast, atMost } from "../../shared/core/length.ts";

/** What is wrong with a value, in the words of the schema. */
function issuesOf(schema: z.ZodMiniType, value: unknown) {
  const parsed = schema.safeParse(value);
  return parsed.success ? [] : parsed.error.issues.map(({ code, message }) => ({ code, message }));
}

const list = z.array(z.unknown());
const odd = { length: { toString: 1, valueOf: 2 } };

describe("a length", () => {
  test.each([
    ["a text", z.string(), "a", "ab", "abc"],
    ["a list", list, [1], [1, 2], [1, 2, 3]],
  ])("of %s is bounded, its bounds included", (_what, schema, short, right, long) => {
    const [least, most] = [{ error: "two at least" }, { error: "two at most" }];
    const bounded = z.pipe(schema, z.any().check(atLeast(2, least), atMost(2, most)));
    expect(issuesOf(bounded, short)).toEqual([{ code: "too_small", message: "two at least" }]);
    expect(issuesOf(bounded, right)).toEqual([]);
    expect(issuesOf(bounded, long)).toEqual([{ code: "too_big", message: "two at most" }]);
  });

  test.each([[odd], [{ length: 0 }], [{ length: 9 }], [7], [null], [undefined]])(
    "of %j is nobody's business",
    (value) => {
      const bounded = z.any().check(atLeast(2), atMost(3));
      expect(issuesOf(bounded, value)).toEqual([]);
    },
  );

  test("of the wrong type is the type's problem alone", () => {
    expect(issuesOf(z.string().check(atLeast(2)), odd)).toMatchObject([{ code: "invalid_type" }]);
    expect(issuesOf(list.check(atMost(0)), odd)).toMatchObject([{ code: "invalid_type" }]);
  });
});
