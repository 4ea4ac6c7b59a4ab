/**
 * Goal: when requests may start, to the millisecond, and what an answer changes.
 * Method: a limiter on a clock that the test turns; how well that goes is what limiter.test.ts simulates.
 */
import { describe, expect, test } from "vitest";
import {
  createLimiter,
  type Limiter,
  type LimiterOptions,
  type Noted,
} from "../../shared/core/limiter.ts";

/** A limiter that begins at 0; its clock may stand elsewhere. */
const create = (options: Partial<LimiterOptions>) =>
  createLimiter({ rps: 100, nowMs: 0, ...options });

const refused = (about: Partial<Noted>): Noted => ({
  sentMs: 0,
  nowMs: 10,
  throttled: true,
  retryAfterMs: null,
  random: 0.5,
  ...about,
});
const accepted = (about: Partial<Noted>): Noted => refused({ throttled: false, ...about });

/** When requests start, where somebody asks in every millisecond. */
function startsOf(limiter: Limiter, fromMs: number, untilMs: number): readonly number[] {
  const startsMs: number[] = [];
  for (let nowMs = fromMs; nowMs <= untilMs; nowMs++)
    while (limiter.waitMs(nowMs) === 0) {
      limiter.take(nowMs);
      startsMs.push(nowMs);
    }
  return startsMs;
}

test.each<[Partial<LimiterOptions>, number]>([
  [{ rps: 18 }, 18],
  [{ rps: 100 }, 20],
  [{ rps: 101 }, 101],
  [{ rps: 18, startRate: 50 }, 18],
  [{ rps: 200, startRate: 30 }, 30],
])("%j begins at %d a second", (options, rate) => {
  expect(create(options).rate).toBe(rate);
});

describe("requests that all want to start at once", () => {
  test("do so by five, then in turn, and the window evens them out", () => {
    const windows = [
      [0, 0, 0, 0, 0],
      [1_001, 1_001, 1_001, 1_001, 1_039],
      [2_002, 2_002, 2_002, 2_002, 2_075],
    ];
    expect(startsOf(create({ rps: 5 }), 0, 2_500)).toEqual(windows.flat());
  });

  test("do so by five again where nobody asked for a while", () => {
    const limiter = create({ rps: 20 });
    startsOf(limiter, 0, 1_000);
    const startsMs = [9_000, 9_000, 9_000, 9_000, 9_000, 9_050, 9_100, 9_150, 9_200];
    expect(startsOf(limiter, 9_000, 9_200)).toEqual(startsMs);
  });
});

test("the rate rises only with time in which requests start as fast as they may", () => {
  const rateAfter = (pauseMs: number) => {
    // 19 a second were believed, 20 are tried: a turn each 50 ms.
    const limiter = create({ startRate: 19 });
    limiter.take(0);
    limiter.take(pauseMs);
    for (let turn = 1; turn <= 32; turn++) limiter.take(pauseMs + 25 + 50 * (turn - 1));
    return limiter.rate;
  };
  // What came 200 ms after its turn was late for another reason.
  expect(rateAfter(49)).toBe(22);
  expect(rateAfter(50)).toBe(20);
});

describe("a refusal", () => {
  test.each([
    [0, 63],
    [0.5, 84],
    [1, 105],
  ])("stops everything for a turn and a half, more or less by chance of %d", (random, waitMs) => {
    const limiter = create({ rps: 18 });
    limiter.take(0);
    limiter.note(refused({ random }));
    expect(limiter.waitMs(10)).toBe(waitMs);
  });

  test("of what started before the last one was known teaches nothing", () => {
    const rates = [9, 10, 11].map((sentMs) => {
      const limiter = create({ rps: 18 });
      limiter.take(0);
      limiter.note(refused({}));
      const { rate } = limiter;
      limiter.note(refused({ sentMs, nowMs: 20 }));
      return limiter.rate < rate;
    });
    expect(rates).toEqual([false, false, true]);
  });

  test("that teaches nothing holds nobody back", () => {
    const started = [true, false].map((isNoted) => {
      const limiter = create({ rps: 18 });
      limiter.take(0);
      limiter.note(refused({}));
      if (isNoted) limiter.note(refused({ sentMs: 5, nowMs: 5_000 }));
      return startsOf(limiter, 5_000, 5_100);
    });
    expect(started[0]).toEqual(started[1]);
  });

  test("makes a longer pause where nothing was accepted since the one before", () => {
    const waitAfter = (answer: Noted) => {
      const limiter = create({ rps: 18 });
      limiter.take(0);
      limiter.note(refused({}));
      limiter.note(answer);
      limiter.note(refused({ sentMs: 12, nowMs: 20 }));
      return limiter.waitMs(20);
    };
    // What started before the refusal says nothing of what came after it.
    const old = waitAfter(accepted({ sentMs: 10, nowMs: 15 }));
    const fresh = waitAfter(accepted({ sentMs: 11, nowMs: 15 }));
    expect([old, fresh]).toEqual([1_112, 109]);
  });

  test("after another leaves what was accepted in the second before the first, its ends and refusals told apart", () => {
    const limiter = create({});
    for (let nowMs = 0; nowMs <= 800; nowMs += 50) limiter.take(nowMs);
    for (let nowMs = 800; nowMs <= 950; nowMs += 50) limiter.take(nowMs);
    limiter.note(refused({ sentMs: 800, nowMs: 960 }));
    limiter.note(refused({ sentMs: 700, nowMs: 965 }));
    limiter.take(1_000);
    limiter.note(refused({ sentMs: 1_000, nowMs: 1_010 }));
    // 17 started after 0 and not after 800, of which two were refused; a climb begins 3 % below.
    expect(limiter.rate).toBeCloseTo(15 * 0.97, 9);
  });
});

test("a clock that is set back changes nothing but its own time", () => {
  const ratesOf = (backMs: number) => {
    const limiter = create({});
    limiter.take(0);
    limiter.waitMs(0 - backMs);
    const rates: number[] = [];
    for (let ms = 50; ms < 3_000; ms += 50) {
      limiter.take(ms - backMs);
      const times = { sentMs: ms - backMs, nowMs: ms + 20 - backMs };
      limiter.note(ms % 600 === 0 ? refused(times) : accepted(times));
      rates.push(limiter.rate);
    }
    return rates;
  };
  expect(new Set(ratesOf(0)).size).toBeGreaterThan(5);
  expect(ratesOf(5_000)).toEqual(ratesOf(0));
});
