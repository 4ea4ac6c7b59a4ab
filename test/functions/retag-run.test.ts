/**
 * Goal: runs and slices that come through a queue: what they change, what they cost, when they stop.
 * Method: the real use case in the real frame against the local cloud, on a clock that nobody waits for.
 */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { sliceMessages } from "../../shared/core/run/slice.ts";
import { announceRun, readLease, takeLease } from "../../shared/io/run/lease.ts";
import { readStatus } from "../../shared/io/run/status.ts";
import { ENVELOPE_NAMES, queueEvent } from "../cloud/queue-event.ts";
import { batchOf, drain, parsed } from "./retag-event.ts";
import { addUntagged, expectTagged, order, RUN, runMessage, slicesOf } from "./retag-orders.ts";
import { openRetagStage, type RetagStage } from "./retag-stage.ts";

const OTHER_RUN = "20261121-120001-abcdef";
const FOREVER = Number.POSITIVE_INFINITY;
const UNAVAILABLE = { kind: "answer", status: 503, body: "{}" } as const;

let stage: RetagStage;
const open = async (options: Parameters<typeof openRetagStage>[0] = {}) => {
  stage = await openRetagStage(options);
};
beforeEach(() => open());
afterEach(() => stage.close());

const addSecrets = (count: number) => addUntagged(stage, count);
const orderRun = (run = RUN, guards = stage.policy.guards) => order(stage, run, guards);
const orderSlices = () => slicesOf(stage);
const statusOf = () => readStatus(stage.store, RUN, stage.clock);
const isDone = (count: number) => expectTagged(stage, count);

describe.each(["folder", "bucket"] as const)("with the run store in a %s", (store) => {
  test("a run changes what its plan says, one outcome a resource, a read and a write each", async () => {
    await stage.close();
    await open({ store });
    addSecrets(40);
    await orderRun();
    const ending = await stage.run(runMessage());
    expect(ending.report?.summary).toMatchObject({ tagged: 40, failed: 0, deferred: 0 });
    expect(ending).toMatchObject({ requests: 80, writes: 40, thrown: null, again: [] });
    expect(ending.report).toMatchObject({ run: RUN, calls: 80 });
    expect(JSON.parse(ending.lines[0] ?? "")).toMatchObject({ run: RUN, level: "info" });
    isDone(40);
    expect(await statusOf()).toMatchObject({ state: "finished", done: 40, left: 0 });

    const repeat = await stage.run(runMessage());
    expect(repeat.outcomes).toMatchObject([{ kind: "unchanged", reason: "finished" }]);
    expect(repeat.requests).toBe(0);
  });
});

describe.each(ENVELOPE_NAMES)("in the envelope %s", (envelope) => {
  test("a run and a slice are found", async () => {
    const { region, project } = stage.cloud;
    const place = { region, project, topic: "t", functionName: "retag", nowMs: 0, id: "0d0466b0" };
    addSecrets(1);
    const [slice] = await orderSlices();
    const texts = [slice, runMessage()].map((message) => JSON.stringify(message));
    for (const text of texts) await stage.run(queueEvent(envelope, [text], place));
    isDone(1);
    expect((await statusOf()).state).toBe("finished");
  });
});

test("a slice changes its resources under its run, and the last one finishes the run", async () => {
  addSecrets(5);
  const plan = await orderRun();
  const head = { run: RUN, project: plan.project, policy: plan.policy };
  const [one] = sliceMessages(head, plan.resources.slice(0, 2));
  const [other] = sliceMessages(head, plan.resources.slice(2));

  const first = await stage.run(one);
  expect(first.report?.summary.tagged).toBe(2);
  expect(await statusOf()).toMatchObject({ state: "waiting", done: 2, left: 3 });
  const second = await stage.run(other);
  expect(second.report?.summary.tagged).toBe(3);
  expect((await statusOf()).state).toBe("finished");

  const repeat = await stage.run(one);
  expect(repeat).toMatchObject({ requests: 0, thrown: null });
  expect(repeat.outcomes).toMatchObject([{ kind: "unchanged" }]);
});

test("a finished run that is announced once more is taken off the list of those that are open", async () => {
  addSecrets(1);
  await orderRun();
  await stage.run(runMessage());
  await announceRun(RUN, { store: stage.store, clock: stage.clock, worker: "elsewhere.1.abcdef" });
  await stage.run(runMessage());
  expect(await readLease(stage.store, RUN)).toBeNull();
});

