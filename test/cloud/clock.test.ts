import { expect, test } from "vitest";
import { createManualClock } from "./clock.ts";

test("stands still until it is told to move", async () => {
  const clock = createManualClock(1000);
  expect(clock.now()).toBe(1000);
  await clock.advance(250);
  expect(clock.now()).toBe(1250);
});

test("sleepers wake in the order of their times, then of falling asleep, each at its own time", async () => {
  const clock = createManualClock(0);
  const woken: string[] = [];
  const sleep = async (name: string, ms: number) => {
    await clock.sleep(ms);
    woken.push(`${name} at ${clock.now()}`);
  };
  void sleep("late", 30);
  void sleep("first", 10);
  void sleep("second", 10);
  void sleep("never", 31);

  await clock.advance(30);

  expect(woken).toEqual(["first at 10", "second at 10", "late at 30"]);
  expect(clock.sleepers).toBe(1);
});

test("who falls asleep again while time moves on wakes again in the same move", async () => {
  const clock = createManualClock(0);
  const ticks: number[] = [];
  void (async () => {
    while (ticks.length < 3) {
      await clock.sleep(10);
      ticks.push(clock.now());
    }
  })();
  await clock.advance(100);
  expect(ticks).toEqual([10, 20, 30]);
  expect(clock.now()).toBe(100);
});

test("no time at all is no sleep", async () => {
  const clock = createManualClock(0);
  await clock.sleep(0);
  expect(clock.sleepers).toBe(0);
});

test("an aborted sleeper gets the signal's reason and is forgotten", async () => {
  const clock = createManualClock(0);
  const stop = new AbortController();
  const asleep = clock.sleep(10, stop.signal);
  stop.abort(new Error("enough"));
  await expect(asleep).rejects.toThrow("enough");
  await expect(clock.sleep(10, stop.signal)).rejects.toThrow("enough");
  expect(clock.sleepers).toBe(0);
});
