import { expect, test } from "vitest";
import { graceFor, graceLeft, longestGrace } from "../../shared/core/grace.ts";

const table = {
  byAgent: [
    { agent: "terraform", ms: 120_000 },
    { agent: "go-http", ms: 60_000 },
  ],
  defaultMs: 5_000,
};

test("a user agent is found by a part of it, whatever its case", () => {
  expect(graceFor(table, "HashiCorp Terraform/1.9.8 (+https://www.terraform.io)")).toBe(120_000);
  expect(graceFor(table, "curl/8.1")).toBe(5_000);
  expect(graceFor(table, null)).toBe(5_000);
});

test("the case of the policy does not matter either", () => {
  const grace = { byAgent: [{ agent: "Terraform", ms: 1_000 }], defaultMs: 0 };
  expect(graceFor(grace, "terraform/1.9.8")).toBe(1_000);
});

test("without a user agent nothing of the table fits", () => {
  const grace = { byAgent: [{ agent: "here", ms: 1_000 }], defaultMs: 2_000 };
  expect(graceFor(grace, null)).toBe(2_000);
});

test("the longest grace is the longest of all of them", () => {
  const longest = (grace: typeof table) =>
    longestGrace({ guards: { grace, visibleMs: 0, maxChanges: 0, maxPercent: 0 } });
  expect(longest(table)).toBe(120_000);
  expect(longest({ ...table, defaultMs: 180_000 })).toBe(180_000);
  expect(longest({ byAgent: [], defaultMs: 5_000 })).toBe(5_000);
});

test("the first row that fits wins", () => {
  expect(graceFor(table, "Go-http-client terraform")).toBe(120_000);
});

test("what has passed since the trace is not waited again", () => {
  expect(graceLeft(30_000, 1_000, 21_000)).toBe(10_000);
  expect(graceLeft(30_000, 1_000, 31_000)).toBe(0);
  expect(graceLeft(30_000, 1_000, 9_999_999)).toBe(0);
});

test("a trace without a time or from the future waits the whole grace and no longer", () => {
  expect(graceLeft(30_000, null, 50_000)).toBe(30_000);
  expect(graceLeft(30_000, 99_999_999, 50_000)).toBe(30_000);
});

test("no grace is no wait", () => {
  expect(graceLeft(0, null, 50_000)).toBe(0);
  expect(graceLeft(0, 99_999_999, 50_000)).toBe(0);
});
