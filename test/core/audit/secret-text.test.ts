import { describe, expect, test } from "vitest";
import { looksRandom } from "../../../shared/core/audit/randomness.ts";
import { isPlaceholder, looksSecret } from "../../../shared/core/audit/secret-text.ts";

// Built from parts, so that no scanner of repositories takes this file for a leak.
const join = (...parts: readonly string[]) => parts.join("");

describe("a form that says what it is", () => {
  test.each([
    ["gh", "p_", 30],
    ["gh", "o_", 30],
    ["gh", "s_", 30],
    ["github", "_pat_", 30],
    ["gl", "pat-", 20],
    ["np", "m_", 36],
    ["pypi", "-AgEI", 20],
    ["xo", "xb-", 10],
    ["AI", "za", 35],
    ["sk", "_live_", 16],
    ["rk", "_test_", 16],
    ["wh", "sec_", 20],
    ["s", "k-", 20],
    ["Bear", "er ", 16],
    ["LT", "AI", 12],
    ["AK", "ID", 13],
    [join("ey", "Jaaaaaaaa."), "eyJ", 8],
    [join("S", "G.aaaaaaaaaaaaaaaa"), ".", 16],
  ])("%s%s is followed by at least %i more", (start, more, length) => {
    const form = (count: number) => join(start, more, "a".repeat(count));
    expect(looksSecret(form(length))).toBe(true);
    expect(looksSecret(`(${form(length)})`)).toBe(true);
    expect(looksSecret(form(length - 1))).toBe(false);
  });

  test("is long in all its parts", () => {
    expect(looksSecret(join("ey", "Jaaaaaaa.", "eyJaaaaaaaa"))).toBe(false);
    expect(looksSecret(join("S", "G.aaaaaaaaaaaaaaa.", "a".repeat(16)))).toBe(false);
  });

  test("begins a word", () => {
    for (const form of [
      join("gh", "p_", "a".repeat(30)),
      join("AK", "IA", "A".repeat(16)),
      join("s", "k-", "a".repeat(20)),
    ])
      expect([form, looksSecret(form), looksSecret(`x${form}`)]).toEqual([form, true, false]);
  });

  test("ends where access keys end", () => {
    for (const [start, least, most] of [
      [join("AK", "IA"), 16, 16],
      [join("AS", "IA"), 16, 16],
      [join("LT", "AI"), 12, 20],
      [join("AK", "ID"), 13, 40],
    ] as const) {
      const isTold = (length: number) => looksSecret(`(${start}${"A".repeat(length)})`);
      expect([least - 1, least, most, most + 1].map(isTold)).toEqual([false, true, true, false]);
    }
  });
});

describe("what is assigned", () => {
  test.each([
    "password=",
    "Password: ",
    "passwd=",
    "passphrase: ",
    "pwd=",
    "db pw : ",
    "secret=",
    "token = ",
    "apikey=",
    "api_key=",
    "api-key=",
    "accesskey=",
    "access-key=",
    "secret_key=",
    "accountKey=",
    "clientsecret=",
    "client_secret=",
    "authtoken=",
    "auth-token=",
  ])("to %s is a secret, if it has four letters at least", (assigned) => {
    expect(["abcd", "abc"].map((value) => looksSecret(assigned + value))).toEqual([true, false]);
  });

  test("is none after other words, nor where it is a placeholder", () => {
    for (const text of ["keypw=abcd", "token: abcd", "monkey=abcd", "password=none"])
      expect([text, looksSecret(text)]).toEqual([text, false]);
  });
});

test.each([
  ["none", "null", "nil", "n/a", "na", "no", "yes", "true", "false", "unset", "empty"],
  ["todo", "tbd", "redacted", "hidden", "rotate", "rotated", "managed", "NONE"],
  ["vault:secret/app", "csms:name", "kms:alias", "see wiki", "ref:app", "arn:aws:x"],
  ["****", "xxxx", "...", "--", "<password>", "$PASSWORD", "{{ password }}"],
  ["90", "90d", "90 days", "12 hours", "3 months", "2y", " none "],
])("%s and the like stand where a secret is not", (...texts) => {
  for (const text of texts) expect([text, isPlaceholder(text)]).toEqual([text, true]);
});

