/**
 * Goal: the limiter never exceeds what it is told, and makes use of what a server permits without asking
 * for much more, however the server counts.
 * Method: simulated servers, callers and latencies on a clock of their own; a minute takes milliseconds.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createLimiter, type Limiter } from "../../shared/core/limiter.ts";
import { type Counting, figures, type Scenario, simulate } from "./rate-simulation.ts";

const COUNTINGS: readonly Counting[] = ["window", "bucket", "strict-bucket"];
const SEEDS = Array.from({ length: 15 }, (_, index) => 104_729 * (index + 1));
const WARM_UP_MS = 15_000;
const END_MS = WARM_UP_MS + 60_000;
/** As on a loopback and in a quiet network: round trips of 1 to 8 ms. */
const CALM = [0.5, 4] as const;

/** The most starts that any 1,000 ms hold, both ends counted. */
function busiest(startsMs: readonly number[]): number {
  return Math.max(
    0,
    ...startsMs.map(
      (fromMs) => startsMs.filter((ms) => ms >= fromMs && ms <= fromMs + 1_000).length,
    ),
  );
}

/** Starts as many requests as may start now. */
function startAll(limiter: Limiter, nowMs: number, most = 1_000): number {
  let started = 0;
  for (; started < most && limiter.waitMs(nowMs) === 0; started++) limiter.take(nowMs);
  return started;
}

describe("the given rate", () => {
  const steps = fc.array(
    fc.record({
      afterMs: fc.nat({ max: 400 }),
      demand: fc.nat({ max: 60 }),
      refused: fc.boolean(),
      random: fc.double({ min: 0, max: 0.999, noNaN: true }),
    }),
    { minLength: 20, maxLength: 200 },
  );

  test("is never exceeded, in no window, whatever is asked and answered", () => {
    fc.assert(
      fc.property(fc.double({ min: 1, max: 50, noNaN: true }), steps, (rps, list) => {
        const limiter = createLimiter({ rps, nowMs: 0, startRate: rps });
        const startsMs: number[] = [];
        let nowMs = 0;
        for (const { afterMs, demand, refused, random } of list) {
          nowMs += afterMs;
          const started = startAll(limiter, nowMs, demand);
          startsMs.push(...Array.from({ length: started }, () => nowMs));
          expect(limiter.rate).toBeLessThanOrEqual(rps);
          const note = { sentMs: nowMs, throttled: refused, retryAfterMs: null, random };
          if (started > 0) limiter.note({ ...note, nowMs: nowMs + 1 });
        }
        expect(busiest(startsMs)).toBeLessThanOrEqual(rps);
      }),
    );
  });

  test.each(COUNTINGS)("is never exceeded beside a real server (%s)", (counting) => {
    for (const rps of [18, 20, 30]) {
      const { startsMs } = simulate({ seed: 1, rps, limit: 20, counting, untilMs: 60_000 });
      expect(busiest(startsMs)).toBeLessThanOrEqual(rps);
    }
  });

  test("is reached although every timer is late", () => {
    const scenario = { rps: 18, limit: 20, counting: "bucket", untilMs: END_MS } as const;
    const run = simulate({ ...scenario, seed: 1, lateMs: 40 });
    expect(figures(run, WARM_UP_MS, END_MS).perSecond).toBeGreaterThan(18 * 0.97);
  });

  test("is kept evenly once the first handful is through", () => {
    const limiter = createLimiter({ rps: 18, nowMs: 0 });
    const startsMs: number[] = [];
    for (let nowMs = 0; nowMs < 60_000; nowMs++)
      for (let left = startAll(limiter, nowMs); left > 0; left--) startsMs.push(nowMs);
    const late = startsMs.filter((ms) => ms > 40_000);
    const gapsMs = late.slice(1).map((ms, index) => ms - (late[index] ?? 0));
    expect(late.length).toBeGreaterThan(18 * 20 * 0.99);
    expect(Math.max(...gapsMs)).toBeLessThan(150);
  });
});

describe("a fresh limiter", () => {
  test.each([4, 18, 100])("of %d a second lets at least four through at once", (rps) => {
    const limiter = createLimiter({ rps, nowMs: 7 });
    const started = startAll(limiter, 7);
    expect(started).toBeGreaterThanOrEqual(4);
    expect(started).toBeLessThanOrEqual(6);
  });

  test("lets no more through in its first second than it may", () => {
    const limiter = createLimiter({ rps: 5, nowMs: 0 });
    let started = 0;
    for (let nowMs = 0; nowMs <= 1_000; nowMs++) started += startAll(limiter, nowMs);
    expect(started).toBe(5);
  });
});

function runs(scenario: Omit<Scenario, "seed" | "untilMs">) {
  return SEEDS.map((seed) => {
    const run = simulate({ ...scenario, seed, untilMs: END_MS });
    const { perSecond, othersPerSecond, refusedPart } = figures(run, WARM_UP_MS, END_MS);
    const permitted = Math.min(scenario.rps, scenario.limit - othersPerSecond);
    return { used: perSecond / permitted, refusedPart };
  });
}

const mean = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0) / numbers.length;

