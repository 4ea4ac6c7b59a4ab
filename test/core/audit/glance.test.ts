import { describe, expect, test } from "vitest";
import { createGlance } from "../../../shared/core/audit/glance.ts";
import { announcesSecret, sightText } from "../../../shared/core/audit/sighting.ts";
import type { TagRule } from "../../../shared/core/policy/policy.ts";
import { rulesByName } from "../../../shared/core/policy/rules-by-name.ts";
import { constant, rule, tags } from "../plan/builders.ts";

const ALL = { only: null, except: [] };
const required = rule("Env", { required: ALL, aliases: ["env"] });
const filled = rule("Env", { sources: [constant("dev")] });
const listed = rule("Env", { values: { prod: ["Prod"], dev: [] }, aliases: ["env"] });
const overwritten = rule("Env", { whenPresent: "overwrite" });
const prohibited = rule("Env", {
  prohibited: true,
  required: ALL,
  sources: [constant("x")],
  aliases: ["env"],
});

const glanceAt = (rules: readonly TagRule[], held: { readonly [key: string]: string }) =>
  createGlance(rulesByName({ tags: [...rules] }), { sight: sightText, announces: announcesSecret })(
    tags(held),
  );

describe("at a glance there is nothing to find, to write or to ask", () => {
  test.each<[string, readonly TagRule[], { readonly [key: string]: string }, boolean]>([
    ["where no rule wants a value", [listed], {}, true],
    ["where nobody knows the keys", [], { Note: "x" }, true],
    ["unless the tag is required", [required], {}, false],
    ["unless the policy has a value for it", [filled], {}, false],
    ["where the required tag is there", [required], { Env: "x" }, true],
    ["unless it is empty", [required], { Env: "" }, false],
    ["unless it stands under an alias", [required], { env: "x" }, false],
    ["unless it stands under an alias, too", [required], { Env: "x", env: "x" }, false],
    ["where the value is allowed", [listed], { Env: "prod" }, true],
    ["where an optional tag is empty", [listed], { Env: "" }, true],
    ["unless the value is a variant", [listed], { Env: "Prod" }, false],
    ["unless the value is not allowed", [listed], { Env: "x" }, false],
    ["unless any value is overwritten", [overwritten], { Env: "x" }, false],
    ["unless a prohibited tag is there", [prohibited], { Env: "x" }, false],
    ["where a prohibited tag is not", [prohibited], {}, true],
    ["where only its alias is there", [prohibited], { env: "x" }, true],
    [
      "unless one of two is missing",
      [filled, rule("Team", { required: ALL })],
      { Env: "x" },
      false,
    ],
    [
      "where both are there",
      [filled, rule("Team", { required: ALL })],
      { Env: "x", Team: "y" },
      true,
    ],
  ])("%s", (_, rules, held, quiet) => expect(glanceAt(rules, held).quiet).toBe(quiet));

  test("and each tag is told, and what it seems to hold", () => {
    expect(glanceAt([listed], { Env: "x", env: "", Note: "alice@example.com" })).toEqual({
      told: [
        { key: "Env", value: "x", declared: true, invalid: true },
        { key: "env", value: "", declared: true, invalid: false },
        { key: "Note", value: "alice@example.com", declared: false, invalid: false },
      ],
      sighted: [
        { key: "Note", value: "alice@example.com", keyHolds: null, valueHolds: "personal-data" },
      ],
      quiet: false,
    });
    expect(glanceAt([listed], { Env: "" }).told).toEqual([
      { key: "Env", value: "", declared: true, invalid: false },
    ]);
  });
});
