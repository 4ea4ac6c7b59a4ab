import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  delayBeforeLook,
  delayBeforeRetry,
  parseRetryAfter,
  RETRIES_MAX,
} from "../../shared/core/retry.ts";

const failed = (retry: number, retryAfterMs: number | null = null, random = 0.5) =>
  delayBeforeRetry({ retry, retryAfterMs, random });

describe("the delay before a retry", () => {
  test("there are five of them, and no sixth", () => {
    const delays = [1, 2, 3, 4, 5, 6].map((retry) => failed(retry) !== null);
    expect(delays).toEqual([true, true, true, true, true, false]);
  });

  test("doubles, half of it by chance", () => {
    expect([1, 2, 3, 4, 5].map((retry) => failed(retry, null, 0))).toEqual([
      100, 200, 400, 800, 1600,
    ]);
    expect(failed(1, null, 0.999)).toBeCloseTo(200, 0);
  });

  test("is never shorter than the server asks for, up to a minute", () => {
    expect(failed(1, 3_000)).toBe(3_000);
    expect(failed(1, 10)).toBe(150);
    expect(failed(1, 3_600_000)).toBe(60_000);
  });

  test("is positive and bounded whatever chance says", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: RETRIES_MAX }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (retry, random) => {
          const delayMs = failed(retry, null, random);
          expect(delayMs).toBeGreaterThan(0);
          expect(delayMs).toBeLessThanOrEqual(8_000);
        },
      ),
    );
  });
});

describe("the delay before another look for a resource", () => {
  test("grows to ten seconds while the event is young", () => {
    const delays = [1, 2, 3, 4, 5, 6, 7].map((look) => delayBeforeLook(look, 1_000, 600_000));
    expect(delays).toEqual([500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
  });

  test("there is no other look once the event is old: the resource is gone", () => {
    expect(delayBeforeLook(1, 599_999, 600_000)).not.toBeNull();
    expect(delayBeforeLook(1, 600_000, 600_000)).toBeNull();
  });

  test("an event without a time never proves that its resource is gone", () => {
    expect(delayBeforeLook(1, null, 0)).toBe(500);
  });
});

describe("Retry-After", () => {
  const now = Date.UTC(2026, 10, 21, 12, 0, 0);

  test("is read as seconds or as a date", () => {
    expect(parseRetryAfter("3", now)).toBe(3_000);
    expect(parseRetryAfter("120", now)).toBe(120_000);
    expect(parseRetryAfter("Sat, 21 Nov 2026 12:00:07 GMT", now)).toBe(7_000);
    expect(parseRetryAfter("Sat, 21 Nov 2026 11:00:00 GMT", now)).toBe(0);
  });

  test.each([
    undefined,
    "",
    "soon",
    "-3",
    "1e9999",
    "99999999999",
    "by Sat, 21 Nov 2026 12:00:07 GMT",
  ])("%s asks for nothing", (text) => {
    expect(parseRetryAfter(text, now)).toBeNull();
  });
});
