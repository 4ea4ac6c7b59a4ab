import { describe, expect, test } from "vitest";
import type { Intent } from "../../../shared/core/run/journal.ts";
import { hasRoom, plannedWork } from "../../../shared/core/run/planned-work.ts";
import type { PlannedResource } from "../../../shared/core/run/run-plan.ts";

const resource = { type: "key", id: "0123abcd-0123-0123-0123-0123456789ab" } as const;
const foreign = Array.from({ length: 9 }, (_, index) => [`Foreign${index}`, "f"] as const);

/** A key of ten tags, of which one moves to another key. */
const planned: PlannedResource = {
  resource,
  digest: "as-planned",
  profile: "documented",
  changes: [
    { key: "Owner", op: "create", to: "ann", source: "alias owner" },
    { key: "owner", op: "delete", from: "ann", reason: "merged" },
  ],
};
const open: Intent = {
  entry: "intent",
  at: "2026-11-21T12:00:00.000Z",
  resource,
  steps: [
    { key: "Owner", before: null, after: "ann" },
    { key: "owner", before: "ann", after: null },
  ],
};

const decide = (plan: PlannedResource, tags: Iterable<readonly [string, string]>) =>
  plannedWork(plan, open, () => "changed").decide(new Map(tags));

describe("who goes on where another worker stopped between taking away and writing", () => {
  test("writes what is missing", () => {
    expect(decide(planned, foreign)).toMatchObject({ do: "write", left: [{ key: "Owner" }] });
  });

  test("asks for no more tags than fit where somebody else took the room meanwhile", () => {
    const ending = { kind: "stale", reason: "changed since the plan" };
    expect(decide(planned, [...foreign, ["Note", "n"]])).toMatchObject({ do: "end", ending });
  });

  test("has the room of what is still to be deleted", () => {
    expect(decide(planned, [...foreign, ["owner", "ann"]])).toMatchObject({ do: "write" });
  });

  test("has the room that the resource was seen to have", () => {
    const wide: PlannedResource = { ...planned, profile: "extended" };
    expect(decide(wide, [...foreign, ["Note", "n"]])).toMatchObject({ do: "write" });
    const more = [...foreign, ["Note", "n"], ["More", "m"]] as const;
    expect(decide(planned, more)).toMatchObject({ do: "write" });
  });
});

describe("a resource of a plan", () => {
  const rows = [
    ...planned.changes,
    { key: "Note", op: "keep", from: "n", reason: "valid" } as const,
  ];
  const whole: PlannedResource = { ...planned, changes: rows };
  const writes = planned.changes;
  const refused = [
    { key: "Owner", op: "refuse", to: "ann", source: "alias owner", reason: "not-written" },
    { key: "owner", op: "refuse", from: "ann", reason: "not-written" },
    rows[2],
  ];
  const stale = { kind: "stale", reason: "changed since the plan", tags: refused };

  /** What is decided where the digest is that of the plan, or another one. */
  const asPlanned = (plan: PlannedResource, intent: Intent | null, tags: Iterable<Tag>) =>
    plannedWork(plan, intent, () => plan.digest).decide(new Map(tags));
  const changed = (intent: Intent | null, tags: Iterable<Tag>) =>
    plannedWork(whole, intent, () => "changed").decide(new Map(tags));
  type Tag = readonly [string, string];

  test("wants what its plan says before anything was read", () => {
    expect(plannedWork(whole, null, () => "")).toMatchObject({ resource, wanted: rows });
  });

  test("is told by all of its tags", () => {
    const seen: unknown[] = [];
    const digestOf = (tags: unknown) => `${seen.push(tags)}`;
    const current = new Map([["owner", "ann"]]);
    plannedWork(whole, null, digestOf).decide(current);
    expect(seen).toEqual([current]);
  });

  test.each([
    ["whoever begins", null],
    ["whoever goes on", open],
  ])("is written where it is as the plan saw it, by %s", (_who, intent) => {
    const written = { do: "write", changes: rows, left: writes, profile: "documented" };
    expect(asPlanned(whole, intent, [["owner", "ann"]])).toEqual(written);
  });

  test("is written where it is as the plan saw it, even beyond the limits", () => {
    const full = Array.from({ length: 25 }, (_, index) => [`Foreign${index}`, "f"] as const);
    expect(asPlanned(whole, null, full)).toMatchObject({ do: "write", left: writes });
  });

  test("is left alone where somebody else changed another tag", () => {
    const decision = changed(null, [
      ["owner", "ann"],
      ["Other", "o"],
    ]);
    expect(decision).toEqual({ do: "end", ending: stale, wrote: false });
  });

  test("is left alone where somebody else changed a key of the plan", () => {
    const current = [["owner", "bob"]] as const;
    const wanted = { do: "end", ending: stale, wrote: false };
    expect([changed(null, current), changed(open, current)]).toEqual([wanted, wanted]);
  });

  test("is unchanged where nobody began and all is as planned already", () => {
    const ending = { kind: "unchanged", reason: "as planned already", tags: refused };
    const current = [["Owner", "ann"]] as const;
    expect(changed(null, current)).toEqual({ do: "end", ending, wrote: false });
  });

  test("was written by who began where all is as planned already", () => {
    const ending = { kind: "tagged", reason: "resumed", tags: rows };
    expect(changed(open, [["Owner", "ann"]])).toEqual({ do: "end", ending, wrote: true });
  });

  test("of which nothing is written is as planned", () => {
    const kept: PlannedResource = { ...planned, changes: rows.slice(2) };
    expect(asPlanned(kept, null, [])).toMatchObject({ do: "end", ending: { kind: "unchanged" } });
  });
});

describe("room for what is left", () => {
  const secret = { type: "secret", id: "s" } as const;
  const tags = (count: number) =>
    new Map(Array.from({ length: count }, (_, index) => [`Foreign${index}`, "f"]));
  const [create, remove] = planned.changes;
  const replace = { key: "Foreign0", op: "overwrite", from: "f", to: "g" } as const;

  test.each([
    ["a new tag, the last that fits", 19, [create], true],
    ["a new tag beyond", 20, [create], false],
    ["a new tag beside a deletion", 20, [create, remove], true],
    ["two new tags beside a deletion", 20, [create, create, remove], false],
    ["another value", 25, [replace], true],
    ["a deletion", 25, [remove], true],
    ["nothing", 25, [], true],
  ])("is asked for by what is new: %s on %i tags", (_what, count, left, fits) => {
    const rows = left.filter((row) => row !== undefined);
    expect(hasRoom(secret, rows, tags(count), "documented")).toBe(fits);
  });
});
