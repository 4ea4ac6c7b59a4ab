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
import { harmIn, setTags, type TagsByName, tagsOf } from "./resources.ts";
import { type Hands, openRunStage, type RunStage } from "./stage.ts";
import { type Death, guard, mortal, ownLease, takingTurns } from "./turns.ts";

const RUN = "20261121-120000-aaaaaa";
const UNDO = "20261121-130000-bbbbbb";
const REDO = "20261121-140000-cccccc";
/** More than a run does, so that enumerations come to their end. */
const OPERATIONS_MAX = 200;

const SETTINGS: readonly [string, SettingsChange][] = [
  ["everything is accepted", { createOnExisting: "overwrite", deleteMissing: "ignore" }],
  ["missing keys are refused", { createOnExisting: "overwrite", deleteMissing: "reject" }],
  ["existing keys are refused", { createOnExisting: "reject", deleteMissing: "ignore" }],
  ["both are refused", { createOnExisting: "reject", deleteMissing: "reject" }],
];

describe.each(SETTINGS)("where %s", (_name, settings) => {
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

  test("dying at any operation leaves what can be undone, and what can be finished and then undone", async () => {
    let deaths = 0;
    for (let at = 0; at < OPERATIONS_MAX; at++) {
      for (const tookEffect of [false, true]) {
        rewind();
        if (!(await workAndDie("first", { at, tookEffect }))) {
          expect(deaths).toBeGreaterThan(80);
          return;
        }
        deaths += 1;
        const tags = tagsOf(stage.cloud);
        const objects = stage.store.copy();
        if ([...objects.keys()].some((name) => name.includes("/journal/")))
          await undoTo(before, RUN, UNDO);
        else expect(tags).toEqual(before);

        setTags(stage.cloud, tags);
        stage.store.reset(objects);
        await resume("second");
        await undoTo(before, RUN, UNDO);
      }
    }
    expect.unreachable("the run has no end");
  });

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
      { numRuns: 25 },
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
      { numRuns: 25 },
    );
  });

  /** Two who replace the same value at once may each undo the other's work: then the resource is as before. */
  async function expectAllDoneOrTold(): Promise<void> {
    const { summary } = await readStatus(stage.store, RUN, stage.clock);
    const now = tagsOf(stage.cloud);
    const undone = Object.keys(now).filter(
      (name) => JSON.stringify(now[name]) !== JSON.stringify(after[name]),
    );
    for (const name of undone) expect(now[name]).toEqual(before[name]);
    expect(summary.failed ?? 0).toBeGreaterThanOrEqual(undone.length);
  }
});
