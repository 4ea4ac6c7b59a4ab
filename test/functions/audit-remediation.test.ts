import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Policy } from "../../shared/core/policy/policy.ts";
import { discardRun, readEnding } from "../../shared/io/run/discard.ts";
import { announceRun, takeLease } from "../../shared/io/run/lease.ts";
import { makePlan } from "../../shared/io/run/planning.ts";
import { storeRun } from "../../shared/io/run/run-store.ts";
import { readStatus } from "../../shared/io/run/status.ts";
import { addResources } from "../run/resources.ts";
import { type AuditStage, openAuditStage } from "./audit-stage.ts";

let stage: AuditStage;
beforeEach(async () => {
  stage = await openAuditStage();
  addResources(stage.cloud);
});
afterEach(() => stage.close());

const RUN = "20261121-110000-abcdef";

const tagsOf = () => stage.cloud.resources().map(({ name, tags }) => [name, [...tags]]);
const writesIn = (asked: readonly string[]) => asked.filter((one) => one.endsWith(" tags/action"));

/** A run that somebody ordered before. */
async function orderRun(): Promise<void> {
  const { region, project } = stage.cloud;
  const { policy, clock, store } = stage;
  const signal = new AbortController().signal;
  const budget = { signal, deadlineMs: clock.now() + 60_000, countCall: () => {} };
  const deps = { policy, clock, region, project, tags: stage.tags(), budget };
  const { plan } = await makePlan({ selection: {} }, deps);
  expect(plan.resources.length).toBeGreaterThan(5);
  await storeRun(store, RUN, plan, policy.guards, clock.now());
}

describe("remediation", () => {
  test("that is off writes nothing and stores no run", async () => {
    const before = tagsOf();
    const { asked, report } = await stage.audit();
    expect(writesIn(asked)).toEqual([]);
    expect(tagsOf()).toEqual(before);
    expect(report?.run).toBeUndefined();
    expect(await stage.stored("runs/")).toEqual([]);
    expect((await stage.latest()).findings.filter(({ fixable }) => fixable)).not.toEqual([]);
  });

  test("as a plan stores it for a person, from the same requests, and writes nothing", async () => {
    const before = tagsOf();
    const { asked: bare } = await stage.audit();
    const { asked, report } = await stage.audit("", { remediate: "plan" });
    expect(asked).toEqual(bare);
    expect(tagsOf()).toEqual(before);
    const run = report?.run ?? "";
    expect(await stage.stored("runs/")).toEqual([`runs/${run}/plan.json`, `runs/${run}/run.json`]);
    expect(await stage.stored("active/")).toEqual([]);
    // Nobody takes up a plan that waits.
    const { asked: next } = await stage.audit();
    expect(next).toEqual(bare);
  });

  test("as a plan that waits already is not stored again", async () => {
    const { report: first } = await stage.audit("", { remediate: "plan" });
    const runs = await stage.stored("runs/");
    stage.clock.advance(3_600_000);
    const { report: second } = await stage.audit("", { remediate: "plan" });
    expect(second?.run).toBe(first?.run);
    expect(await stage.stored("runs/")).toEqual(runs);
    expect(await stage.stored("waiting/")).toHaveLength(1);
  });

  test("as a plan takes the place of an outdated one, which is discarded", async () => {
    const { report: first } = await stage.audit("", { remediate: "plan" });
    stage.clock.advance(3_600_000);
    addResources(stage.cloud);
    const { report: second } = await stage.audit("", { remediate: "plan" });
    const [old, young] = [first?.run ?? "", second?.run ?? ""];
    expect(young).not.toBe(old);
    const status = async (run: string) => (await readStatus(stage.store, run, stage.clock)).state;
    expect(await status(old)).toBe("discarded");
    expect(await status(young)).toBe("waiting");
    expect(await stage.stored("waiting/")).toEqual([`waiting/${young}.json`]);
    expect(await stage.stored("active/")).toEqual([]);
    await expect(readEnding(stage.store, old)).rejects.toMatchObject({ code: "discarded" });
  });

  test("that finds nothing to do discards the plan that waits", async () => {
    const { report } = await stage.audit("", { remediate: "plan" });
    const clean: Policy = { ...stage.policy, tags: [] };
    await stage.audit("", { remediate: "plan", policy: clean });
    const { state } = await readStatus(stage.store, report?.run ?? "", stage.clock);
    expect(state).toBe("discarded");
    expect(await stage.stored("waiting/")).toEqual([]);
  });

  test("that is applied applies the plan that waits, and discards none that was begun", async () => {
    const { report: first } = await stage.audit("", { remediate: "plan" });
    const { report: second } = await stage.audit("", { remediate: "apply" });
    expect(second?.run).toBe(first?.run);
    expect(second?.summary.tagged).toBeGreaterThan(5);
    addResources(stage.cloud);
    stage.clock.advance(3_600_000);
    await stage.audit("", { remediate: "plan" });
    const { state } = await readStatus(stage.store, first?.run ?? "", stage.clock);
    expect(state).toBe("finished");
  });

  test("never counts as discarded what somebody has begun in the same moment", async () => {
    const { report } = await stage.audit("", { remediate: "apply" });
    const run = report?.run ?? "";
    await discardRun(run, null, stage);
    expect(await readEnding(stage.store, run)).toBeNull();
    expect((await readStatus(stage.store, run, stage.clock)).state).toBe("waiting");
  });

  test("that is applied leaves no fixable finding, and plans nothing the second time", async () => {
    const { report, thrown } = await stage.audit("", { remediate: "apply" });
    expect(thrown).toBeNull();
    expect(report?.summary.tagged).toBeGreaterThan(5);
    expect(await stage.stored("active/")).toEqual([]);

    const after = tagsOf();
    stage.clock.advance(60_000);
    const { asked, report: second } = await stage.audit("", { remediate: "apply" });
    const { findings, complete } = await stage.latest();
    expect(complete).toBe(true);
    expect(findings.filter(({ fixable }) => fixable)).toEqual([]);
    expect(writesIn(asked)).toEqual([]);
    expect(second?.run).toBeUndefined();
    expect(tagsOf()).toEqual(after);
  });

  test("can be asked for by the timer, and turned off by it", async () => {
    const { asked } = await stage.audit('{"remediate":"off"}', { remediate: "apply" });
    expect(writesIn(asked)).toEqual([]);
    const { asked: then } = await stage.audit('{"remediate":"apply"}');
    expect(writesIn(then).length).toBeGreaterThan(5);
  });

  test.each([
    { maxChanges: 1, maxPercent: 100 },
    { maxChanges: 500, maxPercent: 5 },
  ])("under the guards %o writes nothing, keeps the plan, and says so", async (guards) => {
    const policy: Policy = { ...stage.policy, guards: { ...stage.policy.guards, ...guards } };
    // Of few changes a share says little, and does not count.
    addResources(stage.cloud);
    const topic = stage.cloud.topics.create("audits");
    const before = tagsOf();
    const { asked, report, lines } = await stage.audit("", { policy, remediate: "apply", topic });
    expect(writesIn(asked)).toEqual([]);
    expect(tagsOf()).toEqual(before);
    expect(report?.guarded).toHaveLength(1);
    expect(report?.summary.guarded).toBe(1);
    expect(JSON.parse(lines[0] ?? "").guarded).toHaveLength(1);
    expect(stage.cloud.topics.messages(topic)[0]?.message).toContain("guarded");
    expect(await stage.stored("runs/")).toHaveLength(2);
    expect(await stage.stored("active/")).toEqual([]);
  });

  test("of a place that could not be read to its end is not planned", async () => {
    const fault = { kind: "answer", status: 403, body: "{}" } as const;
    stage.cloud.addFault({ operation: "ListSecrets", times: 9, fault });
    stage.cloud.addFault({ operation: "ListResourceInstances", times: 99, fault });
    const { asked, thrown } = await stage.audit("", { remediate: "apply" });
    expect(thrown?.message).toContain("incomplete");
    expect(writesIn(asked)).toEqual([]);
    expect(await stage.stored("runs/")).toEqual([]);
  });
});

