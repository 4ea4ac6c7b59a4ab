/**
 * Goal: jobs that come through a queue: they plan by themselves, under the guards, and become runs.
 * Method: the real use case in the real frame against the local cloud, on a clock that nobody waits for.
 */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { listRuns } from "../../shared/io/run/run-store.ts";
import { readStatus } from "../../shared/io/run/status.ts";
import { StoreError } from "../../shared/io/store/store.ts";
import { drain, stateOf } from "./retag-event.ts";
import { openRetagStage, type RetagStage } from "./retag-stage.ts";

const JOB = { kind: "job", version: 1 } as const;

let stage: RetagStage;
beforeEach(async () => {
  stage = await openRetagStage();
});
afterEach(() => stage.close());

async function runs(): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const name of listRuns(stage.store)) names.push(name);
  return names;
}

const add = (...names: readonly string[]) =>
  names.map((name) => stage.cloud.addSecret({ name, tags: { Owner: "anne" } }).id);

test("a job plans by the policy, stores its run, carries it out, and its repeat changes nothing", async () => {
  add("prod-a", "app-b");
  stage.cloud.addKey({ name: "app-c", tags: { owner: "bert" } });
  const ending = await stage.run(JOB);
  expect(ending.report?.summary).toMatchObject({ tagged: 3 });
  expect(stateOf(stage)).toEqual({
    "prod-a": { Owner: "anne", Environment: "dev" },
    "app-b": { Owner: "anne", Environment: "dev" },
    "app-c": { Owner: "bert", Environment: "dev" },
  });
  const [run = ""] = await runs();
  expect(ending.report?.run).toBe(run);
  expect((await readStatus(stage.store, run, stage.clock)).state).toBe("finished");
  // Those of the inventory serve all outcomes, and are counted.
  expect(ending.report?.calls).toBe(ending.requests);

  const repeat = await stage.run(JOB);
  expect(repeat).toMatchObject({ writes: 0, thrown: null });
  expect(repeat.outcomes).toMatchObject([{ kind: "unchanged", reason: "nothing to change" }]);
  expect(await runs()).toHaveLength(1);
});

test("edits of selected resources are carried out, and no others", async () => {
  add("prod-a", "app-b");
  const edits = { set: { CostCenter: "unit-42" } };
  const ending = await stage.run({ ...JOB, selection: { selectors: ["prod"] }, edits });
  expect(ending.report?.summary).toMatchObject({ tagged: 1 });
  expect(stateOf(stage)).toEqual({
    "prod-a": { Owner: "anne", CostCenter: "unit-42" },
    "app-b": { Owner: "anne" },
  });
});

test("ids of which there is no resource are told", async () => {
  const [id = ""] = add("app-b");
  const missing = "0d0466b0-1111-4222-8333-94455aa0b001";
  const { outcomes } = await stage.run({ ...JOB, selection: { ids: [id, missing] } });
  expect(outcomes.map(({ kind }) => kind).sort()).toEqual(["gone", "tagged"]);
  expect(outcomes.find(({ kind }) => kind === "gone")?.reason).toContain(missing);
});

test.each([
  [
    "a selector that the policy does not have",
    { selection: { selectors: ["nope"] } },
    /no selector/,
  ],
  [
    "edits that contradict each other",
    { edits: { set: { A: "one" }, unset: ["A"] } },
    /contradict/,
  ],
])("%s: a dead letter, without a request", async (_name, more, reason) => {
  add("app-b");
  const ending = await stage.run({ ...JOB, ...more });
  expect(ending).toMatchObject({ requests: 0, thrown: null, again: [] });
  const letters = await stage.deadLetters();
  expect(letters).toMatchObject([{ message: { ...JOB, ...more } }]);
  expect(letters[0]?.cause.reason).toMatch(reason);
});

test("a guard stops a job before its first write, and its run can be looked at", async () => {
  add("app-a", "app-b", "app-c");
  const policy = { ...stage.policy, guards: { ...stage.policy.guards, maxChanges: 2 } };
  const ending = await stage.run(JOB, { policy });
  expect(ending).toMatchObject({ writes: 0, thrown: null });
  expect(ending.report?.summary).toMatchObject({ guarded: 1, tagged: 0 });
  const [run = ""] = await runs();
  expect(ending.report?.guarded).toEqual([`${run}: 3 changes, at most 2 (maxChanges)`]);
});

describe("a job that is not done at once", () => {
  test("goes on as its run, and is not planned again", async () => {
    add(...Array.from({ length: 30 }, (_, index) => `app-${index}`));
    const { endings } = await drain(stage, [JSON.stringify(JOB)], false, () => ({
      remainingMs: 3_000,
      callMs: 50,
    }));
    expect(endings.length).toBeGreaterThan(2);
    const again = endings.flatMap((one) => one.again.map((text) => JSON.parse(text)));
    expect(new Set(again.map(({ kind }) => kind))).toEqual(new Set(["run"]));
    const [run = "", ...others] = await runs();
    expect(others).toEqual([]);
    expect((await readStatus(stage.store, run, stage.clock)).state).toBe("finished");
  });

  test("because planning takes longer than the function has, is a dead letter after five attempts", async () => {
    add("app-a");
    const { endings } = await drain(stage, [JSON.stringify(JOB)], false, () => ({
      remainingMs: 3_000,
      callMs: 5_000,
    }));
    const again = endings.flatMap((one) => one.again.map((text) => JSON.parse(text)));
    expect(new Set(again.map(({ attempt }) => attempt))).toEqual(new Set([2, 3, 4, 5]));
    expect(await stage.deadLetters()).toMatchObject([{ attempts: 5, message: JOB }]);
    expect(await runs()).toEqual([]);
  });

  test("because the inventory fails for now, comes again", async () => {
    add("app-a");
    const fault = { kind: "answer", status: 503, body: "{}" } as const;
    stage.cloud.addFault({ times: 6, fault });
    const { endings } = await drain(stage, [JSON.stringify(JOB)], false);
    expect(endings[0]?.outcomes).toMatchObject([{ kind: "failed", handed: "queue" }]);
    expect(stateOf(stage)).toEqual({ "app-a": { Owner: "anne", Environment: "dev" } });
  });

  test("because the store fails after planning, goes on as its run", async () => {
    add("app-a");
    const down = new StoreError({
      code: "unavailable",
      operation: "PutObject",
      place: "obs://runs",
    });
    const first = await stage.run(JOB, {
      wrapStore: (store) => ({
        ...store,
        write: (name, text) =>
          name.includes("/journal/") ? Promise.reject(down) : store.write(name, text),
      }),
    });
    expect(first).toMatchObject({ writes: 0, thrown: null });
    expect(first.again.map((text) => JSON.parse(text))).toMatchObject([
      { kind: "run", attempt: 2 },
    ]);
    // The lease of the worker that failed has to end first.
    await drain(stage, first.again, false);
    expect(await runs()).toHaveLength(1);
    expect(stateOf(stage)).toEqual({ "app-a": { Owner: "anne", Environment: "dev" } });
  });

  test("because credentials are refused, is kept and not tried again", async () => {
    add("app-a");
    const fault = { kind: "answer", status: 401, body: "{}" } as const;
    stage.cloud.addFault({ times: Number.POSITIVE_INFINITY, fault });
    const ending = await stage.run(JOB);
    expect(ending).toMatchObject({ requests: 1, thrown: null, again: [] });
    expect(await stage.deadLetters()).toMatchObject([{ message: JOB }]);
  });
});
