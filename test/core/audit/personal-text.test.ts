import { describe, expect, test } from "vitest";
import { looksPersonal } from "../../../shared/core/audit/personal-text.ts";

/** Which ends make personal data of a text. */
const endsOf = (start: string, ends: Iterable<string>) =>
  [...ends].filter((end) => looksPersonal(start + end));

const DIGITS = "0123456789";

describe("a mail address", () => {
  test.each([
    "a@x.de",
    "(a@x.de, by phone)",
    "a@3m.com",
    "a@b2b.com",
    "a@web1.com",
    "a@x.com",
    "a@mail.x9.example.com",
    "first.last+tag@my-mail.example",
  ])("is %s", (text) => expect(looksPersonal(text)).toBe(true));

  test.each([
    "https://alice@example.com",
    "git@example.com",
    "alice@example.com:repo",
    "alice@example.com/repo",
    "alice@example.c",
    "alice@-x.com",
    "alice@x-.com",
    "alice@example",
  ])("is not %s", (text) => expect(looksPersonal(text)).toBe(false));
});

describe("a phone number", () => {
  test.each(["+49301234", "(+49301234, office)", "+4 9 3 0 1 2 3 4", "+123456789012345"])(
    "is %s",
    (text) => expect(looksPersonal(text)).toBe(true),
  );

  test.each(["+4930123", "+1234567890123456", "+49301234x", "1+49301234", "+09301234"])(
    "is not %s",
    (text) => expect(looksPersonal(text)).toBe(false),
  );
});

describe("the number of a payment card", () => {
  const cards = (start: string, length = 16) => endsOf(start.padEnd(length - 1, "0"), DIGITS);

  test.each<[string, number?]>([
    ["4"],
    ["4", 19],
    ["51"],
    ["55"],
    ["2221"],
    ["2229"],
    ["2230"],
    ["2299"],
    ["2300"],
    ["2699"],
    ["2700"],
    ["2719"],
    ["2720"],
    ["34", 15],
    ["37", 15],
    ["6011"],
    ["6500"],
    ["6599"],
    ["62"],
    ["62", 19],
    ["3528"],
    ["3529"],
    ["3530"],
    ["3589"],
  ])("begins with %s and has one check digit of ten", (start, length) =>
    expect(cards(start, length)).toHaveLength(1),
  );

  test.each<[string, number?]>([
    ["1"],
    ["50"],
    ["56"],
    ["2220"],
    ["2721"],
    ["2730"],
    ["2200"],
    ["36", 15],
    ["34"],
    ["3527"],
    ["3590"],
    ["6010"],
    ["66"],
    ["51", 19],
    ["9994", 19],
  ])("does not begin with %s", (start, length) => expect(cards(start, length)).toEqual([]));

  test("is written in groups, and between other words", () => {
    for (const text of [
      "(4111111111111111)",
      "3782 822463 10005",
      "3782-822463-10005",
      "4111-1111 1111-1111",
    ])
      expect([text, looksPersonal(text)]).toEqual([text, true]);
    for (const text of ["x4111111111111111", "4111111111111111x", "4111111111111111.5"])
      expect([text, looksPersonal(text)]).toEqual([text, false]);
  });
});

describe("the number of an identity card", () => {
  const residents = (monthAndDay: string) => endsOf(`1101051949${monthAndDay}002`, `${DIGITS}X`);

  test.each(["0101", "0909", "1010", "1231", "0110", "0229", "0130"])(
    "has a day of birth such as %s and one check character of eleven",
    (day) => expect(residents(day)).toHaveLength(1),
  );

  test.each(["0001", "1301", "0100", "0132", "0140"])("has no day of birth such as %s", (day) =>
    expect(residents(day)).toEqual([]),
  );

  test("stands between other words, with a small or a capital letter", () => {
    for (const text of ["(11010519491231002X)", "11010519491231002x"])
      expect([text, looksPersonal(text)]).toEqual([text, true]);
    for (const text of ["a11010519491231002X", "11010519491231002X-1"])
      expect([text, looksPersonal(text)]).toEqual([text, false]);
  });
});

describe("the number of a bank account", () => {
  const PAIRS = Array.from({ length: 100 }, (_, pair) => String(pair).padStart(2, "0"));
  const accounts = (length: number) =>
    PAIRS.filter((pair) =>
      looksPersonal(`account XX${pair}${"A7".repeat(20).slice(0, length - 4)}`),
    );

  test("has 15 to 34 letters and digits, of which two check the others", () => {
    for (const length of [15, 16, 34]) expect([1, 2]).toContain(accounts(length).length);
    for (const length of [14, 35]) expect(accounts(length)).toEqual([]);
  });

  test("is written in groups, and between other words", () => {
    for (const text of ["(AT61 1904 3002 3457 3201)", "NO9386011117947"])
      expect([text, looksPersonal(text)]).toEqual([text, true]);
    for (const text of ["AT61 1904 3002 3457 3201-x", "/AT611904300234573201x"])
      expect([text, looksPersonal(text)]).toEqual([text, false]);
  });
});