describe.each(COUNTINGS)("alone, a server that counts as %s", (counting) => {
  test.each([
    [18, 20],
    [20, 20],
    [30, 20],
    [100, 20],
  ])("given %d and permitting %d, is used to 97 % with under 0.5 % refused", (rps, limit) => {
    const calm = runs({ rps, limit, counting, latencyMs: CALM });
    const rough = runs({ rps, limit, counting });
    for (const list of [calm, rough]) {
      expect(mean(list.map(({ used }) => used))).toBeGreaterThan(0.97);
      expect(mean(list.map(({ refusedPart }) => refusedPart))).toBeLessThan(0.005);
      // Windows whose border a jitter of 40 ms crosses leave a run now and then just below.
      for (const { used, refusedPart } of list) {
        expect(used).toBeGreaterThan(0.95);
        expect(refusedPart).toBeLessThan(0.014);
      }
    }
  });
});

describe.each(COUNTINGS)("beside another caller, a server that counts as %s", (counting) => {
  test.each([
    ["steadily", { everyMs: 100, calls: 1 }],
    ["ten at once each second", { everyMs: 1_000, calls: 10 }],
    ["five at once each half second", { everyMs: 500, calls: 5 }],
  ])("whose half is taken %s, is used to 90 % of what is left", (_name, other) => {
    for (const rps of [18, 30])
      for (const { used, refusedPart } of runs({ rps, limit: 20, counting, other })) {
        expect(used).toBeGreaterThan(0.9);
        expect(refusedPart).toBeLessThan(0.03);
      }
  });
});

describe.each(COUNTINGS)("a limit that changes (%s)", (counting) => {
  test.each([18, 30])("is followed within seconds, down and up, given %d", (rps) => {
    const changes = [
      [40_000, 10],
      [70_000, 20],
    ] as const;
    const scenario = { rps, limit: 20, counting, changes, untilMs: 120_000 };
    const all = SEEDS.map((seed) => simulate({ ...scenario, seed }));
    const before = all.map((run) => figures(run, 20_000, 40_000));
    const low = all.map((run) => figures(run, 45_000, 70_000));
    const risen = all.map((run) => figures(run, 85_000, 120_000));
    const permitted = Math.min(rps, 20);
    for (const { perSecond } of before) expect(perSecond).toBeGreaterThan(permitted * 0.93);
    for (const { perSecond, refusedPart } of low) {
      expect(perSecond).toBeGreaterThan(8.5);
      expect(refusedPart).toBeLessThan(0.05);
    }
    expect(mean(low.map(({ perSecond }) => perSecond))).toBeGreaterThan(9.2);
    for (const { perSecond } of risen) expect(perSecond).toBeGreaterThan(permitted * 0.8);
    expect(mean(risen.map(({ perSecond }) => perSecond))).toBeGreaterThan(permitted * 0.93);
  });
});

describe("a refusal", () => {
  const refusal = { throttled: true, retryAfterMs: null, random: 0.5 } as const;

  test("with Retry-After stops everything for that long, a minute at most", () => {
    for (const [askedMs, waitMs] of [
      [7_000, 7_000],
      [3_600_000, 60_000],
    ] as const) {
      const limiter = createLimiter({ rps: 18, nowMs: 0 });
      startAll(limiter, 0);
      limiter.note({ ...refusal, sentMs: 0, nowMs: 10, retryAfterMs: askedMs });
      expect(limiter.waitMs(10)).toBe(waitMs);
      expect(limiter.waitMs(10 + waitMs)).toBe(0);
    }
  });

  test("after refusal makes the pause longer, so that a closed server sees few requests", () => {
    const changes = [[10_000, 0]] as const;
    const scenario = { rps: 18, limit: 20, counting: "bucket", changes } as const;
    const { startsMs } = simulate({ ...scenario, seed: 1, untilMs: 130_000 });
    expect(startsMs.filter((ms) => ms > 12_000).length).toBeLessThan(30);
  });

  test("of many requests that were under way together counts once", () => {
    const limiter = createLimiter({ rps: 18, nowMs: 0 });
    const started = startAll(limiter, 0);
    for (let one = 0; one < started; one++)
      limiter.note({ ...refusal, sentMs: 0, nowMs: 20 + one });
    expect(limiter.rate).toBeGreaterThan(16);
  });

  test("is not forgotten while nobody asks for anything", () => {
    const limiter = createLimiter({ rps: 100, nowMs: 0 });
    startAll(limiter, 0);
    limiter.note({ ...refusal, sentMs: 0, nowMs: 10 });
    for (let nowMs = 10_000; nowMs < 600_000; nowMs += 10_000) startAll(limiter, nowMs, 1);
    expect(limiter.rate).toBeLessThan(25);
  });
});

test("a clock that is set back stops nobody", () => {
  const limiter = createLimiter({ rps: 18, nowMs: 3_600_000 });
  startAll(limiter, 3_600_000);
  let started = 0;
  for (let nowMs = 0; nowMs <= 10_000; nowMs += 10) started += startAll(limiter, nowMs);
  expect(started).toBeGreaterThan(170);
});
