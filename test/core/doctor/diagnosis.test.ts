import { describe, expect, test } from "vitest";
import {
  isBlocking,
  ok,
  problem,
  skipped,
  together,
  unknown,
} from "../../../shared/core/doctor/diagnosis.ts";

test("a verdict carries what was found, and what to do where something is to be done", () => {
  expect(ok("all")).toEqual({ verdict: "ok", found: "all" });
  expect(skipped("off")).toEqual({ verdict: "skipped", found: "off" });
  expect(unknown("odd", "look")).toEqual({ verdict: "unknown", found: "odd", advice: "look" });
  expect(problem("bad", "mend", "access")).toEqual({
    verdict: "problem",
    found: "bad",
    advice: "mend",
    blame: "access",
  });
});

test("a problem is nobody's in particular unless it is said whose", () => {
  expect(problem("bad", "mend")).toMatchObject({ blame: "other" });
});

test("only what is wrong or was passed over makes meaningless what is built on it", () => {
  expect(isBlocking(problem("bad", "mend"))).toBe(true);
  expect(isBlocking(skipped("off"))).toBe(true);
  expect(isBlocking(unknown("odd", "look"))).toBe(false);
  expect(isBlocking(ok("all"))).toBe(false);
});

describe("several findings become one verdict", () => {
  const wrong = { found: "a", advice: "x" };
  const other = { found: "b", advice: "x" };
  const doubt = { found: "c", advice: "y" };

  test("a problem where there is one, whatever is in doubt beside it", () => {
    expect(together([wrong], [doubt], "fine")).toEqual(problem("a", "x"));
  });

  test("with every finding, and each advice once", () => {
    expect(together([wrong, other, wrong], [], "fine")).toEqual(problem("a; b", "x"));
    expect(together([], [wrong, doubt], "fine")).toEqual(unknown("a; c", "x; y"));
  });

  test("unknown where something is in doubt, else as it should be", () => {
    expect(together([], [doubt], "fine")).toEqual(unknown("c", "y"));
    expect(together([], [], "fine")).toEqual(ok("fine"));
  });
});
