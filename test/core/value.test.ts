import { describe, expect, test } from "vitest";
import { KEY_LIMITS } from "../../shared/core/limits.ts";
import { canonicalValue, isValid, settleValue } from "../../shared/core/value.ts";
import { rule } from "./plan/builders.ts";

const limits = KEY_LIMITS.documented;
const environment = rule("Environment", {
  values: { prod: ["prd", "Production Site"], test: ["uat", "T"], dev: ["t"] },
});
const email = rule("Owner", { match: [{ regex: "^[^@]+@example\\.com$" }] });

describe("the canonical spelling", () => {
  test.each([
    ["prod", "prod"],
    ["prd", "prod"],
    ["PROD", "prod"],
    ["PrD", "prod"],
    ["  production   SITE ", "prod"],
    ["T", "test"],
    ["t", "dev"],
    [" t", " t"],
    ["staging", "staging"],
    ["constructor", "constructor"],
  ])("of %j is %j", (value, canonical) => {
    expect(canonicalValue(environment, value)).toBe(canonical);
  });

  test("is the value itself where it is canonical, whatever else claims it", () => {
    expect(canonicalValue(rule("E", { values: { a: ["b"], b: [] } }), "b")).toBe("b");
  });

  test("is the value itself where several claim the spelling", () => {
    const claimed = () => rule("E", { values: { prod: ["p", "live"], pilot: ["P"], live: [] } });
    expect([" p ", "LIVE", "Prod"].map((value) => canonicalValue(claimed(), value))).toEqual([
      " p ",
      "LIVE",
      "prod",
    ]);
  });

  test("is the one that claims it, however often", () => {
    const twice = rule("E", { values: { prod: ["p", "p", "PROD"] } });
    expect(["p", "P", "PrOd"].map((value) => canonicalValue(twice, value))).toEqual([
      "prod",
      "prod",
      "prod",
    ]);
  });

  test("is the value itself where the rule allows any", () => {
    expect(canonicalValue(email, "ANY")).toBe("ANY");
  });
});

describe("a value is valid", () => {
  test("where it is a canonical one, letter for letter", () => {
    expect(isValid(environment, "prod")).toBe(true);
    expect(isValid(environment, "prd")).toBe(false);
    expect(isValid(environment, "Prod")).toBe(false);
    expect(isValid(environment, "constructor")).toBe(false);
  });

  test("where one of the matchers accepts it", () => {
    expect(isValid(email, "a@example.com")).toBe(true);
    expect(isValid(email, "a@example.org")).toBe(false);
  });

  test("only where both agree", () => {
    const both = rule("E", { values: { prod: [], dev: [] }, match: [{ regex: "^p" }] });
    expect(["prod", "dev", "p"].map((value) => isValid(both, value))).toEqual([true, false, false]);
  });

  test("where the rule asks for nothing", () => {
    expect(isValid(rule("Any"), "anything")).toBe(true);
  });
});

describe("a derived value settles", () => {
  test("in its canonical spelling", () => {
    expect(settleValue(environment, "PRD", limits)).toEqual({ ok: true, value: "prod" });
  });

  test("encoded, and says from what", () => {
    expect(settleValue(rule("Team"), "a,b", limits)).toEqual({
      ok: true,
      value: "a_b",
      adjustedFrom: "a,b",
    });
  });

  test("judged as it will be written", () => {
    const strict = rule("Team", { match: [{ regex: "^[a-z,]+$" }] });
    expect(settleValue(strict, "a,b", limits)).toEqual({ ok: false, reason: "invalid" });
  });

  test.each(["", " ", "\t\n", "\u00a0", `${" ".repeat(43)}x`])(
    "not where it is blank: %j",
    (raw) => {
      expect(settleValue(rule("Team"), raw, limits)).toEqual({ ok: false, reason: "empty" });
    },
  );

  test("not where the rule refuses it", () => {
    expect(settleValue(environment, "staging", limits)).toEqual({ ok: false, reason: "invalid" });
  });
});
