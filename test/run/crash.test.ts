/**
 * Goal: a worker may die at any moment, and nothing is lost, doubled or touched that is not ours.
 * Method: a run over resources of every sort, whose worker does one thing at a time and dies at the k-th,
 * before or after it took effect, for every k; then the run is undone as it is, or taken up by another
 * worker. The cloud's state is looked at after every single operation.
 */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RunPlan } from "../../shared/core/run/run-plan.ts";
import { LEASE_MS } from "../../shared/io/run/lease.ts";
import { readStatus } from "../../shared/io/run/status.ts";
import type { SettingsChange } from "../cloud/settings.ts";
import { carriedOut, harmIn, setTags, type Tags, type TagsByName, tagsOf } from "./resources.ts";
import { type Hands, openRunStage, type RunStage } from "./stage.ts";
import { type Death, guard, mortal, ownLease, takingTurns } from "./turns.ts";

const RUN = "20261121-120000-aaaaaa";
const UNDO = "20261121-130000-bbbbbb";
const REDO = "20261121-140000-cccccc";
/** More than a run does, so that enumerations come to their end. */
const OPERATIONS_MAX = 200;

/** Every death is tried where it is marked so; the other settings are left to the properties. */
const SETTINGS: readonly [string, SettingsChange, boolean][] = [
  ["everything is accepted", { createOnExisting: "overwrite", deleteMissing: "ignore" }, true],
  ["missing keys are refused", { createOnExisting: "overwrite", deleteMissing: "reject" }, false],
  ["existing keys are refused", { createOnExisting: "reject", deleteMissing: "ignore" }, false],
  ["both are refused", { createOnExisting: "reject", deleteMissing: "reject" }, true],
];