test.each(["nonesuch", "hunter2", "my-vault", "12345", "90x", "a****", "rotating"])(
  "%s may be a secret",
  (text) => expect(isPlaceholder(text)).toBe(false),
);

describe("twenty capitals and digits", () => {
  test.each([
    ["with six changes and three digits", "1G1H1IJJJJJJJJJJJJJJ", true],
    ["with five changes", "G1H11IJJJJJJJJJJJJJJ", false],
    ["of which half are digits", "1G1H1I1111111JJJJJJJ", true],
    ["of which most are digits", "1G1H1I11111111JJJJJJ", false],
    ["that are hexadecimal", "A1B2C3D4E5F6A1B2C3D4", false],
    ["that are nearly hexadecimal", "A1B2C3D4E5F6A1B2C3G4", true],
    ["within a word", "xA1B2C3D4E5F6A1B2C3G4", false],
    ["and one more", "A1B2C3D4E5F6A1B2C3G4A", false],
    ["between other words", "id A1B2C3D4E5F6A1B2C3G4, old", true],
  ])("%s are an access key or not", (_, text, is) => expect(looksSecret(text)).toBe(is));
});

describe("a run that only a generator writes", () => {
  test.each([
    ["of 24 letters and digits", "Aa1Bb2Cc3Dd4Ee5Ff6Gg7Hh8", true],
    ["of 23", "a1Bb2Cc3Dd4Ee5Ff6Gg7Hh8", false],
    ["between other words", "key: Aa1Bb2Cc3Dd4Ee5Ff6Gg7Hh8.", true],
    ["without capitals", "aa1bb2cc3dd4ee5ff6gg7hh8", false],
    ["without small letters", "AA1BB2CC3DD4EE5FF6GG7HH8", false],
    ["without digits", "AaxBbYCcxDdYEexFfYGgxHhY", false],
    ["of thirteen different ones", "Aa1Bb2Cc3Dd4EAa1Bb2Cc3Dd4E", true],
    ["of twelve", "Aa1Bb2Cc3Dd4Aa1Bb2Cc3Dd4", false],
    ["with a piece of twelve", "Aa1Bb2Cc3Dd4-Ee5Ff6Gg7Hh8", true],
    ["in pieces of eleven", "Aa1Bb2Cc3Dd-Ee5Ff6Gg7Hh-Ii9", false],
    // The base64 of "secret of the team".
    ["that holds a readable text", "c2VjcmV0IG9mIHRoZSB0ZWFt", false],
    ["that no base64 is so long as", "Aa1Bb2Cc3Dd4Ee5Ff6Gg7Hh8J", true],
  ])("%s is told or not", (_, text, is) => expect(looksRandom(text)).toBe(is));

  test("holds a readable text in base64 of URLs, too", () => {
    for (const text of ["Who pays? The platform team", "what > for the production teams?"])
      for (const encoding of ["base64", "base64url"] as const) {
        const run = Buffer.from(text).toString(encoding).replace(/=+$/, "");
        expect([run, looksRandom(run)]).toEqual([run, false]);
      }
  });

  test("changes all the time: in 42 of 100 places at least", () => {
    const lasting = "abcdefghijklmnopqrstuvwxyzabcd";
    const alike = (changes: number) => "A1".repeat(40).slice(0, changes) + lasting;
    expect(looksRandom(alike(21).padEnd(51, "z"))).toBe(true);
    const rare = alike(20).padEnd(51, "z");
    expect([rare, [...rare].reverse().join("")].map(looksRandom)).toEqual([false, false]);
  });

  test("changes between capitals, small letters and digits, the first of them included", () => {
    for (const [pair, is] of [
      ["Aa", true],
      ["A0", true],
      ["a0", true],
      ["AZ", false],
      ["az", false],
      ["09", false],
    ] as const) {
      const run = `${pair.repeat(8)}BCDEFGhijklm123`;
      expect([run, looksRandom(run)]).toEqual([run, is]);
    }
  });
});
