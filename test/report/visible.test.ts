import { describe, expect, test } from "vitest";
import { piecesOf, shorten, visible } from "../../shared/core/report/visible.ts";

describe("characters that nobody would see", () => {
  test.each([
    "\u0000",
    "\u0009",
    "\u000a",
    "\u001b",
    "\u007f",
    "\u0085",
    "\u00ad",
    "\u061c",
    "\u200b",
    "\u200e",
    "\u200f",
    "\u2028",
    "\u2029",
    "\u202a",
    "\u202e",
    "\u2060",
    "\u2066",
    "\u2069",
    "\ud800",
    "\udfff",
    "\ufeff",
    "\ufffe",
    "\uffff",
  ])("are shown by name, %j", (character) => {
    const name = `U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
    expect(visible(`a${character}b`)).toBe(`a⟨${name}⟩b`);
    expect(piecesOf(`a${character}b`)).toEqual([
      { text: "a", unseen: false },
      { text: name, unseen: true },
      { text: "b", unseen: false },
    ]);
  });

  test("stand alone, with nothing between them and around them", () => {
    const unseen = { text: "U+202E", unseen: true };
    expect(piecesOf("\u202e\u202e")).toEqual([unseen, unseen]);
    expect(piecesOf("\u202ea\u202e")).toEqual([unseen, { text: "a", unseen: false }, unseen]);
    expect(piecesOf("")).toEqual([]);
  });

  test("are all of a blank text", () => {
    expect(visible(" \u00a0")).toBe("⟨U+0020⟩⟨U+00A0⟩");
    expect(piecesOf(" ")).toEqual([{ text: "U+0020", unseen: true }]);
  });

  test.each(["", "plain", " a b ", "👩‍👩‍👧", "می‌خواهم", "\u{1d4b6}", "עברית"])(
    "are not in %j",
    (text) => {
      expect(visible(text)).toBe(text);
    },
  );
});

test("a text is cut at code points, and says that it was", () => {
  expect(shorten("\u{1d4b6}".repeat(5), 5)).toBe("\u{1d4b6}".repeat(5));
  expect(shorten("\u{1d4b6}".repeat(6), 5)).toBe(`${"\u{1d4b6}".repeat(4)}…`);
});
