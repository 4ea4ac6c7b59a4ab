import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  encodeValue,
  exceeds,
  fitsKey,
  fitsValue,
  KEY_LIMITS,
  SECRET_LIMITS,
} from "../../shared/core/limits.ts";
import { foreignTags, tags } from "./plan/builders.ts";

const { documented, extended } = KEY_LIMITS;
const anyText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 300 }),
  fc.string({ unit: "grapheme", maxLength: 300 }),
  fc.string({ unit: fc.constantFrom("a", "*", "=", "\ud83d", "\ude00", "𝒳", " "), maxLength: 300 }),
);

describe("a key", () => {
  test.each([
    ["Owner", true],
    ["system", true],
    ["sys-owner", true],
    ["_sys_owner", false],
    ["", false],
    [" Owner", false],
    ["Owner ", false],
    ["cost center", true],
    ["team/owner", false],
    ["所有者", true],
    ["a*b", false],
  ])("%j fits a secret: %j", (key, fits) => {
    expect(fitsKey(key, SECRET_LIMITS)).toBe(fits);
  });

  test("has 36 characters under the documented profile and 128 elsewhere, counted in code points", () => {
    expect(fitsKey("𝒳".repeat(36), documented)).toBe(true);
    expect(fitsKey("𝒳".repeat(37), documented)).toBe(false);
    expect(fitsKey("𝒳".repeat(128), extended)).toBe(true);
    expect(fitsKey("𝒳".repeat(129), extended)).toBe(false);
  });

  test("may hold an equals sign, but not under the documented profile", () => {
    expect(fitsKey("a=b", extended)).toBe(true);
    expect(fitsKey("a=b", documented)).toBe(false);
  });
});

describe("a value", () => {
  test.each([
    ["", true],
    ["a/b:c=d+e-f_g.h@i", true],
    ["two words", true],
    ["a,b", false],
    ["a\tb", false],
    ["\ud83d", false],
    ["😀", false],
  ])("%j fits a secret: %j", (value, fits) => {
    expect(fitsValue(value, SECRET_LIMITS)).toBe(fits);
  });

  test("has 43 characters under the documented profile and 255 elsewhere, counted in code points", () => {
    expect(fitsValue("𝒳".repeat(43), documented)).toBe(true);
    expect(fitsValue("𝒳".repeat(44), documented)).toBe(false);
    expect(fitsValue("𝒳".repeat(255), extended)).toBe(true);
    expect(fitsValue("𝒳".repeat(256), extended)).toBe(false);
  });
});

describe("an encoded value", () => {
  test.each([
    ["alice,bob", "alice_bob"],
    ["a😀b", "a_b"],
    ["a\ud83db", "a_b"],
    ["a=b", "a_b"],
    ["𝒳".repeat(50), "𝒳".repeat(43)],
    ["x".repeat(50), "x".repeat(43)],
  ])("of %j is %j under the documented profile", (value, encoded) => {
    expect(encodeValue(value, documented)).toBe(encoded);
  });

  test("always fits, and is the value itself exactly where that fits", () => {
    fc.assert(
      fc.property(anyText, fc.constantFrom(documented, extended), (value, limits) => {
        const encoded = encodeValue(value, limits);
        expect(fitsValue(encoded, limits)).toBe(true);
        expect(encoded === value).toBe(fitsValue(value, limits));
      }),
    );
  });

  test("has the characters of the value in their places, or the placeholder", () => {
    fc.assert(
      fc.property(anyText, (value) => {
        const original = [...value];
        const encoded = [...encodeValue(value, documented)];
        expect(encoded).toHaveLength(Math.min(original.length, 43));
        for (const [index, character] of encoded.entries())
          expect([original[index], "_"]).toContain(character);
      }),
    );
  });
});

describe("tags go beyond a profile", () => {
  test("by their number", () => {
    expect(exceeds(documented, tags(foreignTags(10)))).toBe(false);
    expect(exceeds(documented, tags(foreignTags(11)))).toBe(true);
  });

  test("by a key or a value that does not fit", () => {
    expect(exceeds(documented, tags({ ["k".repeat(37)]: "" }))).toBe(true);
    expect(exceeds(documented, tags({ k: "a=b" }))).toBe(true);
    expect(exceeds(extended, tags({ ["k".repeat(37)]: "a=b" }))).toBe(false);
  });
});