describe("guards", () => {
  test("stop a run before its first write: report, summary and log say so", async () => {
    addSecrets(5);
    await orderRun(RUN, { ...stage.policy.guards, maxChanges: 4 });
    const ending = await stage.run(runMessage());
    expect(ending).toMatchObject({ requests: 0, thrown: null, again: [] });
    expect(ending.report?.summary).toMatchObject({ skipped: 1, guarded: 1 });
    expect(ending.report?.guarded).toEqual([`${RUN}: 5 changes, at most 4 (maxChanges)`]);
    expect(JSON.parse(ending.lines[0] ?? "").guarded).toEqual(ending.report?.guarded);
  });

  test("are counted by run, also where one breaks two", async () => {
    addSecrets(25);
    const guards = { ...stage.policy.guards, maxChanges: 4, maxPercent: 10 };
    await orderRun(RUN, guards);
    await orderRun(OTHER_RUN, guards);
    const texts = [RUN, OTHER_RUN].map((run) => JSON.stringify(runMessage(run)));
    const { report } = await stage.run(batchOf(stage, texts));
    expect(report?.summary.guarded).toBe(2);
    expect(report?.guarded).toHaveLength(2);
  });

  test("that were raised when the run was ordered let it pass", async () => {
    addSecrets(5);
    await orderRun(RUN, { ...stage.policy.guards, maxChanges: 5 });
    const policy = { ...stage.policy, guards: { ...stage.policy.guards, maxChanges: 1 } };
    const ending = await stage.run(runMessage(), { policy });
    expect(ending.report?.summary.tagged).toBe(5);
  });
});

describe("a run that cannot be worked on is a dead letter, and nothing is written", () => {
  const expectDead = async (ending: Awaited<ReturnType<RetagStage["run"]>>, reason: RegExp) => {
    expect(ending).toMatchObject({ requests: 0, thrown: null, again: [] });
    expect(ending.outcomes).toMatchObject([{ kind: "failed", handed: "dead-letter" }]);
    const letters = await stage.deadLetters();
    expect(letters).toMatchObject([{ attempts: 1, message: runMessage() }]);
    expect(letters[0]?.cause.reason).toMatch(reason);
  };

  test("where there is none of its name", async () => {
    await expectDead(await stage.run(runMessage()), /has no run 20261121-120000-abcdef/);
  });

  test("where it was planned by another policy", async () => {
    addSecrets(1);
    await orderRun();
    const policy = { ...stage.policy, hash: "f".repeat(64) };
    await expectDead(await stage.run(runMessage(), { policy }), /policy ffff|here it is ffff/);
  });

  test("where it was planned for another project", async () => {
    addSecrets(1);
    await orderRun();
    await expectDead(await stage.run(runMessage(), { project: "e".repeat(32) }), /another project/);
  });

  test.each([
    ["damaged", "{}", /not a plan/],
    ["no JSON", '{"kind":"pl', /not a plan/],
  ])("where its plan is %s", async (_name, text, reason) => {
    await stage.store.write(`runs/${RUN}/plan.json`, text);
    await expectDead(await stage.run(runMessage()), reason);
  });

  test("where its plan was changed by hand", async () => {
    addSecrets(1);
    await orderRun();
    const name = `runs/${RUN}/plan.json`;
    const text = (await stage.store.read(name)) ?? "";
    await stage.store.write(name, text.replace('"to":"dev"', '"to":"prod"'));
    await expectDead(await stage.run(runMessage()), /changed after it was made/);
  });
});

test("a slice of another policy is a dead letter, and nothing is written", async () => {
  addSecrets(1);
  const [slice] = await orderSlices();
  const ending = await stage.run({ ...slice, policy: { hash: "f".repeat(64) } });
  expect(ending).toMatchObject({ requests: 0, thrown: null });
  expect(await stage.deadLetters()).toHaveLength(1);
});

describe("a run that another worker has", () => {
  const taken = () =>
    takeLease(RUN, { store: stage.store, clock: stage.clock, worker: "elsewhere.1.abcdef" });

  test("waits until the end of that worker's lease, with the same attempt", async () => {
    addSecrets(2);
    await orderRun();
    await taken();
    const ending = await stage.run({ ...runMessage(), attempt: 3 });
    expect(ending).toMatchObject({ requests: 0, thrown: null });
    expect(ending.outcomes).toMatchObject([{ kind: "deferred", handed: "queue" }]);
    const [text = ""] = ending.again;
    const again: { notBefore: string; attempt: number } = JSON.parse(text);
    expect(again.attempt).toBe(3);
    expect(Date.parse(again.notBefore) - stage.clock.now()).toBe(90_000);

    const later = await drain(stage, [text], false);
    expect(later.requests).toBe(4);
    expect((await statusOf()).state).toBe("finished");
  });

  test("and two invocations at once do not do twice what costs once", async () => {
    addSecrets(30);
    await orderRun();
    const both = await Promise.all([stage.run(runMessage()), stage.run(runMessage())]);
    const kinds = both.flatMap(({ outcomes }) => outcomes.map(({ kind }) => kind));
    expect(kinds.filter((kind) => kind === "tagged")).toHaveLength(30);
    const again = both.flatMap((one) => one.again);
    await drain(stage, again, true);
    expect((await statusOf()).state).toBe("finished");
    expect(stage.cloud.seen.filter(({ operation }) => operation.startsWith("Batch"))).toHaveLength(
      30,
    );
  });
});

