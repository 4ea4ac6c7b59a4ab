import { describe, expect, test } from "vitest";
import type { KeyProfile } from "../../../shared/core/policy/policy.ts";
import type { ResourceType } from "../../../shared/core/resource.ts";
import { planEdits } from "../../../shared/core/run/edit.ts";
import type { Edits } from "../../../shared/core/run/edits.ts";
import { foreignTags, tags } from "../plan/builders.ts";

type Entries = { readonly [key: string]: string };

const rows = (
  edits: Edits,
  current: Entries,
  type: ResourceType = "secret",
  profile: KeyProfile = "documented",
) => planEdits(edits, type, tags(current), profile).changes;

describe("rename", () => {
  const edits = { rename: { owner: "Owner" } };

  test("moves a value to the new key", () => {
    expect(rows(edits, { owner: "ann", Other: "x" })).toStrictEqual([
      { key: "owner", op: "delete", from: "ann", reason: "renamed" },
      { key: "Owner", op: "create", to: "ann", source: "rename owner" },
    ]);
  });

  test("only deletes the old key where the new one has the same value", () => {
    expect(rows(edits, { owner: "ann", Owner: "ann" })).toStrictEqual([
      { key: "owner", op: "delete", from: "ann", reason: "renamed" },
    ]);
  });

  test("touches neither key where they have different values", () => {
    expect(rows(edits, { owner: "ann", Owner: "bob" })).toStrictEqual([
      { key: "owner", op: "keep", from: "ann", reason: "conflict" },
      { key: "Owner", op: "keep", from: "bob", reason: "conflict" },
    ]);
  });

  test("has nothing to do where the old key is missing", () => {
    expect(rows(edits, { Owner: "bob" })).toStrictEqual([]);
  });

  test("keeps the old key where the kind does not accept the new one", () => {
    const long = "k".repeat(37);
    expect(rows({ rename: { owner: long } }, { owner: "ann" }, "key")).toStrictEqual([
      { key: "owner", op: "keep", from: "ann", reason: "key-does-not-fit" },
      { key: long, op: "refuse", to: "ann", reason: "key-does-not-fit" },
    ]);
  });

  test("has room on a full resource", () => {
    const changes = rows(edits, { owner: "ann", ...foreignTags(19) });
    expect(changes.map(({ op }) => op)).toStrictEqual(["delete", "create"]);
  });
});

describe("map", () => {
  const edits = { map: { Env: { prd: "prod", "": "dev" } } };

  test.each([
    ["prd", "prod"],
    ["", "dev"],
  ])("replaces the exact value %j", (from, to) => {
    expect(rows(edits, { Env: from })).toStrictEqual([
      { key: "Env", op: "overwrite", from, to, source: "map" },
    ]);
  });

  test.each(["PRD", "prod", "prd "])("leaves %j", (value) => {
    expect(rows(edits, { Env: value })).toStrictEqual([]);
  });

  test("knows no value that its table only inherits", () => {
    expect(rows(edits, { Env: "constructor" })).toStrictEqual([]);
  });

  test("gives a key that is missing no value", () => {
    expect(rows({ map: { Env: { undefined: "dev" } } }, {})).toStrictEqual([]);
  });
});

describe("set", () => {
  test("creates, overwrites, or leaves what is there already", () => {
    const edits = { set: { A: "1", B: "2", C: "3", D: "" } };
    expect(rows(edits, { B: "1", C: "3" })).toStrictEqual([
      { key: "B", op: "overwrite", from: "1", to: "2", source: "set" },
      { key: "A", op: "create", to: "1", source: "set" },
      { key: "D", op: "create", to: "", source: "set" },
    ]);
  });

  test("refuses a value or a key that the kind does not accept, and encodes nothing", () => {
    const edits = { set: { A: "a*b", "B*": "b", C: "c" } };
    expect(rows(edits, { A: "old" })).toStrictEqual([
      { key: "A", op: "refuse", from: "old", to: "a*b", reason: "value-does-not-fit" },
      { key: "C", op: "create", to: "c", source: "set" },
      { key: "B*", op: "refuse", to: "b", reason: "key-does-not-fit" },
    ]);
  });

  test("leaves out, the last first, what has no room, and trims nothing that is there", () => {
    const edits = { set: { A: "1", B: "2" } };
    expect(rows(edits, foreignTags(19))).toStrictEqual([
      { key: "A", op: "create", to: "1", source: "set" },
      { key: "B", op: "refuse", to: "2", reason: "no-room" },
    ]);
    expect(rows(edits, foreignTags(9), "key")).toHaveLength(2);
    expect(rows(edits, foreignTags(25)).map(({ op }) => op)).toStrictEqual(["refuse", "refuse"]);
  });

  test("replaces a value where there are more tags than fit", () => {
    expect(rows({ set: { "foreign-0": "ours" } }, foreignTags(21))).toStrictEqual([
      { key: "foreign-0", op: "overwrite", from: "theirs", to: "ours", source: "set" },
    ]);
  });

  test("has the room of what is unset", () => {
    const changes = rows({ set: { A: "1" }, unset: ["foreign-0"] }, foreignTags(20));
    expect(changes.map(({ key, op }) => [key, op])).toStrictEqual([
      ["foreign-0", "delete"],
      ["A", "create"],
    ]);
  });
});

