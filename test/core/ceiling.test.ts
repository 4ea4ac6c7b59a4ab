/**
 * Goal: what is learned from a start, an answer and a refusal is what ceiling.ts says, number for number.
 * Method: states in which one thing matters; whether the rates make sense is what limiter.test.ts simulates.
 */
import { describe, expect, test } from "vitest";
import {
  type Ceiling,
  createCeiling,
  noteAccepted,
  noteRefused,
  noteStart,
  type Refusal,
} from "../../shared/core/ceiling.ts";

const NOW_MS = 100_000;
const SENT_MS = 99_900;

/** A ceiling of 20 a second that was learned a while ago, at the start of a climb of ten seconds. */
const known = (about: Partial<Ceiling> = {}): Ceiling => ({
  ...createCeiling(1_000, 20),
  climbMs: 10_000,
  ...about,
});

function started(about: Partial<Ceiling>, passedMs = 0, limited = false): Ceiling {
  const ceiling = known(about);
  noteStart(ceiling, passedMs, limited);
  return ceiling;
}

/** What a refusal leaves, and for how long nothing should start, where so many were accepted lately. */
function refused(about: Partial<Ceiling>, lately = 0, refusal: Partial<Refusal> = {}) {
  const ceiling = known(about);
  const accepted = () => lately;
  const pauseMs = noteRefused(ceiling, { sentMs: SENT_MS, nowMs: NOW_MS, accepted, ...refusal });
  return { ...ceiling, pauseMs };
}

test("nothing is known at first but what is believed", () => {
  expect(createCeiling(30, 20)).toEqual({
    rps: 30,
    rate: 20,
    ceiling: 20,
    ageMs: 0,
    climbMs: 0,
    best: 0,
    spare: 0,
    refusedAtMs: Number.NEGATIVE_INFINITY,
    strikes: 0,
    inRow: 0,
    firstSentMs: 0,
    firstRate: 0,
  });
});

describe("a start", () => {
  test("lets time pass only while requests start as fast as they may", () => {
    expect(started({ ageMs: 5 }, 7, true).ageMs).toBe(12);
    expect(started({ ageMs: 5 }, 7, false).ageMs).toBe(5);
  });

  test.each([
    [0, 0, -1],
    [-5, 0, -6],
    [0, 500, 9.35],
    [0, 1_000, 19],
    [3, 60_000, 19],
  ])("with %d to spare, after %d ms, leaves %d", (spare, passedMs, left) => {
    expect(started({ spare }, passedMs).spare).toBeCloseTo(left, 9);
  });

  test.each<[string, Partial<Ceiling>, number]>([
    ["is as high as the rate where that goes well", { rate: 30, spare: -2.1 }, 30],
    ["stays while savings explain it", { rate: 30, spare: -2 }, 20],
    ["stays below the given rate", { rate: 29, spare: -10 }, 20],
  ])("the ceiling %s", (_what, about, ceiling) => {
    expect(started({ rps: 30, ...about }).ceiling).toBe(ceiling);
  });
});

describe("the rate", () => {
  test.each<[string, Partial<Ceiling>, number]>([
    ["begins a climb below the ceiling", { ageMs: 0 }, 97],
    ["is flat in its middle", { ageMs: 5_000 }, 99.875],
    ["ends it above the ceiling", { ageMs: 9_999.999_999 }, 101],
    ["then goes up a step", { ageMs: 10_000 }, 104.5],
    ["stays there for the whole step", { ageMs: 11_599 }, 104.5],
    ["doubles the next one", { ageMs: 11_600 }, 113.5],
    ["and the one after it", { ageMs: 13_200 }, 131.5],
    ["and goes on for twenty", { rps: 1e9, ageMs: 40_400 }, 100 + 4.5 * (2 ** 20 - 1)],
    ["and no further", { rps: 1e9, ageMs: 900_000 }, 100 + 4.5 * (2 ** 20 - 1)],
    ["never exceeds what is given in a climb", { rps: 100.5, ageMs: 9_999 }, 100.5],
    ["never exceeds what is given after it", { rps: 103, ageMs: 10_000 }, 103],
    ["is what is given where the ceiling is as high", { rps: 100, ageMs: 0 }, 100],
    ["is what is given where the ceiling is higher", { rps: 90, ageMs: 0 }, 90],
    ["steps by one at least", { ceiling: 10, ageMs: 10_000 }, 11],
  ])("%s", (_what, about, rate) => {
    expect(started({ ceiling: 100, ...about }).rate).toBeCloseTo(rate, 6);
  });
});

