import { describe, expect, test } from "vitest";
import type { Selector } from "../../../shared/core/policy/policy.ts";
import {
  picks,
  type Selection,
  selectedTypes,
  selectionSchema,
  unknownSelectors,
} from "../../../shared/core/run/selection.ts";
import type { Subject } from "../../../shared/core/selector.ts";
import { facts, policy } from "../plan/builders.ts";

const ID = "0a1b2c3d-4e5f-6a7b-8c9d-0e1f2a3b4c5d";
const OTHER = "1a1b2c3d-4e5f-6a7b-8c9d-0e1f2a3b4c5d";
const ref = { type: "secret", id: ID } as const;
const selectors: { readonly [name: string]: Selector } = {
  prod: { name: [{ regex: "^prod-" }] },
  test: { name: [{ regex: "^test-" }] },
  enabled: { state: [{ in: ["ENABLED"] }] },
};
const subject: Subject = {
  facts: facts({ "resource.name": "prod-db" }),
  selectors,
  tagValue: () => undefined,
};

describe("a selection", () => {
  test.each<[Selection, boolean]>([
    [{}, true],
    [{ types: ["secret"] }, true],
    [{ types: ["key", "secret"] }, true],
    [{ types: ["key"] }, false],
    [{ ids: [OTHER, ID] }, true],
    [{ ids: [OTHER] }, false],
    [{ types: ["key"], ids: [ID] }, false],
    [{ selectors: ["prod"] }, true],
    [{ selectors: ["test", "prod"] }, true],
    [{ selectors: ["test"] }, false],
    [{ types: ["secret"], ids: [ID], selectors: ["prod"] }, true],
    [{ ids: [OTHER], selectors: ["prod"] }, false],
    [{ types: ["key"], selectors: ["enabled"] }, false],
    [{ ids: [OTHER], selectors: ["enabled"] }, false],
  ])("%j picks the resource: %j", (selection, holds) => {
    expect(picks(selection, ref, subject)).toEqual({ holds, needs: [] });
  });

  test("does not know before what its selectors ask for was read", () => {
    const unknown = { holds: "unknown", needs: ["resource.state"] };
    expect(picks({ selectors: ["enabled", "test"] }, ref, subject)).toEqual(unknown);
  });

  test("lists the kinds that it can pick", () => {
    expect(selectedTypes({})).toEqual(["secret", "key"]);
    expect(selectedTypes({ types: ["key"] })).toEqual(["key"]);
  });

  test("names the selectors that the policy does not declare", () => {
    const about = policy({ selectors });
    const names = ["prod", "sandbox", "constructor"];
    expect(unknownSelectors({ selectors: names }, about)).toEqual(["sandbox", "constructor"]);
    expect(unknownSelectors({}, about)).toEqual([]);
  });

  test.each<[unknown, boolean]>([
    [{}, true],
    [{ types: ["secret", "key"], selectors: ["prod"], ids: [ID] }, true],
    [{ types: [] }, false],
    [{ types: ["disk"] }, false],
    [{ selectors: [] }, false],
    [{ selectors: [7] }, false],
    [{ ids: [] }, false],
    [{ ids: ["db"] }, false],
    [{ names: ["db"] }, false],
  ])("is %j: %j", (value, isOne) => {
    expect(selectionSchema.safeParse(value).success).toBe(isOne);
  });
});
