import { describe, expect, test } from "vitest";
import { once, remember, rememberPairs } from "../../../shared/core/audit/memory.ts";

/** As many as are held at most. */
const FULL = Array.from({ length: 10_000 }, (_, number) => `text ${number}`);

describe("what was asked once", () => {
  test.each([["true", true] as const, ["false", false] as const, ["null", null] as const])(
    "is not asked again: %s",
    (_, known) => {
      const asked: string[] = [];
      const answer = remember((text) => {
        asked.push(text);
        return known;
      });
      expect([answer("a"), answer("b"), answer("a")]).toEqual([known, known, known]);
      expect(asked).toEqual(["a", "b"]);
    },
  );

  test("is asked again only where ten thousand others came before", () => {
    let asked = 0;
    const answer = remember((text) => {
      asked += 1;
      return text;
    });
    for (const text of FULL) answer(text);
    expect([FULL.map(answer), asked]).toEqual([FULL, 10_000]);
    expect([answer("more"), answer("more"), asked]).toEqual(["more", "more", 10_002]);
  });

  test("of two texts is not asked again, until there are ten thousand", () => {
    let asked = 0;
    const answer = rememberPairs((one, other) => {
      asked += 1;
      return [one, other] as const;
    });
    const first = answer("a", "b");
    expect([answer("a", "b") === first, first, asked]).toEqual([true, ["a", "b"], 1]);
    expect([answer("a", "c"), answer("c", "b"), asked]).toEqual([["a", "c"], ["c", "b"], 3]);
    expect([answer("a", "b") === first, answer("a", "c"), asked]).toEqual([true, ["a", "c"], 3]);
    for (const text of FULL.slice(3)) answer(text, "x");
    for (const text of FULL.slice(3)) answer(text, "x");
    expect(asked).toBe(10_000);
    answer("a", "d");
    answer("a", "d");
    expect([answer("a", "b") === first, asked]).toEqual([true, 10_002]);
  });

  test("of nothing at all is asked when it is needed first", () => {
    let asked = 0;
    const answer = once(() => {
      asked += 1;
      return null;
    });
    expect(asked).toBe(0);
    expect([answer(), answer(), asked]).toEqual([null, null, 1]);
  });
});
