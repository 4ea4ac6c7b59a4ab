import { describe, expect, test } from "vitest";
import {
  type Done,
  type JournalledResource,
  resourceKey,
} from "../../../shared/core/run/journal.ts";
import type { PlannedResource } from "../../../shared/core/run/run-plan.ts";
import { progressOf } from "../../../shared/core/run/run-status.ts";

const START_MS = Date.UTC(2026, 10, 21, 12);
const secret = (number: number) => ({ type: "secret", id: `s-${number}` }) as const;

const planned = (count: number) =>
  Array.from({ length: count }, (_, index): PlannedResource => {
    const resource = secret(index);
    return { resource, digest: "", profile: "documented", changes: [] };
  });

/** A journal in which each resource ended so, one after the other; `null`: it has only begun. */
function journal(endings: readonly (Partial<Done> & { readonly second?: number })[]) {
  const rows = endings.map(({ second = 0, ...ending }, index): JournalledResource => {
    const resource = secret(index);
    const at = new Date(START_MS + second * 1_000).toISOString();
    const plain = { entry: "done", at, resource, kind: "tagged", final: true, calls: 2 } as const;
    const done: Done = { ...plain, ...ending };
    return { resource, steps: new Map(), open: null, openBy: new Map(), done, touched: true };
  });
  return new Map(rows.map((row) => [resourceKey(row.resource), row]));
}

describe("progress", () => {
  test("of a run that has not begun", () => {
    expect(progressOf(new Map(), planned(2))).toEqual({
      total: 2,
      done: 0,
      left: 2,
      failedSoFar: 0,
      summary: {},
      calls: 0,
      perSecond: null,
      secondsLeft: null,
    });
  });

  test("counts what ended for good by kind, what is left, and every call", () => {
    const endings = [
      { second: 0 },
      { second: 1, kind: "unchanged", calls: 1 },
      { second: 2 },
      { second: 3, kind: "failed", final: false, calls: 5 },
      { second: 4, kind: "stale", calls: 1 },
    ] as const;
    expect(progressOf(journal(endings), planned(8))).toEqual({
      total: 8,
      done: 4,
      left: 4,
      failedSoFar: 1,
      summary: { tagged: 2, unchanged: 1, stale: 1 },
      calls: 11,
      perSecond: 0.75,
      secondsLeft: 6,
    });
  });

  test("counts what has begun and not ended as left", () => {
    const [begun] = journal([{}]);
    if (begun === undefined) throw new Error("an empty journal");
    const [key, row] = begun;
    const state = new Map([[key, { ...row, done: null }]]);
    expect(progressOf(state, planned(1))).toMatchObject({ done: 0, left: 1, calls: 0 });
  });

  test("passes over resources that the plan does not know", () => {
    const state = journal([{}, {}, { kind: "failed" }]);
    const wanted = { total: 2, done: 2, left: 0, summary: { tagged: 2 } };
    expect(progressOf(state, planned(2))).toMatchObject(wanted);
  });

  test("of a run without a plan is of all that it came to", () => {
    const state = journal([{}, { kind: "failed", final: false }]);
    expect(progressOf(state, null)).toMatchObject({ total: 2, done: 1, left: 1, failedSoFar: 1 });
  });
});

describe("the rate", () => {
  const rate = (seconds: readonly number[]) => {
    const state = journal(seconds.map((second) => ({ second })));
    const { perSecond, secondsLeft } = progressOf(state, planned(100));
    return { perSecond, secondsLeft };
  };

  test.each<[string, readonly number[], number | null, number | null]>([
    ["is not known after one resource", [0], null, null],
    ["is not known where all ended at once", [5, 5], null, null],
    ["is that between the first and the last", [0, 1, 2, 3, 4], 1, 95],
    ["does not ask for the order of the journal", [10, 2, 0, 4, 8, 6], 0.5, 188],
    ["is that of the last minute", [0, 60.001, 61, 90, 120], 3 / 59.999, 1_900],
    ["leaves out what ended just a minute before the last", [60, 100, 120], 1 / 20, 1_940],
    ["is not known where only the last one ended lately", [0, 1, 2, 100], null, null],
  ])("%s", (_what, seconds, perSecond, secondsLeft) => {
    expect(rate(seconds)).toEqual({ perSecond, secondsLeft });
  });

  test("passes over an end without a time", () => {
    const state = journal([{ second: 0 }, { second: 10 }, { at: "soon" }]);
    expect(progressOf(state, planned(5))).toMatchObject({ done: 3, perSecond: 0.1 });
  });
});
