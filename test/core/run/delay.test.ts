import { describe, expect, test } from "vitest";
import { attemptOf, postponed, retried } from "../../../shared/core/run/delay.ts";
import type { RunMessage } from "../../../shared/core/run/message.ts";

const NOW_MS = Date.UTC(2026, 10, 21, 12);
const message: RunMessage = { kind: "run", version: 1, run: "r-1" };
const inMs = (ms: number) => new Date(NOW_MS + ms).toISOString();

describe("a message that was not begun in time", () => {
  test("goes back as it came, and so counts no attempt", () => {
    expect(postponed({ ...message, attempt: 3 }, null)).toEqual({ ...message, attempt: 3 });
  });

  test("is not to be handled before the time that it has to wait for", () => {
    const wanted = { ...message, attempt: 3, notBefore: "2026-11-21T12:00:05.000Z" };
    expect(postponed({ ...message, attempt: 3 }, NOW_MS + 5_000)).toEqual(wanted);
  });
});

describe("a message that failed for a passing reason", () => {
  test.each([
    // Which attempt failed; the least and the most that is waited for the next one.
    [undefined, 2_500, 5_000],
    [1, 2_500, 5_000],
    [2, 5_000, 10_000],
    [3, 10_000, 20_000],
    [4, 20_000, 40_000],
  ])("at attempt %j waits from %i to %i ms for the next", (attempt, leastMs, mostMs) => {
    const failed = attempt === undefined ? message : { ...message, attempt };
    const next = { ...message, attempt: (attempt ?? 1) + 1 };
    expect(retried(failed, NOW_MS, 0)).toEqual({ ...next, notBefore: inMs(leastMs) });
    expect(retried(failed, NOW_MS, 0.5)?.notBefore).toBe(inMs((leastMs + mostMs) / 2));
    expect(retried(failed, NOW_MS, 1)?.notBefore).toBe(inMs(mostMs));
  });

  test("never waits less than it should for part of a millisecond", () => {
    expect(retried(message, NOW_MS, 0.00001)?.notBefore).toBe(inMs(2_501));
  });

  test("is given up after its fifth attempt", () => {
    expect(retried({ ...message, attempt: 5 }, NOW_MS, 0.5)).toBeNull();
  });
});

test("the first attempt need not be told", () => {
  expect([attemptOf({}), attemptOf({ attempt: 4 })]).toEqual([1, 4]);
});
