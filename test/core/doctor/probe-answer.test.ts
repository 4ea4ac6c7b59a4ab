import { describe, expect, test } from "vitest";
import {
  bodyOf,
  isDone,
  isForbidden,
  judgeUnseen,
  wordsOf,
} from "../../../shared/core/doctor/probe-answer.ts";
import { answered, silent } from "./answers.ts";

describe("a service did what it was asked", () => {
  test.each([
    [199, false],
    [200, true],
    [204, true],
    [299, true],
    [300, false],
    [403, false],
    [500, false],
  ])("with status %i: %s", (status, isSuccess) => {
    const answer = answered(status, "", { a: 1 });
    expect(isDone(answer)).toBe(isSuccess);
    expect(bodyOf(answer)).toEqual(isSuccess ? { a: 1 } : undefined);
  });

  test("never where it is silent", () => {
    expect(isDone(silent("ETIMEDOUT"))).toBe(false);
    expect(bodyOf(silent("ETIMEDOUT"))).toBeUndefined();
  });
});

test("permission is refused by the status alone", () => {
  expect(isForbidden(answered(403))).toBe(true);
  expect(isForbidden(answered(401, "KMS.0307"))).toBe(false);
  expect(isForbidden(answered(404))).toBe(false);
  expect(isForbidden(silent("403"))).toBe(false);
});

test("an answer is told by its status and its code", () => {
  expect(wordsOf(answered(403, "KMS.0307"))).toBe("403 KMS.0307");
  expect(wordsOf(answered(502))).toBe("502");
  expect(wordsOf(silent("ETIMEDOUT"))).toBe("no answer (ETIMEDOUT)");
});

test("what could not be seen is unknown: for want of a permission, or of an answer that says anything", () => {
  expect(judgeUnseen(answered(403, "FSS.0403"), "functiongraph:trigger:list")).toEqual({
    verdict: "unknown",
    found: "may not be looked at (403 FSS.0403)",
    advice: "allow yourself functiongraph:trigger:list",
  });
  const advice = "run doctor again; if it stays so, look at the service's status";
  expect(judgeUnseen(answered(500), "a:b")).toEqual({ verdict: "unknown", found: "500", advice });
  expect(judgeUnseen(silent("ECONNRESET"), "a:b")).toEqual({
    verdict: "unknown",
    found: "no answer (ECONNRESET)",
    advice,
  });
});
