import { describe, expect, test } from "vitest";
import { brokenGuards } from "../../../shared/core/run/guard.ts";
import type { PlannedResource, RunPlan } from "../../../shared/core/run/run-plan.ts";

const GUARDS = { maxChanges: 30, maxPercent: 10 };
const byPolicy: RunPlan["origin"] = { by: "policy", selection: {} };

/** A plan that changes so many of so many resources. */
function plan(changes: number, selected: number, origin = byPolicy) {
  const resources = Array.from({ length: changes }, (_, index): PlannedResource => {
    const id = `${String(index).padStart(8, "0")}-0000-0000-0000-000000000000`;
    return { resource: { type: "key", id }, digest: "", profile: "documented", changes: [] };
  });
  return { origin, resources, selected };
}

describe("a plan", () => {
  test.each<[string, number, number]>([
    ["may change as many resources as allowed", 30, 1_000],
    ["may change the share that is allowed", 20, 200],
    ["may be of any share while it changes few", 19, 19],
    ["may be empty", 0, 0],
  ])("%s", (_what, changes, selected) => {
    expect(brokenGuards(plan(changes, selected), GUARDS)).toEqual([]);
  });

  test.each<[string, number, number, readonly string[]]>([
    ["more resources than allowed", 31, 1_000, ["31 changes, at most 30 (maxChanges)"]],
    [
      "a larger share than allowed",
      20,
      199,
      ["20 of 199 selected resources (10 %), at most 10 % (maxPercent)"],
    ],
    [
      "both",
      31,
      40,
      [
        "31 changes, at most 30 (maxChanges)",
        "31 of 40 selected resources (78 %), at most 10 % (maxPercent)",
      ],
    ],
  ])("must not change %s", (_what, changes, selected, sentences) => {
    expect(brokenGuards(plan(changes, selected), GUARDS)).toEqual(sentences);
  });

  test("that takes back a run is bounded by that run alone", () => {
    expect(brokenGuards(plan(31, 31, { by: "undo", run: "r-1" }), GUARDS)).toEqual([]);
  });
});
