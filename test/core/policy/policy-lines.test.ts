import { expect, test } from "vitest";
import { NO_LINES } from "../../../shared/core/policy/policy-lines.ts";

test("where nothing is known of the file, nothing has a line", () => {
  const none = new Map();
  expect(NO_LINES).toEqual({ rules: none, tags: none, exemptions: none, parts: none });
});