describe("a lone refusal", () => {
  test("takes a little of the rate, and begins a longer climb", () => {
    expect(refused({ rate: 20, spare: 5, ageMs: 4_000 })).toEqual({
      rps: 1_000,
      rate: expect.closeTo(19.88 * 0.97, 9),
      ceiling: 19.88,
      ageMs: 0,
      climbMs: 24_000,
      best: 1,
      spare: 0,
      refusedAtMs: NOW_MS,
      strikes: 1,
      inRow: 1,
      firstSentMs: SENT_MS,
      firstRate: 20,
      pauseMs: expect.closeTo(1_500 / 19.88, 9),
    });
  });

  test.each<[string, Partial<Ceiling>, number]>([
    ["has its least length", { climbMs: 0 }, 2_500],
    ["is no longer than half a minute or so", { climbMs: 100_000 }, 36_000],
    ["is no longer than 900 requests", { climbMs: 100_000, ceiling: 100, rate: 100 }, 9e5 / 99.4],
    ["may take five seconds at any rate", { climbMs: 100_000, ceiling: 500, rate: 500 }, 5_000],
    ["is short while there was lately more to be had", { climbMs: 100_000, best: 40 }, 5_000],
    ["is long where there was hardly more", { climbMs: 100_000, best: 26 }, 36_000],
  ])("begins a climb that %s", (_what, about, climbMs) => {
    expect(refused(about).climbMs).toBeCloseTo(climbMs, 6);
  });

  test.each<[string, Partial<Ceiling>, number]>([
    ["fades", { best: 40 }, 39],
    ["comes nearer to a ceiling that is higher", { best: 10 }, 10.5],
    ["is what held for ten seconds", { best: 10, ageMs: 10_000, climbMs: 20_000 }, 20],
    ["is not what held for less", { best: 10, ageMs: 9_999, climbMs: 20_000 }, 10.5],
    ["is no less for what held", { best: 40, ageMs: 10_000, climbMs: 20_000 }, 39],
  ])("the best ceiling %s", (_what, about, best) => {
    expect(refused(about).best).toBeCloseTo(best, 9);
  });

  test("leaves half a request a second at least", () => {
    expect(refused({ rate: 0.4, ceiling: 0.45 })).toMatchObject({ ceiling: 0.5, pauseMs: 3_000 });
  });
});

describe("refusals soon after each other", () => {
  const following = (ms: number, strikes = 1) => ({ refusedAtMs: SENT_MS - ms, strikes });

  test.each([
    ["within a second and a half", 1_499, 2],
    ["no sooner", 1_500, 1],
  ])("are counted: %s", (_what, ms, strikes) => {
    expect(refused(following(ms), 18).strikes).toBe(strikes);
  });

  test.each([
    // How many there were, what was accepted in the last second, and what is left of 20.
    [2, 18, 18],
    [2, 15, 16],
    [2, 25, 19.4],
    [3, 15, 15],
    [3, 10, 12],
    [3, 25, 18],
    [4, 15, 15],
  ])("%d of them, with %d accepted lately, leave %d", (strikes, lately, ceiling) => {
    expect(refused(following(0, strikes - 1), lately).ceiling).toBeCloseTo(ceiling, 9);
  });

  test("ask for what was accepted in the second before", () => {
    const asked: unknown[] = [];
    const accepted = (...range: unknown[]) => asked.push(range);
    refused(following(0), 0, { accepted });
    expect(asked).toEqual([[SENT_MS - 1_000, SENT_MS]]);
  });

  test("begin a short climb where they take more than a tenth", () => {
    expect(refused(following(0, 2), 17.9).climbMs).toBe(2_500);
    expect(refused(following(0, 2), 18).climbMs).toBe(24_000);
  });
});

