import { expect, test } from "vitest";
import { isProjectId } from "../../shared/core/project.ts";

test.each(["0a1b2c3d4e5f60718293a4b5c6d7e8f9", "p-1_X", "x".repeat(64)])(
  "%j may go into a path",
  (text) => {
    expect(isProjectId(text)).toBe(true);
  },
);

test.each(["", " ", ".", "..", "a/b", "a?b", "%2e", "a\n", "ä", "x".repeat(65)])(
  "%j may not go into a path",
  (text) => {
    expect(isProjectId(text)).toBe(false);
  },
);
