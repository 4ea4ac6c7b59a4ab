import { describe, expect, test } from "vitest";
import { SECRET_LIMITS } from "../../../shared/core/limits.ts";
import { type PlanMode, planTags, type TagPlan } from "../../../shared/core/plan/plan.ts";
import type { Policy, TagRule } from "../../../shared/core/policy/policy.ts";
import type { TagSet } from "../../../shared/core/tag.ts";
import {
  applied,
  constant,
  facts,
  foreignTags,
  from,
  policy,
  rule,
  writesNothing,
} from "./builders.ts";

// A key, its alias and a second key, each absent, empty, valid, a variant or invalid, under every
// `whenPresent`, kind of source and mode, with and without room: few enough to try them all.

const VALUES = [undefined, "", "good", "fine", "GOOD", "bad"];
const MODES: readonly PlanMode[] = ["creation", "bulk"];
const MOMENTS: readonly TagRule["whenPresent"][] = ["keep", "correct", "overwrite"];
const SOURCES = [
  [],
  [constant("good")],
  [constant("bad")],
  [from("creator.name"), constant("good")],
  [from("resource.name")],
];

const currents: readonly TagSet[] = ["A", "a", "B"].reduce<readonly TagSet[]>(
  (sets, key) =>
    sets.flatMap((set) =>
      VALUES.map((value) => (value === undefined ? set : new Map([...set, [key, value]]))),
    ),
  [new Map()],
);

const policies: readonly Policy[] = MOMENTS.flatMap((whenPresent) =>
  SOURCES.map((sources) =>
    policy({
      tags: [
        rule("A", { aliases: ["a"], values: { good: [], fine: [] }, sources, whenPresent }),
        rule("B", { prohibited: true }),
      ],
    }),
  ),
);

const known = facts({ "resource.name": "fine" }, { hasEvent: false });

/** Tries every case, and names those in which something does not hold. */
function always(holds: (about: Policy, current: TagSet, mode: PlanMode, plan: TagPlan) => boolean) {
  const broken: string[] = [];
  for (const [index, about] of policies.entries())
    for (const mode of MODES)
      for (const others of [0, 19, 20])
        for (const named of currents) {
          const current = new Map([...named, ...Object.entries(foreignTags(others))]);
          if (!holds(about, current, mode, planTags(about, known, current, mode)))
            broken.push(JSON.stringify({ policy: index, mode, others, named: [...named] }));
        }
  expect(broken).toEqual([]);
}

describe("whatever is there and whatever is wanted", () => {
  test("the wanted key has exactly one row, and an alias one exactly where it is there", () => {
    always((_about, current, _mode, { changes }) => {
      const rows = changes.map(({ key }) => key).sort();
      const expected = ["A", "B", "a"].filter((key) => key === "A" || current.has(key));
      return rows.join() === expected.join();
    });
  });

  test("each row is one source or one reason, and says what was read", () => {
    always((_about, current, _mode, { changes }) =>
      changes.every(({ key, op, from: read, to, source, reason }) => {
        const writes = op === "create" || op === "overwrite";
        const missing = read === undefined || read === "";
        return (
          read === current.get(key) &&
          writes === (reason === undefined) &&
          (writes || reason === "no-room") === (source !== undefined && to !== undefined) &&
          (op === "create" || op === "refuse" ? missing : true) &&
          (op === "overwrite" ? to !== read : true)
        );
      }),
    );
  });

  test("a second run, and a run on creation after it, have nothing left to write", () => {
    always((about, current, mode, plan) => {
      const after = applied(current, plan);
      const again = planTags(about, known, after, mode);
      const conflict = again.changes.some(({ reason }) => reason === "conflict");
      const created = planTags(about, known, after, "creation");
      return writesNothing(again) && (conflict || writesNothing(created));
    });
  });

  test("on creation, aliases make no difference to a key that has a value", () => {
    always((about, current, mode, plan) => {
      if (mode !== "creation" || (current.get("A") ?? "") === "") return true;
      const bare = new Map([...current].filter(([key]) => key !== "a"));
      const rowOf = ({ changes }: TagPlan) =>
        JSON.stringify(changes.find(({ key }) => key === "A"));
      return rowOf(plan) === rowOf(planTags(about, known, bare, mode));
    });
  });

  test("no more tags than fit, unless there were more", () => {
    always((_about, current, _mode, plan) => {
      const most = Math.max(SECRET_LIMITS.tagsMax, current.size);
      return applied(current, plan).size <= most;
    });
  });

  test("nothing is deleted on creation, and no value of an alias is lost in bulk", () => {
    always((about, current, mode, plan) => {
      const after = applied(current, plan);
      if (mode === "creation") return [...current.keys()].every((key) => after.has(key));
      const moved = current.get("a") ?? "";
      if (moved === "" || after.has("a")) return true;
      const value = after.get("A") ?? "";
      return about.tags[0]?.whenPresent === "keep" ? value === moved : value !== "";
    });
  });

  test("a valid value is never replaced unless the rule says overwrite", () => {
    always((about, current, _mode, plan) => {
      const value = current.get("A");
      if ((value !== "good" && value !== "fine") || about.tags[0]?.whenPresent === "overwrite")
        return true;
      return applied(current, plan).get("A") === value;
    });
  });
});