describe("refusals with nothing accepted between them", () => {
  const row = { inRow: 1, firstSentMs: 99_000, firstRate: 20, strikes: 1, climbMs: 7_000 };

  test.each([
    ["leave what was accepted", 15, 15, 2_500],
    ["leave a third of the rate at least", 1, 6, 2_500],
    ["leave no more than before", 25, 20, 7_000],
    ["leave the climb as it was where they take little", 18, 18, 7_000],
  ])("%s", (_what, lately, ceiling, climbMs) => {
    expect(refused(row, lately)).toMatchObject({
      ceiling,
      climbMs,
      inRow: 2,
      firstSentMs: 99_000,
      firstRate: 20,
    });
  });

  test("ask for what was accepted from a second ago to the first of them", () => {
    const asked: unknown[] = [];
    const accepted = (...range: unknown[]) => asked.push(range);
    refused(row, 0, { accepted });
    expect(asked).toEqual([[SENT_MS - 1_000, 99_000]]);
  });

  test.each([
    [0, 75],
    [1, 300],
    [2, 1_200],
    [3, 4_800],
    [4, 10_000],
    [50, 10_000],
  ])("after %d of them, the next one makes a pause of %d ms", (inRow, pauseMs) => {
    const rate = 20 / 0.994;
    expect(refused({ ...row, rate, inRow }, 20).pauseMs).toBeCloseTo(pauseMs, 6);
  });

  test("end with the next one that is accepted", () => {
    const ceiling = known({ inRow: 3 });
    noteAccepted(ceiling);
    expect(ceiling).toEqual(known({ inRow: 0 }));
  });
});

describe("a refusal in steps above the ceiling", () => {
  // The first, the second and the third step above 20.
  const [first, second, third] = [
    { ageMs: 10_000, rate: 21 },
    { ageMs: 11_600, rate: 23 },
    { ageMs: 13_200, rate: 27 },
  ];
  const heldBefore = 20 * (1 + 0.01 * 0.84 ** 4 - 0.03 * 0.16 ** 4);

  test.each<[string, Partial<Ceiling>, number]>([
    ["in the first step leaves half of what the climb held", first, (20 + heldBefore) / 2],
    ["in the second step leaves half a step", second, 20.5],
    ["in the third step leaves half a step", third, 20.5],
    ["leaves no more than the rate", { ...second, rate: 20.25 }, 20.25],
    ["in the first step of all leaves half of it", { ageMs: 800, climbMs: 0, rate: 21 }, 20.5],
    ["is not one where the rate is no higher", { ...first, rate: 20 }, 19.88],
    ["is not one before the climb is over", { ...first, ageMs: 9_999 }, 21 * 0.994],
  ])("%s", (_what, about, ceiling) => {
    expect(refused(about, 99).ceiling).toBeCloseTo(ceiling, 9);
  });

  test("begins a longer climb", () => {
    expect(refused(second).climbMs).toBe(24_000);
  });

  test.each([
    ["is between what held and what was accepted", 30, 23 * 0.7 + 30 * 0.97 * 0.3],
    ["is no less than what held", 0, 23],
    ["is no more than the rate", 99, 27],
  ])(
    "says that the limit was raised where savings explain no more; it %s",
    (_what, lately, ceiling) => {
      const raised = refused({ ...third, spare: -3.1 }, lately);
      expect(raised.ceiling).toBeCloseTo(ceiling, 9);
      expect(raised.climbMs).toBe(2_500);
    },
  );

  test("does not say so while savings explain it", () => {
    expect(refused({ ...third, spare: -3 }, 30).ceiling).toBe(20.5);
    expect(refused({ rate: 20, spare: -9 }, 30).ceiling).toBe(19.88);
  });
});
