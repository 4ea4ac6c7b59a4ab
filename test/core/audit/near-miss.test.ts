import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  distanceOf,
  findMeant,
  isWithin,
  skeletonOf,
} from "../../../shared/core/audit/near-miss.ts";

const near = (text: string, meant: string) => distanceOf(skeletonOf(text), skeletonOf(meant));

describe("keys", () => {
  test.each([
    "costcenter",
    "Cost-Center ",
    "cost_center",
    "COST CENTER",
    "Cost.Center",
    "Cost\u00a0Center",
    "Ｃｏｓｔ Ｃｅｎｔｅｒ",
    "Cоst Cеntеr",
    "Cóst Cénter",
    "Cost\u200bCenter",
    "Cost‐Center",
  ])("%s looks like CostCenter", (text) => expect(near(text, "CostCenter")).toBe(0));

  test.each([
    ["CostCentre", 1],
    ["CostCentr", 1],
    ["CostCentes", 1],
    ["ConstCenters", 2],
    ["CotCentre", 2],
  ] as const)("%s is %i edits from CostCenter", (text, edits) =>
    expect(near(text, "CostCenter")).toBe(edits),
  );

  test("of other scripts look like those that their letters look like", () => {
    expect(skeletonOf("авекмнорстухіјѕԁһԛԝɡıɩ")).toBe("abekmhopctyxijsdhqwgii");
    expect(skeletonOf("αβεικνορτυχη")).toBe("abeikvoptuxn");
    expect(skeletonOf("日本")).toBe("日本");
  });

  test.each([
    ["own", 0],
    ["owns", 1],
    ["ownersx", 1],
    ["ownersxy", 2],
  ])("%s may be %i edits away, and no more", (meant, most) => {
    const distances = [1, 2, 3].map((edits) => distanceOf(`${meant}${"z".repeat(edits)}`, meant));
    expect(distances).toEqual([1, 2, 3].map((edits) => (edits <= most ? edits : null)));
  });

  test("short keys leave no room for edits, and far ones are others", () => {
    expect([
      near("bo", "BU"),
      near("env", "Eng"),
      near("Owned", "Owner"),
      near("Owl", "Owner"),
    ]).toEqual([null, null, 1, null]);
    expect([near("Team", "Owner"), near("CostObject", "CostCenter"), near("-", "_")]).toEqual([
      null,
      null,
      null,
    ]);
  });
});

describe("values", () => {
  const values = ["prod", "test", "dev"];
  test.each([
    ["prd", "prod"],
    ["PROD", "prod"],
    ["porduct", null],
    ["tset", "test"],
    ["Dev.", "dev"],
    ["dve", "dev"],
    ["staging", null],
    ["", null],
  ] as const)("%j was probably meant to be %j", (text, meant) =>
    expect(findMeant(text, values)).toBe(meant),
  );

  test("nobody can say which of several is meant", () => {
    expect(findMeant("tier4", ["tier1", "tier2", "tier3"])).toBeNull();
    expect(findMeant("tier-1", ["tier1", "tier2"])).toBe("tier1");
  });

  test("one edit is enough in what is written, or in what is seen of it", () => {
    expect(findMeant("a.b-c", ["abcd"])).toBe("abcd");
    expect(findMeant("x-y", ["x-yz", "other"])).toBe("x-yz");
    expect(findMeant("--", ["-+-"])).toBe("-+-");
    expect(findMeant("--", ["=="])).toBeNull();
  });

  test("values of two letters are not mistyped", () =>
    expect(findMeant("eb", ["eu", "us"])).toBeNull());
});

test.each([
  ["ab", "ba", 1],
  ["abc", "bca", 2],
  ["ab", "cd", 2],
  ["abx", "bay", 2],
  ["abcd", "badc", 2],
  ["ab", "bc", 2],
  ["abc", "abc", 0],
  ["abc", "ab", 1],
  ["a", "", 1],
  ["abz", "caz", 2],
  ["abz", "bcz", 2],
])("from %s to %s it takes %i edits", (from, to, edits) => {
  const enough = [0, 1, 2].filter((number) => isWithin(from, to, number));
  expect(enough).toEqual([0, 1, 2].filter((number) => number >= edits));
});

test("edits are counted alike from both sides, and each undoes itself", () => {
  const word = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 6 });
  fc.assert(
    fc.property(word, word, fc.constantFrom(0, 1, 2), (one, other, edits) => {
      expect(isWithin(one, other, edits)).toBe(isWithin(other, one, edits));
      if (isWithin(one, other, edits)) expect(isWithin(one, other, edits + 1)).toBe(true);
    }),
  );
  fc.assert(
    fc.property(word, fc.nat(6), fc.constantFrom("a", "b", "c"), (text, at, letter) => {
      const inserted = text.slice(0, at) + letter + text.slice(at);
      expect(isWithin(text, inserted, 1) && !isWithin(text, inserted, 0)).toBe(true);
    }),
  );
});
