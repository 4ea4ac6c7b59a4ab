import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { SCRIPT_HASH, STYLE_HASH } from "../../shared/core/report/html/hashes.ts";
import { SCRIPT } from "../../shared/core/report/html/script.ts";
import { STYLE } from "../../shared/core/report/html/style.ts";

const hashOf = (text: string) => `sha256-${createHash("sha256").update(text).digest("base64")}`;

describe("the content security policy of the HTML report", () => {
  test("knows the style by its hash", () => {
    expect(STYLE_HASH).toBe(hashOf(STYLE));
  });

  test("knows the script by its hash", () => {
    expect(SCRIPT_HASH).toBe(hashOf(SCRIPT));
  });

  test("covers text that cannot end its element early", () => {
    expect(STYLE).not.toMatch(/<\//);
    expect(SCRIPT).not.toMatch(/<\/|<!--/);
  });
});
