import { describe, expect, test } from "vitest";
import type { Intent } from "../../../shared/core/run/journal.ts";
import { plannedWork } from "../../../shared/core/run/planned-work.ts";
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
