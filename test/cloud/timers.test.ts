/**
 * Goal: timers fire when the documents say, with the event that they show, on the cloud's clock.
 * Method: a clock that is moved by hand; a FunctionGraph that only remembers what it is given.
 */
import { describe, expect, test } from "vitest";
import { readAuditOptions } from "../../shared/core/audit/audit-options.ts";
import { createManualClock } from "./clock.ts";
import type { FunctionGraph } from "./functiongraph/index.ts";
import { createFunctionGraph } from "./functiongraph/index.ts";
import { nextMomentOf, scheduleOf } from "./schedule.ts";
import { createTimers, type Timer } from "./timers.ts";

const START_MS = Date.UTC(2026, 10, 21, 10, 0, 0);
const HOUR_MS = 3_600_000;
const at = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString().slice(0, 19));

function setUp() {
  const clock = createManualClock(START_MS);
  const events: { readonly name: string; readonly event: unknown; readonly ms: number }[] = [];
  const graph = createFunctionGraph({
    project: "p",
    clock,
    credentialsOf: () => ({ ak: "ak", sk: "sk" }),
  });
  const functions: FunctionGraph = {
    ...graph,
    knows: (name) => name === "audit",
    trigger: (name, event) => void events.push({ name, event, ms: clock.now() }),
  };
  return { clock, events, timers: createTimers({ clock }, functions) };
}

const every = (schedule: string): Timer => ({ name: "t", ...scheduleOf(schedule) });

test("a rate fires at each interval from its creation on, and stops with the cloud", async () => {
  const { clock, events, timers } = setUp();
  timers.api.create("audit", every("20m"));
  await clock.advance(20 * 60_000 - 1);
  expect(events).toEqual([]);
  await clock.advance(HOUR_MS);
  expect(events.map(({ ms }) => at(ms))).toEqual([
    "2026-11-21T10:20:00",
    "2026-11-21T10:40:00",
    "2026-11-21T11:00:00",
  ]);
  expect(at(timers.api.list()[0]?.nextMs ?? null)).toBe("2026-11-21T11:20:00");
  timers.stop();
  await clock.advance(24 * HOUR_MS);
  expect(events).toHaveLength(3);
  expect(clock.sleepers).toBe(0);
});

test("an event has the documented fields, and the function reads its options from it", async () => {
  const { clock, events, timers } = setUp();
  timers.api.create("audit", { ...every("1h"), userEvent: '{"formats":["html"]}' });
  await clock.advance(HOUR_MS);
  expect(events[0]).toMatchObject({
    name: "audit",
    event: {
      version: "v1.0",
      time: "2026-11-21T19:00:00+08:00",
      trigger_type: "TIMER",
      trigger_name: "t",
      user_event: '{"formats":["html"]}',
    },
  });
  expect(readAuditOptions(events[0]?.event)).toEqual({ formats: ["html"] });
  timers.stop();
});

test("a wait longer than the platform's own timers is kept", async () => {
  const { clock, events, timers } = setUp();
  timers.api.create("audit", every("30d"));
  await clock.advance(30 * 24 * HOUR_MS);
  expect(events).toHaveLength(1);
  timers.stop();
});

test("a timer that is taken away fires no more, and its name is free again", async () => {
  const { clock, events, timers } = setUp();
  timers.api.create("audit", every("1m"));
  expect(() => timers.api.create("audit", every("1m"))).toThrow(/has a timer called "t"/);
  timers.api.remove("audit", "t");
  expect(() => timers.api.remove("audit", "t")).toThrow(/no timer/);
  await clock.advance(HOUR_MS);
  expect(events).toEqual([]);
  timers.api.create("audit", every("1m"));
  timers.stop();
});

test("what the service refuses is refused: no function, and an eleventh timer", () => {
  const { timers } = setUp();
  expect(() => timers.api.create("nobody", every("1m"))).toThrow(/no function/);
  for (let index = 0; index < 10; index += 1)
    timers.api.create("audit", { ...every("1h"), name: `${index}` });
  expect(() => timers.api.create("audit", every("1h"))).toThrow(/10 timers/);
  timers.stop();
});

describe("schedules", () => {
  test.each([
    ["1m", "2026-11-21T10:01:00"],
    ["24h", "2026-11-22T10:00:00"],
    ["30d", "2026-12-21T10:00:00"],
    ["@every 1h30m", "2026-11-21T11:30:00"],
    ["@every 90s", "2026-11-21T10:01:30"],
    ["0 15 2 * * ?", "2026-11-22T02:15:00"],
    ["30 0/20 * * *", "2026-11-21T10:00:30"],
    ["0 0 8 * * MON-FRI", "2026-11-23T08:00:00"],
    ["CRON_TZ=Asia/Shanghai 0 0 0 * *", "2026-11-21T16:00:00"],
    ["0 0 0 30 2 *", null],
  ])("%s fires next at %s", (schedule, expected) => {
    expect(at(nextMomentOf(scheduleOf(schedule), START_MS)(START_MS))).toBe(expected);
  });

  test.each([
    ...["0m", "61m", "25h", "31d", "1w", "", "@every", "@every 0s", "@daily"],
    ...["* * * *", "60 0 0 * *", "0 0 0 L * *", "0 0 0 * * MON#2", "* * * * * * *"],
    "CRON_TZ=Nowhere/City 0 0 0 * *",
  ])("%s is refused", (schedule) => {
    expect(() => nextMomentOf(scheduleOf(schedule), START_MS)).toThrow(/must be/);
  });
});