describe.each(SETTINGS)("where %s", (_name, settings, enumerated) => {
  let stage: RunStage;
  let plan: RunPlan;
  let before: TagsByName;
  let after: TagsByName;
  let fresh: ReadonlyMap<string, string>;

  beforeAll(async () => {
    stage = await openRunStage(settings);
    before = tagsOf(stage.cloud);
    plan = await stage.plan();
    await stage.order(RUN, plan);
    fresh = stage.store.copy();
    const { ending } = await stage.work(RUN, "undisturbed");
    expect(ending.kind).toBe("finished");
    after = tagsOf(stage.cloud);
  });
  afterAll(() => stage.close());

  /** Puts everything back to before the run. */
  function rewind(): void {
    setTags(stage.cloud, before);
    stage.store.reset(fresh);
    stage.cloud.clearFaults();
  }

  /** A worker takes the run and dies, or lives to its end; says whether it died. */
  async function workAndDie(worker: string, death: Death): Promise<boolean> {
    const harm: string[] = [];
    const { gate, died } = mortal(death, () => void harm.push(...harmIn(stage.cloud)));
    const lived = stage.work(RUN, worker, { wrap: (hands) => guard(hands, gate) });
    const end = await Promise.race([lived.then(() => "lived"), died.then(() => "died")]);
    expect(harm).toEqual([]);
    return end === "died";
  }

  /** The lease of a dead worker runs out, and another one goes on. */
  async function resume(worker: string): Promise<void> {
    stage.clock.advance(LEASE_MS);
    const { ending } = await stage.work(RUN, worker);
    expect(ending.kind).toBe("finished");
    expect(tagsOf(stage.cloud)).toEqual(after);
    const status = await readStatus(stage.store, RUN, stage.clock);
    expect(status).toMatchObject({ state: "finished", left: 0 });
    expect(status.summary).toEqual({ tagged: plan.resources.length });
  }

  async function undoTo(wanted: TagsByName, run: string, as: string): Promise<void> {
    const { ending, outcomes } = await stage.undo(run, as);
    expect(ending.kind).toBe("finished");
    expect(outcomes.filter(({ kind }) => kind !== "tagged")).toEqual([]);
    expect(tagsOf(stage.cloud)).toEqual(wanted);
  }

  // To die after an operation took effect is to die before the next one: one worker does one thing at a time.
  test.runIf(enumerated)(
    "dying at any operation leaves what can be undone, and what can be finished and then undone",
    async () => {
      for (let at = 0; at < OPERATIONS_MAX; at++) {
        rewind();
        if (!(await workAndDie("first", { at, tookEffect: false }))) {
          expect(at).toBeGreaterThan(40);
          return;
        }
        const hasJournal = [...stage.store.objects.keys()].some((it) => it.includes("/journal/"));
        if (hasJournal)
          expect(carriedOut(tagsOf(stage.cloud), await stage.planUndo(RUN))).toEqual(before);
        else expect(tagsOf(stage.cloud)).toEqual(before);
        await resume("second");
        expect(carriedOut(after, await stage.planUndo(RUN))).toEqual(before);
      }
      expect.unreachable("the run has no end");
    },
  );

  test("dying again and again leaves what can be finished, undone, and brought back", async () => {
    const death = fc.record({ at: fc.nat(90), tookEffect: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(death, { minLength: 2, maxLength: 4 }), async (deaths) => {
        rewind();
        for (const [index, one] of deaths.entries()) {
          stage.clock.advance(LEASE_MS);
          await workAndDie(`worker-${index}`, one);
        }
        await resume("last");
        await undoTo(before, RUN, UNDO);
        await undoTo(after, UNDO, REDO);
      }),
      { numRuns: 6 },
    );
  });

  test("two workers at once, dying or not, lose nothing, and tell what they leave undone", async () => {
    const death = fc.option(fc.record({ at: fc.nat(60), tookEffect: fc.boolean() }));
    await fc.assert(
      fc.asyncProperty(
        fc.tuple(death, death),
        fc.infiniteStream(fc.nat()),
        async (deaths, picks) => {
          rewind();
          const turn = takingTurns((waiting) => (picks.next().value ?? 0) % waiting);
          const works = deaths.map(async (one, index) => {
            const never = { at: OPERATIONS_MAX, tookEffect: true };
            const { gate, died } = mortal(one ?? never, () => {});
            const wrap = (hands: Hands) => ownLease(guard(guard(hands, turn), gate));
            await Promise.race([stage.work(RUN, `worker-${index}`, { wrap }), died]);
          });
          await Promise.all(works);
          expect(harmIn(stage.cloud)).toEqual([]);

          stage.clock.advance(LEASE_MS);
          expect((await stage.work(RUN, "last")).ending.kind).toBe("finished");
          await expectAllDoneOrTold();
          await undoTo(before, RUN, UNDO);
        },
      ),
      { numRuns: 6 },
    );
  });

  /**
   * Two who replace the same value at once may each take away what the other one wrote, and put back what was
   * there: then the service refuses one of them, and the resource is on the way, told as failed or stale.
   */
  async function expectAllDoneOrTold(): Promise<void> {
    const { summary } = await readStatus(stage.store, RUN, stage.clock);
    const now = tagsOf(stage.cloud);
    const undone = Object.keys(now).filter((name) => !sameTags(now[name], after[name]));
    expect((summary.failed ?? 0) + (summary.stale ?? 0)).toBeGreaterThanOrEqual(undone.length);
    for (const name of undone) {
      const [was = {}, is = {}, wanted = {}] = [before[name], now[name], after[name]];
      for (const key of Object.keys({ ...was, ...is, ...wanted }))
        expect([was[key], wanted[key]]).toContain(is[key]);
      expect(ownerIn(is)).toBe(ownerIn(was));
    }
  }
});

function sameTags(one: Tags = {}, other: Tags = {}): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** The value that a rename moves. */
function ownerIn({ Owner, owner, OwnerEmail }: Tags): string | undefined {
  return Owner ?? owner ?? OwnerEmail;
}
