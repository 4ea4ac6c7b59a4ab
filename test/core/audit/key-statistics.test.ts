import { describe, expect, test } from "vitest";
import type { JudgedTag } from "../../../shared/core/audit/judged-tag.ts";
import { createKeyStatistics } from "../../../shared/core/audit/key-statistics.ts";

const tag = (key: string, value: string | null, about: Partial<JudgedTag> = {}): JudgedTag => ({
  key,
  value,
  declared: false,
  invalid: false,
  ...about,
});
const numbers = (count: number) => Array.from({ length: count }, (_, number) => String(number));

describe("keys", () => {
  test("are counted with their values, the most frequent first, then by their letters", () => {
    const statistics = createKeyStatistics(["Env", "Team"]);
    for (const value of ["c", "b", "a", "b"])
      statistics.take([
        tag("Env", value, { declared: true, invalid: value === "c" }),
        tag("Note", null),
      ]);
    statistics.take([tag("Also", "x")]);
    const none = { resources: 0, distinct: 0, more: false, values: [], invalid: 0 };
    expect(statistics.end()).toEqual([
      {
        key: "Env",
        declared: true,
        resources: 4,
        distinct: 3,
        more: false,
        values: [
          { value: "b", resources: 2 },
          { value: "a", resources: 1 },
          { value: "c", resources: 1 },
        ],
        invalid: 1,
      },
      { ...none, key: "Note", declared: false, resources: 4 },
      {
        ...none,
        key: "Also",
        declared: false,
        resources: 1,
        distinct: 1,
        values: [{ value: "x", resources: 1 }],
      },
      { ...none, key: "Team", declared: true },
    ]);
  });

  test("beyond two thousand that nobody declared are passed over; those that are known are not", () => {
    const statistics = createKeyStatistics(["Env"]);
    statistics.take([...numbers(2_000), "more", "0", "Env"].map((key) => tag(key, "x")));
    const counted = statistics.end();
    expect(counted).toHaveLength(2_001);
    expect(counted.slice(0, 3).map(({ key, resources }) => [key, resources])).toEqual([
      ["0", 2],
      ["1", 1],
      ["10", 1],
    ]);
    expect(counted.map(({ key }) => key)).not.toContain("more");
    expect(counted.find(({ key }) => key === "Env")).toMatchObject({ resources: 1 });
  });
});

describe("values", () => {
  test("of one key are told apart up to a thousand, and twenty of them are named", () => {
    const statistics = createKeyStatistics([]);
    for (const value of numbers(1_000)) statistics.take([tag("A", value)]);
    expect(statistics.end()[0]).toMatchObject({ distinct: 1_000, more: false });
    statistics.take([tag("A", "0")]);
    expect(statistics.end()[0]).toMatchObject({ distinct: 1_000, more: false });
    statistics.take([tag("A", "more")]);
    const [counted] = statistics.end();
    expect(counted).toMatchObject({ resources: 1_002, distinct: 1_000, more: true });
    expect(counted?.values).toHaveLength(20);
    expect(counted?.values[0]).toEqual({ value: "0", resources: 2 });
  });

  test("of all keys are told apart up to fifty thousand", () => {
    const statistics = createKeyStatistics([]);
    const values = numbers(1_000);
    for (const key of numbers(50)) statistics.take(values.map((value) => tag(key, value)));
    expect(statistics.end().filter(({ more, distinct }) => more || distinct < 1_000)).toEqual([]);
    statistics.take([tag("last", "x"), tag("0", "1")]);
    const counted = statistics.end();
    expect(counted.find(({ key }) => key === "last")).toMatchObject({ distinct: 0, more: true });
    expect(counted.find(({ key }) => key === "0")).toMatchObject({ distinct: 1_000, more: false });
  });
});
