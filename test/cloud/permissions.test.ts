import { describe, expect, test } from "vitest";
import { allowingAction, type Statement } from "./permissions.ts";

const allow = (Action: string[], about: Partial<Statement> = {}): Statement => ({
  Effect: "Allow",
  Action,
  ...about,
});
const deny = (Action: string[], about: Partial<Statement> = {}): Statement => ({
  Effect: "Deny",
  Action,
  ...about,
});
const only = (keys: string[]) => ({ "ForAnyValue:StringNotEquals": { "g:TagKeys": keys } });

const cases: readonly [
  about: string,
  Statement[],
  Parameters<typeof allowingAction>[1],
  string | undefined,
][] = [
  ["nothing is allowed that no statement names", [], { actions: ["a:b:c"] }, undefined],
  [
    "an action of either generation will do",
    [allow(["x:y:z"])],
    { actions: ["a:b:c", "x:y:z"] },
    "x:y:z",
  ],
  ["case does not matter", [allow(["A:B:C"])], { actions: ["a:b:c"] }, "A:B:C"],
  ["a star is any run of characters", [allow(["a:*"])], { actions: ["a:b:c"] }, "a:*"],
  ["a point is no wildcard", [allow(["a.b"])], { actions: ["a:b"] }, undefined],
  ["a denial wins", [allow(["a:b:c"]), deny(["a:b:c"])], { actions: ["a:b:c"] }, undefined],
  [
    "a resource must fit",
    [allow(["a"], { Resource: ["r:x/*"] })],
    { actions: ["a"], resource: "r:x/1" },
    "a",
  ],
  [
    "another does not",
    [allow(["a"], { Resource: ["r:x/*"] })],
    { actions: ["a"], resource: "r:y/1" },
    undefined,
  ],
  ["nor does none", [allow(["a"], { Resource: ["*"] })], { actions: ["a"] }, undefined],
  [
    "a key that is not listed is denied",
    [allow(["a"]), deny(["a"], { Condition: only(["K"]) })],
    { actions: ["a"], tagKeys: ["K", "L"] },
    undefined,
  ],
  [
    "listed keys are not",
    [allow(["a"]), deny(["a"], { Condition: only(["K", "L"]) })],
    { actions: ["a"], tagKeys: ["L", "K"] },
    "a",
  ],
  [
    "keys are told apart by case",
    [allow(["a"]), deny(["a"], { Condition: only(["K"]) })],
    { actions: ["a"], tagKeys: ["k"] },
    undefined,
  ],
  [
    "no key is no stranger",
    [allow(["a"]), deny(["a"], { Condition: only(["K"]) })],
    { actions: ["a"] },
    "a",
  ],
];

describe("documents of IAM", () => {
  test.each(cases)("%s", (_, Statement, ask, expected) => {
    expect(allowingAction([{ Statement }], ask)).toBe(expected);
  });

  test("conditions that are not known here are said", () => {
    const Statement = [allow(["a"], { Condition: { Bool: { "g:MFAPresent": ["true"] } } })];
    expect(() => allowingAction([{ Statement }], { actions: ["a"] })).toThrow(/Bool/);
  });
});