describe("resources that fail", () => {
  const failing = (resource: string, times: number, fault: typeof UNAVAILABLE | object) =>
    stage.cloud.addFault({ resource, times, fault: { ...UNAVAILABLE, ...fault } });
  const idOf = (name: string) => stage.cloud.secret(name)?.id ?? "";

  test("for good become one dead letter for each reason, and the run finishes", async () => {
    addSecrets(6);
    await orderRun();
    const body = (code: string) => ({ status: 400, body: `{"error_code":"${code}"}` });
    for (const name of ["app-1", "app-4"]) failing(idOf(name), FOREVER, body("CSMS.0999"));
    const ending = await stage.run(runMessage());
    expect(ending).toMatchObject({ thrown: null, again: [] });
    expect(ending.report?.summary).toMatchObject({ tagged: 4, failed: 2 });
    const ids = (await stage.deadLetters()).flatMap(({ message }) => JSON.stringify(message));
    expect(ids.join()).toContain(idOf("app-1"));
    expect(ids.join()).toContain(idOf("app-4"));
    expect((await statusOf()).state).toBe("finished");
  });

  test("and may pass come again as a slice, later each time, five times at most", async () => {
    addSecrets(3);
    await orderRun();
    failing(idOf("app-1"), FOREVER, {});
    const { endings } = await drain(stage, [JSON.stringify(runMessage())], false);
    expect(endings.every(({ thrown }) => thrown === null)).toBe(true);
    const again = endings.flatMap((one) => parsed(one.again));
    const times = new Map(again.map(({ attempt, notBefore }) => [attempt, Date.parse(notBefore)]));
    expect(again.every(({ kind }) => kind === "slice")).toBe(true);
    // What must wait longer than an invocation lasts comes more than once, and that is no attempt.
    expect([...times.keys()]).toEqual([2, 3, 4, 5]);
    const waits = [...times.values()].map((time, index, all) => time - (all[index - 1] ?? time));
    expect(waits).toEqual(waits.toSorted((one, other) => one - other));
    expect(await stage.deadLetters()).toMatchObject([
      { attempts: 5, cause: { kind: "failed" }, message: { kind: "slice", run: RUN } },
    ]);
    expect((await statusOf()).state).toBe("finished");
    // What is redriven starts from its first attempt.
    stage.cloud.clearFaults();
    const [letter] = await stage.deadLetters();
    await stage.run(letter?.message);
    isDone(3);
  });

  test("with refused credentials are not tried again: the message is kept as a whole", async () => {
    addSecrets(40);
    await orderRun();
    stage.cloud.addFault({ times: FOREVER, fault: { ...UNAVAILABLE, status: 403 } });
    const ending = await stage.run(runMessage());
    expect(ending.report?.summary.failed).toBe(40);
    expect(ending).toMatchObject({ thrown: null, again: [], writes: 0 });
    expect(ending.requests).toBeLessThanOrEqual(32);
    expect(await stage.deadLetters()).toMatchObject([{ message: runMessage() }]);

    stage.cloud.clearFaults();
    await stage.run(runMessage());
    isDone(40);
  });
});

test("a report over a megabyte keeps what somebody may have to act on", async () => {
  const long = { owner: "a".repeat(250), Environment: "PRD", Password: "b".repeat(250) };
  for (let index = 0; index < 900; index++)
    stage.cloud.addSecret({ name: `app-${index}`, tags: long });
  await orderRun(RUN, { ...stage.policy.guards, maxChanges: 1_000 });
  stage.cloud.tagDirectly(stage.cloud.secret("app-7")?.id ?? "", { Other: "something" });
  const { report } = await stage.run(runMessage(), { remainingMs: 900_000 });
  expect(report).toMatchObject({ leftOut: 899, outcomes: [{ kind: "stale" }] });
  expect(report?.summary).toMatchObject({ tagged: 899, stale: 1 });
});
