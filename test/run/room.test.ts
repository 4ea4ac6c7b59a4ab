/**
 * Goal: a resource that fills up while a run writes it is written all the same, or is as it was before.
 * Method: one more tag by somebody else before each of the operations, both ways that services may take a
 * create on a key that exists.
 */
import { describe, expect, test } from "vitest";
import { openRunStage } from "./stage.ts";
import { type Gate, guard, oneByOne } from "./turns.ts";

const RUN = "20261121-150000-cccccc";
const NAME = "filling";
const FOREIGN = Object.fromEntries(Array.from({ length: 17 }, (_, at) => [`F${at}`, "x"]));
/** One place is left: a rename needs it for a moment, and nothing needs it in the end. */
const BEFORE = { ...FOREIGN, owner: "ann", Environment: "PRD" };
const AFTER = { ...FOREIGN, Owner: "ann", Environment: "prod", Else: "y" };

/** Runs once with somebody who takes the last place before the n-th operation on the resource. */
async function runWhile(createOnExisting: "reject" | "overwrite", nth: number) {
  const stage = await openRunStage({ createOnExisting });
  const { id } = stage.cloud.addSecret({ name: NAME, tags: BEFORE });
  const whole = await stage.plan();
  await stage.orderPart(
    RUN,
    whole,
    whole.resources.filter(({ resource }) => resource.id === id),
  );
  const queue = oneByOne();
  let count = 0;
  const gate: Gate = (asked, perform) =>
    queue(asked, async () => {
      if (asked.on === id && ++count === nth) stage.cloud.tagDirectly(id, { Else: "y" });
      return perform();
    });
  const { outcomes } = await stage.work(RUN, "first", { wrap: (hands) => guard(hands, gate) });
  const tags = stage.cloud.resources().find((it) => it.id === id)?.tags ?? new Map();
  await stage.close();
  const [outcome] = outcomes;
  return { kind: outcome?.kind, tags: Object.fromEntries(tags), wasTaken: count >= nth };
}

/**
 * By the operation before which the place is taken. Where a value is replaced by taking it away, the place may
 * go between the last read and the new value: what was taken is put back, and the failure is told.
 */
const ENDS = {
  overwrite: ["stale", "tagged", "tagged", "tagged"],
  reject: ["stale", "tagged", "tagged", "failed", "failed", "tagged", "tagged"],
};

describe.each(["reject", "overwrite"] as const)("where create on an existing key is: %s", (how) => {
  test("whoever takes the last place, whenever, nothing is lost and that tag stays", async () => {
    const kinds: unknown[] = [];
    for (let nth = 1; ; nth++) {
      const { kind, tags, wasTaken } = await runWhile(how, nth);
      if (!wasTaken) break;
      kinds.push(kind);
      expect(tags, `before operation ${nth}`).toEqual(
        kind === "tagged" ? AFTER : { ...BEFORE, Else: "y" },
      );
    }
    expect(kinds).toEqual(ENDS[how]);
  });
});
