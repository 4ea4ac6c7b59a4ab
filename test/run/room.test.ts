/**
 * Goal: a resource that fills up while a run writes it is written all the same, or is as it was before.
 * Method: one more tag by somebody else before each of the operations, on a secret and on a key, both ways that
 * services may take a create on a key that exists.
 */
import { expect, test } from "vitest";
import { openRunStage, type RunStage } from "./stage.ts";
import { type Gate, guard, oneByOne } from "./turns.ts";

const RUN = "20261121-150000-cccccc";
const NAME = "filling";
const foreign = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`F${at}`, "x"]));
/** One place is left: a rename needs it for a moment, and nothing needs it in the end. */
const FOREIGN = { secret: foreign(17), key: foreign(7) };
const BEFORE = { owner: "ann", Environment: "PRD" };
const AFTER = { Owner: "ann", Environment: "prod" };
const ELSE = { Else: "y" };

type Case = {
  readonly type: "secret" | "key";
  readonly createOnExisting: "reject" | "overwrite";
};

function tagsOf({ cloud }: RunStage, id: string): ReadonlyMap<string, string> {
  return cloud.resources().find((one) => one.id === id)?.tags ?? new Map();
}

/** Runs once with somebody who takes the last place before the n-th operation on the resource. */
async function runWhile({ type, createOnExisting }: Case, nth: number) {
  const stage = await openRunStage({ createOnExisting });
  const added = { name: NAME, tags: { ...FOREIGN[type], ...BEFORE } };
  const { id } = type === "secret" ? stage.cloud.addSecret(added) : stage.cloud.addKey(added);
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
      if (asked.on === id && ++count === nth) stage.cloud.tagDirectly(id, ELSE);
      return perform();
    });
  const { outcomes } = await stage.work(RUN, "first", { wrap: (hands) => guard(hands, gate) });
  const tags = tagsOf(stage, id);
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

const CASES: readonly Case[] = (["secret", "key"] as const).flatMap((type) =>
  (["reject", "overwrite"] as const).map((createOnExisting) => ({ type, createOnExisting })),
);

test.each(CASES)(
  "whoever takes the last place of a $type, whenever, nothing is lost (create on an existing key: $createOnExisting)",
  async (of) => {
    const rest = { ...FOREIGN[of.type], ...ELSE };
    const kinds: unknown[] = [];
    for (let nth = 1; ; nth++) {
      const { kind, tags, wasTaken } = await runWhile(of, nth);
      if (!wasTaken) break;
      kinds.push(kind);
      expect(tags, `before operation ${nth}`).toEqual({
        ...rest,
        ...(kind === "tagged" ? AFTER : BEFORE),
      });
    }
    expect(kinds).toEqual(ENDS[of.createOnExisting]);
  },
);

test.each(["reject", "overwrite"] as const)(
  "a key that the service calls full where the policy expects more room is renamed all the same (create on an existing key: %s)",
  async (createOnExisting) => {
    const stage = await openRunStage({ createOnExisting, keyLimits: "documented" });
    const before = { ...foreign(8), owner: "ann", Environment: "prod" };
    const { id } = stage.cloud.addKey({ name: NAME, tags: before });
    const whole = await stage.plan();
    const part = whole.resources.filter(({ resource }) => resource.id === id);
    await stage.orderPart(
      RUN,
      whole,
      part.map((one) => ({ ...one, profile: "extended" })),
    );
    const { outcomes } = await stage.work(RUN, "first");
    const tags = tagsOf(stage, id);
    await stage.close();
    expect(outcomes.map(({ kind }) => kind)).toEqual(["tagged"]);
    expect(Object.fromEntries(tags)).toEqual({ ...foreign(8), ...AFTER });
  },
);

test("where one of two places is taken while values are replaced, what still fits is put back and the rest is told", async () => {
  const stage = await openRunStage({ createOnExisting: "reject" });
  const before = { ...foreign(18), owner: "ann", Environment: "PRD" };
  const { id } = stage.cloud.addSecret({ name: NAME, tags: before });
  const whole = await stage.plan();
  const part = whole.resources.filter(({ resource }) => resource.id === id);
  await stage.orderPart(RUN, whole, part);
  const queue = oneByOne();
  const gate: Gate = (asked, perform) =>
    queue(asked, async () => {
      // Both were taken away for the new ones, and nothing is there yet.
      if (tagsOf(stage, id).size === 18) stage.cloud.tagDirectly(id, ELSE);
      return perform();
    });
  const { outcomes } = await stage.work(RUN, "first", { wrap: (hands) => guard(hands, gate) });
  const tags = tagsOf(stage, id);
  await stage.close();
  expect(outcomes.map(({ kind }) => kind)).toEqual(["stale"]);
  const lost = outcomes.flatMap((one) => one.tags).filter(({ reason }) => reason === "lost");
  expect(lost.map(({ key, from }) => [key, from])).toEqual([["Environment", "PRD"]]);
  expect(Object.fromEntries(tags)).toEqual({ ...foreign(18), ...ELSE, owner: "ann" });
});