test("unset deletes what is there", () => {
  expect(rows({ unset: ["A", "B", "_sys_c"] }, { A: "1" })).toStrictEqual([
    { key: "A", op: "delete", from: "1", reason: "unset" },
  ]);
});

test("a key whose tags go beyond the documented limits is handled as extended", () => {
  const long = "v".repeat(100);
  expect(planEdits({ set: { A: long } }, "key", tags({ B: long }), "documented")).toEqual({
    changes: [{ key: "A", op: "create", to: long, source: "set" }],
    profile: "extended",
  });
  expect(rows({ set: { A: long } }, { B: "1" }, "key")).toMatchObject([{ op: "refuse" }]);
});

test("the service's own tags are never touched", () => {
  const edits = {
    rename: { _sys_a: "A", B: "_sys_b" },
    map: { _sys_c: { x: "y" } },
    set: { _sys_d: "1" },
    unset: ["_sys_e"],
  };
  const current = { _sys_a: "1", B: "2", _sys_c: "x", _sys_e: "3" };
  for (const { op, reason } of rows(edits, current)) {
    expect(["keep", "refuse"]).toContain(op);
    expect(reason).toBe("key-does-not-fit");
  }
});

describe("each edit sees what the one before left", () => {
  test("a renamed key is mapped, and has one row", () => {
    const edits = { rename: { env: "Env" }, map: { Env: { prd: "prod" } } };
    expect(rows(edits, { env: "prd" })).toStrictEqual([
      { key: "env", op: "delete", from: "prd", reason: "renamed" },
      { key: "Env", op: "create", to: "prod", source: "map" },
    ]);
  });

  test("a key that is set after a rename has that value", () => {
    const edits = { rename: { env: "Env" }, set: { Env: "dev" } };
    expect(rows(edits, { env: "prd" })).toStrictEqual([
      { key: "env", op: "delete", from: "prd", reason: "renamed" },
      { key: "Env", op: "create", to: "dev", source: "set" },
    ]);
  });

  test("a key that cannot move is told by what is there in the end", () => {
    const edits = { rename: { env: "Env" }, set: { Env: "dev" } };
    expect(rows(edits, { env: "prod*" })).toStrictEqual([
      { key: "env", op: "keep", from: "prod*", reason: "conflict" },
      { key: "Env", op: "create", to: "dev", source: "set" },
    ]);
  });

  test("a conflict that mappings of both keys end is none", () => {
    const edits = {
      rename: { env: "Env" },
      map: { env: { p: "prod" }, Env: { prd: "prod" } },
    };
    expect(rows(edits, { env: "p", Env: "prd" })).toStrictEqual([
      { key: "env", op: "delete", from: "p", reason: "renamed" },
      { key: "Env", op: "overwrite", from: "prd", to: "prod", source: "map" },
    ]);
  });

  test("a conflict that a mapping ends is none", () => {
    const edits = { rename: { env: "Env" }, map: { Env: { prd: "prod" } } };
    expect(rows(edits, { env: "prod", Env: "prd" })).toStrictEqual([
      { key: "env", op: "delete", from: "prod", reason: "renamed" },
      { key: "Env", op: "overwrite", from: "prd", to: "prod", source: "map" },
    ]);
  });
});

describe("where edits contradict each other", () => {
  test("what is set and unset needs no room", () => {
    expect(rows({ set: { A: "1" }, unset: ["A"] }, foreignTags(20))).toStrictEqual([]);
  });

  test("a key that is renamed to itself stays", () => {
    expect(rows({ rename: { A: "A" } }, { A: "x" })).toStrictEqual([]);
  });

  test.each<Edits>([
    { rename: { A: "B", B: "A" } },
    { rename: { A: "B" }, set: { A: "1" } },
    { map: { A: { x: "y", y: "x" } } },
  ])("planning %j comes to an end nevertheless", (edits) => {
    expect(rows(edits, { A: "x" }).length).toBeLessThanOrEqual(2);
  });
});