describe("a run that was not finished", () => {
  test("is taken up and finished before the audit judges", async () => {
    await orderRun();
    await announceRun(RUN, { ...stage, worker: "test.0.other" });
    const { outcomes, thrown } = await stage.audit();
    expect(thrown).toBeNull();
    expect(outcomes.filter(({ kind }) => kind === "tagged").length).toBeGreaterThan(5);
    expect(await stage.stored("active/")).toEqual([]);
    expect(await stage.stored(`runs/${RUN}/report.json`)).toHaveLength(1);
    expect((await stage.latest()).findings.filter(({ fixable }) => fixable)).toEqual([]);
  });

  test("is left to the worker that has it", async () => {
    await orderRun();
    expect(await takeLease(RUN, { ...stage, worker: "test.0.other" })).toBe(true);
    const { asked, outcomes } = await stage.audit();
    expect(writesIn(asked)).toEqual([]);
    expect(outcomes).toEqual([]);
    stage.clock.advance(91_000);
    expect(writesIn((await stage.audit()).asked).length).toBeGreaterThan(5);
  });

  test("and cannot be worked on here does not keep the audit from its work", async () => {
    await orderRun();
    await announceRun(RUN, { ...stage, worker: "test.0.other" });
    await stage.store.write(`active/${RUN.replace("abcdef", "000000")}.json`, "{}");
    const policy: Policy = { ...stage.policy, hash: "0".repeat(64) };
    const { asked, thrown } = await stage.audit("", { policy });
    expect(thrown).toBeNull();
    expect(writesIn(asked)).toEqual([]);
    expect((await stage.latest()).complete).toBe(true);
    expect(await stage.stored("active/")).toHaveLength(2);
  });
});

test("whoever discards a plan and dies before its lease ends leaves nothing to every later audit", async () => {
  await orderRun();
  const worker = "somebody.0.ffffff";
  expect(await takeLease(RUN, { store: stage.store, clock: stage.clock, worker })).toBe(true);
  await discardRun(RUN, null, stage);
  await stage.audit("", { remediate: "off" });
  expect(await stage.stored("active/")).toEqual([]);
  await expect(readEnding(stage.store, RUN)).rejects.toMatchObject({ code: "discarded" });
});
