/**
 * Goal: whatever happens at the same time, nothing is lost, nothing foreign is touched, and it settles.
 * Method: seeds, each of which is a few minutes of trouble on a virtual clock (`world.ts`); `npm run simulate`
 * takes as many as one likes. That the judgement is one is seen by builds that are broken on purpose.
 */
import { beforeAll, describe, expect, test } from "vitest";
import type { Policy } from "../../shared/core/policy/policy.ts";
import { createChance } from "./chance.ts";
import { DEFECTS } from "./defects.ts";
import { INVARIANTS } from "./history.ts";
import { readSimulationPolicy } from "./policy.ts";
import { createScheduler } from "./scheduler.ts";
import { simulateSeed } from "./world.ts";

const SEEDS = 200;
/** A machine that does other things as well takes its time. */
const TIME_MAX_MS = 300_000;
/** Found within a seed or two: the others are looked for by `npm run simulate -- --broken`. */
const SOON = 30;
const QUICK = [
  "does not store dead letters",
  "deletes what no rule names",
  "does not read again before it writes",
  "adds as many tags as it likes",
  "stops after the first page",
  "never sees what it has written",
  "writes without intents",
  "does not pace itself",
  "waits for ever",
];

let policy: Policy;

beforeAll(async () => {
  policy = await readSimulationPolicy(new URL("../..", import.meta.url).pathname);
});

test(
  `nothing is lost, touched or left undone in ${SEEDS} seeds`,
  async () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const { violations } = await simulateSeed(seed, policy);
      expect(violations, `npm run simulate -- --seed ${seed} --trace`).toEqual([]);
    }
  },
  TIME_MAX_MS,
);

test("a seed has the same history each time", async () => {
  const first = await simulateSeed(7, policy);
  const second = await simulateSeed(7, policy);
  expect(first.lines.length).toBeGreaterThan(50);
  expect(second.lines).toEqual(first.lines);
  expect(second.hash).toBe(first.hash);
  expect((await simulateSeed(8, policy)).hash).not.toBe(first.hash);
});

describe("a build that", () => {
  test.each(QUICK)("%s is found out", async (name) => {
    const defect = DEFECTS[name];
    if (defect === undefined) throw new Error(`there is no defect "${name}"`);
    const found = new Set<string>();
    for (let seed = 1; seed <= SOON && !found.has(defect.invariant); seed++) {
      const { violations } = await simulateSeed(seed, policy, defect.make());
      for (const { invariant } of violations) found.add(invariant);
    }
    expect([...found]).toContain(defect.invariant);
  });

  test("breaks each invariant is among these", () => {
    const broken = new Set(QUICK.map((name) => DEFECTS[name]?.invariant));
    expect([...broken].sort()).toEqual([...INVARIANTS].sort());
  });
});

describe("virtual time", () => {
  test("jumps from one timer to the next, in the order of their times, then of their setting", async () => {
    const time = createScheduler(1_000);
    const rung: string[] = [];
    const ring = (name: string) => () => void rung.push(`${name} at ${time.now()}`);
    time.after(3_600_000, ring("late"));
    time.after(5, ring("first"));
    time.after(5, ring("second"));
    time.after(4, ring("never"))();
    void time.sleep(6).then(ring("sleeper"));
    await time.passUntil(2_000);
    expect(rung).toEqual(["first at 1005", "second at 1005", "sleeper at 1006"]);
    expect(time.now()).toBe(2_000);
    await time.passAll();
    expect(rung.at(-1)).toBe("late at 3601000");
  });

  test("keeps a hundred timers in order that were set in any order", async () => {
    const time = createScheduler(0);
    const chance = createChance(3);
    const rung: number[] = [];
    for (let count = 0; count < 100; count++) {
      const ms = chance.whole(0, 40);
      const cancel = time.after(ms, () => void rung.push(ms));
      if (chance.happens(0.2)) cancel();
    }
    await time.passAll();
    expect(rung.length).toBeGreaterThan(60);
    expect(rung).toEqual(rung.toSorted((one, other) => one - other));
  });

  test("notices what goes on for ever", async () => {
    const time = createScheduler(0);
    const again = () => void time.after(1, again);
    again();
    await expect(time.passAll()).rejects.toThrow("for ever");
  });
});
