import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatTime, parseDuration, parseTime, toIsoTime } from "../../shared/core/time.ts";

const MOMENT = Date.UTC(2016, 11, 8, 3, 7, 28);

describe("a time is read", () => {
  test.each([
    ["milliseconds", MOMENT],
    ["seconds", MOMENT / 1000],
    ["milliseconds as text", `${MOMENT}`],
    ["seconds as text", `${MOMENT / 1000}`],
    ["ISO 8601", "2016-12-08T03:07:28Z"],
    ["ISO 8601 with milliseconds", "2016-12-08T03:07:28.000Z"],
    ["ISO 8601 with an offset", "2016-12-08T11:07:28+08:00"],
    ["ISO 8601 with a short offset", "2016-12-07T22:07:28-0500"],
    ["ISO 8601 without a zone, as UTC", "2016-12-08T03:07:28"],
    ["a space for the T", "2016-12-08 03:07:28"],
    ["the form of the trace list", "2016/12/08 11:07:28 GMT+08:00"],
    ["the same in UTC", " 2016/12/08 03:07:28 GMT "],
    ["the same without a space", "2016/12/08 03:07:28UTC"],
    ["the same with several", "2016-12-08   03:07:28  Z"],
    ["an offset of hours", "2016-12-08T11:07:28+08"],
    ["an offset of hours and minutes", "2016-12-08T08:37:28+05:30"],
    ["an offset of minutes", "2016-12-08T02:08:28-00:59"],
    ["the largest offset", "2016-12-08T21:07:28+18:00"],
    ["a day and an hour of one digit", "2016-12-8 3:07:28"],
    ["small letters", "2016-12-08t03:07:28z"],
  ])("from %s", (_form, value) => {
    expect(parseTime(value)).toBe(MOMENT);
  });

  test("from a date alone, as the start of that day", () => {
    expect(parseTime("2016-12-08")).toBe(Date.UTC(2016, 11, 8));
  });

  test("without seconds, as the start of that minute", () => {
    expect(parseTime("2016-12-08T03:07Z")).toBe(Date.UTC(2016, 11, 8, 3, 7));
  });

  test("with its fraction of a second", () => {
    expect(parseTime("2016-12-08T03:07:28.5Z")).toBe(MOMENT + 500);
    expect(parseTime("2016-12-08T03:07:28,25Z")).toBe(MOMENT + 250);
    expect(parseTime("2016-12-08T03:07:28.123456789Z")).toBe(MOMENT + 123);
    expect(parseTime(`${MOMENT / 1000}.25`)).toBe(MOMENT + 250);
    expect(parseTime(MOMENT / 1000 + 0.5)).toBe(MOMENT + 500);
  });

  test("whatever its form, as the same moment", () => {
    const moments = fc.integer({ min: Date.UTC(2000, 0, 1), max: Date.UTC(2200, 0, 1) - 1 });
    fc.assert(
      fc.property(moments, (ms) => {
        expect(parseTime(ms)).toBe(ms);
        expect(parseTime(String(ms))).toBe(ms);
        expect(parseTime(toIsoTime(ms))).toBe(ms);
        expect(parseTime(Math.floor(ms / 1000))).toBe(Math.floor(ms / 1000) * 1000);
      }),
    );
  });
});

test.each([
  [null],
  [undefined],
  [{}],
  [true],
  [""],
  ["yesterday"],
  [Number.NaN],
  [Number.POSITIVE_INFINITY],
  [0],
  [-1],
  ["20161208"],
  [Date.UTC(1999, 11, 31)],
  [Date.UTC(2200, 0, 1)],
  ["1999-12-31T23:59:59Z"],
  ["2016-02-30"],
  ["2016-13-01"],
  ["2016-12-08T24:00:00Z"],
  ["2016-12-08T03:60:00Z"],
  ["2016-12-08T03:07:60Z"],
  ["2016-12-08T03:07:28+19:00"],
  ["2016-12-08T03:07:28Z trailing"],
  ["on 2016-12-08T03:07:28Z"],
  ["2016-12-00"],
  ["2016-04-31"],
  ["2016-01-32"],
  ["2016-12-31T24:00:00Z"],
  ["2016-12-08T23:60:00Z"],
  ["2016-12-08T03:07:28+08:60"],
  ["1481166448.1234567890"],
  [1e11],
])("%j is no time", (value) => {
  expect(parseTime(value)).toBeNull();
});

describe("a time is written", () => {
  test("as ISO 8601 in UTC", () => {
    expect(toIsoTime(MOMENT)).toBe("2016-12-08T03:07:28.000Z");
  });

  test.each([
    ["yyyy-MM-dd", "2016-12-08"],
    ["yyyyMMddTHHmmss", "20161208T030728"],
    ["dd.MM.yyyy HH:mm", "08.12.2016 03:07"],
    ["literal", "literal"],
    ["", ""],
  ])("by the pattern %j as %j", (pattern, text) => {
    expect(formatTime(MOMENT, pattern)).toBe(text);
  });
});

test.each([
  ["500ms", 500],
  ["0s", 0],
  ["30s", 30_000],
  ["10m", 600_000],
  ["1h", 3_600_000],
  ["2d", 172_800_000],
  [" 30s ", 30_000],
  ["30", null],
  ["s", null],
  ["-1s", null],
  ["1.5h", null],
  ["1 h", null],
  ["1h30m", null],
  ["1w", null],
])("the duration %j is %j ms", (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});
