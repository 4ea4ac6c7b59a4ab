import { describe, expect, test } from "vitest";
import { createCurtain } from "../../../shared/core/audit/curtain.ts";
import type { Sighted } from "../../../shared/core/audit/judge-sightings.ts";
import { REDACTED, sightText } from "../../../shared/core/audit/sighting.ts";

const inValue = (key: string, value: string): Sighted => ({
  key,
  value,
  keyHolds: null,
  valueHolds: "secret",
});
const inKey = (key: string, value: string): Sighted => ({
  key,
  value,
  keyHolds: "personal-data",
  valueHolds: null,
});
const curtain = (...sighted: readonly Sighted[]) => createCurtain(sighted, sightText);

describe("what may be shown", () => {
  test("is all but a text that tells itself as a secret, where nothing was sighted", () => {
    const { key, text, hides } = curtain();
    expect(["prod", "alice@example.com", "pw=hunter2"].map(text)).toEqual([
      "prod",
      "alice@example.com",
      REDACTED,
    ]);
    expect([key("pw=hunter2"), hides("pw=hunter2")]).toEqual(["pw=hunter2", false]);
    expect(REDACTED).toBe("<redacted>");
  });

  test("is no text that holds what was sighted, in any case", () => {
    const { text, hides } = curtain(inValue("Note", "Hunter2"));
    expect(["hunter2", "rename HUNTER2 to x", "hunter"].map(text)).toEqual([
      REDACTED,
      REDACTED,
      "hunter",
    ]);
    expect(["hunter2", "the hunter2", "hunter", "Note"].map(hides)).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect(text("pw=letmein")).toBe(REDACTED);
  });

  test("is a word of which a short one is part: five letters hide alone, six everywhere", () => {
    const { hides } = curtain(inValue("A", "abcde"), inValue("B", "uvwxyz"));
    expect(["abcde", "abcdef", "uvwxyz", "uvwxyz1"].map(hides)).toEqual([true, false, true, true]);
  });

  test("is no key that was sighted; each is told by its number in the order of letters", () => {
    const { key, hides } = curtain(
      inKey("b@example.com", "there"),
      inValue("Password", "hunter2"),
      inKey("a@example.com", "there"),
    );
    expect(["a@example.com", "b@example.com", "Password"].map(key)).toEqual([
      `${REDACTED} 2`,
      `${REDACTED} 3`,
      "Password",
    ]);
    expect(hides("there")).toBe(false);
  });
});
