import { describe, expect, test } from "vitest";
import { createGlance } from "../../../shared/core/audit/glance.ts";
import { announcesSecret, sightText } from "../../../shared/core/audit/sighting.ts";
import type { TagRule } from "../../../shared/core/policy/policy.ts";
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
  createGlance({ tags: rules }, { sight: sightText, announces: announcesSecret })(tags(held));

const team = rule("Team", { required: ALL });

describe("at a glance there is nothing to find, to write or to ask", () => {
  test.each<[string, readonly TagRule[], { readonly [key: string]: string }, readonly TagRule[]]>([
    ["where there is no rule", [], {}, []],
    ["of a rule whose tag is as it should be", [team, listed], { Env: "prod" }, [team]],
    ["of several rules, in the policy's order", [team, filled], {}, [team, filled]],
    ["of a rule whose tag another one is not", [listed, team], { Env: "x", Team: "y" }, [listed]],
    ["of a rule of whose alias nobody speaks", [prohibited, team], { env: "" }, [team]],

    ["where no rule wants a value", [listed], {}, []],
    ["where nobody knows the keys", [], { Note: "x" }, []],
    ["unless the tag is required", [required], {}, [required]],
    ["unless the policy has a value for it", [filled], {}, [filled]],
    ["where the required tag is there", [required], { Env: "x" }, []],
    ["unless it is empty", [required], { Env: "" }, [required]],
    ["unless it stands under an alias", [required], { env: "x" }, [required]],
    ["unless it stands under an alias, too", [required], { Env: "x", env: "x" }, [required]],
    ["where the value is allowed", [listed], { Env: "prod" }, []],
    ["where an optional tag is empty", [listed], { Env: "" }, []],
    ["unless the value is a variant", [listed], { Env: "Prod" }, [listed]],
    ["unless the value is not allowed", [listed], { Env: "x" }, [listed]],
    ["unless any value is overwritten", [overwritten], { Env: "x" }, [overwritten]],
    ["unless a prohibited tag is there", [prohibited], { Env: "x" }, [prohibited]],
    ["where a prohibited tag is not", [prohibited], {}, []],
    ["where only its alias is there", [prohibited], { env: "x" }, []],
    ["unless one of two is missing", [filled, team], { Env: "x" }, [team]],
    ["where both are there", [filled, team], { Env: "x", Team: "y" }, []],
  ])("%s", (_, rules, held, unsettled) =>
    expect(glanceAt(rules, held).unsettled).toEqual(unsettled),
  );

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
      unsettled: [listed],
    });
    expect(glanceAt([listed], { Env: "" }).told).toEqual([
      { key: "Env", value: "", declared: true, invalid: false },
    ]);
  });
});
