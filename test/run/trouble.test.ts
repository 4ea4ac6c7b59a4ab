/**
 * Goal: what goes wrong around a run (store, network, time, others) stops it or is told, and never harms.
 * Method: the same run over resources of every sort, with one thing going wrong at each possible place.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RunPlan } from "../../shared/core/run/run-plan.ts";
import { LEASE_MS } from "../../shared/io/run/lease.ts";
import { readStatus } from "../../shared/io/run/status.ts";
import { StoreError, type StoreErrorCode } from "../../shared/io/store/store-error.ts";
import { createClient } from "../cloud/client.ts";
import type { Fault } from "../cloud/contract.ts";
import { harmIn, setTags, type TagsByName, tagsOf } from "./resources.ts";
import { type Hands, openRunStage, type RunStage } from "./stage.ts";
import { type Gate, guard, isTagWrite, type Operation, oneByOne } from "./turns.ts";

const RUN = "20261121-120000-aaaaaa";
const OPERATIONS_MAX = 200;

let stage: RunStage;
let plan: RunPlan;
let before: TagsByName;
let after: TagsByName;
let fresh: ReadonlyMap<string, string>;

beforeAll(async () => {
  stage = await openRunStage({ createOnExisting: "reject" });
  before = tagsOf(stage.cloud);
  plan = await stage.plan();
  await stage.order(RUN, plan);
  fresh = stage.store.copy();
  await stage.work(RUN, "undisturbed");
  after = tagsOf(stage.cloud);
});
afterAll(() => stage.close());

function rewind(): void {
  setTags(stage.cloud, before);
  stage.store.reset(fresh);
  stage.cloud.clearFaults();
  stage.cloud.clearSeen();
}

async function expectFinishedBy(worker: string): Promise<void> {
  stage.clock.advance(LEASE_MS);
  expect((await stage.work(RUN, worker)).ending.kind).toBe("finished");
  expect(tagsOf(stage.cloud)).toEqual(after);
}

/** Hands that tell `at` before each operation, which are done one by one. */
function watched(at: (operation: Operation, index: number) => void): (hands: Hands) => Hands {
  const queue = oneByOne();
  let index = 0;
  const gate: Gate = (operation, perform) =>
    queue(operation, async () => {
      at(operation, index++);
      return perform();
    });
  return (hands) => guard(hands, gate);
}

describe("a store that cannot be written any more", () => {
  test.each<StoreErrorCode>(["denied", "full", "unavailable"])(
    "(%s) stops the run before the next write, at whatever write it begins",
    async (code) => {
      for (let from = 0; from < OPERATIONS_MAX; from++) {
        rewind();
        let writes = 0;
        let broken = false;
        const intended = new Set<string>();
        const unheralded: string[] = [];
        const queue = oneByOne();
        const gate: Gate = (operation, perform) =>
          queue(operation, async () => {
            if (operation.name === "write" && writes++ >= from) {
              broken = true;
              throw new StoreError({ code, operation: "write", place: operation.on });
            }
            if (isTagWrite(operation) && !intended.has(operation.on)) unheralded.push(operation.on);
            const answer = await perform();
            for (const id of intentsIn(stage)) intended.add(id);
            return answer;
          });
        const ended = await stage
          .work(RUN, "first", { wrap: (hands) => guard(hands, gate) })
          .catch((error: unknown) => error);

        expect(unheralded).toEqual([]);
        expect(harmIn(stage.cloud)).toEqual([]);
        if (broken) expect(ended).toMatchObject({ name: "StoreError", code });
        else {
          expect(from).toBeGreaterThanOrEqual(4);
          return;
        }
        await expectFinishedBy("second");
      }
      expect.unreachable("the run has no end");
    },
  );
});

/** Ids of resources whose intents are in the store. */
function intentsIn({ store }: RunStage): readonly string[] {
  return [...store.objects]
    .filter(([name]) => name.includes("/journal/"))
    .flatMap(([, text]) => text.split("\n").filter((line) => line.includes('"entry":"intent"')))
    .map((line) => /"id":"([^"]+)"/.exec(line)?.[1] ?? "");
}

describe("a network that fails", () => {
  const writes = ["BatchCreateOrDeleteTags", "BatchCreateKmsTags"];
  const reads = ["ListSecretTags", "ShowKmsTags"];

  test.each<[string, Fault, readonly string[]]>([
    ["writes whose answers are lost", { kind: "reset", when: "after" }, writes],
    ["writes that are lost", { kind: "reset", when: "before" }, writes],
    ["reads whose answers are lost", { kind: "reset", when: "after" }, reads],
    ["429", { kind: "throttle" }, [...writes, ...reads]],
    ["429 with a time", { kind: "throttle", retryAfterSeconds: 7 }, [...writes, ...reads]],
    ["503", { kind: "answer", status: 503, body: "<html>" }, [...writes, ...reads]],
  ])("(%s, now and then) changes nothing about the end", async (_name, fault, operations) => {
    rewind();
    for (const operation of operations)
      for (let passed = 0; passed < 20; passed++)
        stage.cloud.addFault({ operation, after: passed, times: 1, fault });
    const { ending, outcomes } = await stage.work(RUN, "first");
    expect(harmIn(stage.cloud)).toEqual([]);
    expect(outcomes.length).toBe(plan.resources.length);
    stage.cloud.clearFaults();
    if (ending.kind !== "finished") await expectFinishedBy("second");
    expect(tagsOf(stage.cloud)).toEqual(after);
  });

  test("between taking a value away and writing the new one puts the old one back", async () => {
    rewind();
    const id = stage.cloud.secret("variant")?.id ?? "";
    // This service refuses to replace a value: create (refused), delete, create (fails), put back.
    const fault = { kind: "answer", status: 400, body: "{}" } as const;
    stage.cloud.addFault({ resource: id, operation: writes[0] ?? "", after: 2, times: 1, fault });
    const { outcomes } = await stage.work(RUN, "first");
    expect(outcomes.find(({ resource }) => resource?.id === id)).toMatchObject({ kind: "failed" });
    expect(tagsOf(stage.cloud)).toEqual({ ...after, variant: before.variant });
  });

  test("for long leaves what failed to the next worker, and what is on the way is finished", async () => {
    for (const operation of writes) {
      rewind();
      stage.cloud.addFault({
        operation,
        after: 3,
        times: Number.POSITIVE_INFINITY,
        fault: { kind: "answer", status: 503, body: "" },
      });
      const { ending, outcomes } = await stage.work(RUN, "first");
      expect(ending.kind).toBe("unfinished");
      expect(outcomes.some(({ kind, code }) => kind === "failed" && code === "unavailable")).toBe(
        true,
      );
      const status = await readStatus(stage.store, RUN, stage.clock);
      expect(status).toMatchObject({ state: "waiting" });
      expect(status.failedSoFar).toBeGreaterThan(0);

      stage.cloud.clearFaults();
      // The next one cannot even read at first: what the first one left on the way is not forgotten.
      for (const read of reads)
        stage.cloud.addFault({
          operation: read,
          times: Number.POSITIVE_INFINITY,
          fault: { kind: "answer", status: 503, body: "" },
        });
      expect((await stage.work(RUN, "second")).ending.kind).toBe("unfinished");
      stage.cloud.clearFaults();
      await expectFinishedBy("third");
      const undone = await stage.undo(RUN, "20261121-130000-bbbbbb");
      expect(undone.ending.kind).toBe("finished");
      expect(tagsOf(stage.cloud)).toEqual(before);
    }
  });
});

describe("time that is over", () => {
  test.each<[string, (stop: AbortController) => void, number]>([
    ["the user stops it", (stop) => stop.abort(), 0],
    ["the deadline comes", () => stage.clock.advance(3_600_000), 1],
  ])(
    "(%s) at any operation: nothing more is begun, and the next worker finishes",
    async (_name, end, first) => {
      let unfinished = 0;
      for (let at = first; at < OPERATIONS_MAX; at += 2) {
        rewind();
        const stop = new AbortController();
        const deadlineMs = stage.clock.now() + 600_000;
        let reached = false;
        const wrap = watched((_operation, index) => {
          if (index !== at) return;
          reached = true;
          end(stop);
        });
        const { ending } = await stage.work(RUN, "first", { wrap, stop: stop.signal, deadlineMs });
        expect(harmIn(stage.cloud)).toEqual([]);
        if (!reached) {
          expect(unfinished).toBeGreaterThan(5);
          return;
        }
        if (ending.kind === "unfinished") {
          unfinished += 1;
          await expectFinishedBy("second");
        }
        expect(ending.kind).toMatch(/finished/);
        expect(tagsOf(stage.cloud)).toEqual(after);
      }
      expect.unreachable("the run has no end");
    },
  );
});

describe("others who change things meanwhile", () => {
  const idOf = (name: string) => stage.cloud.resources().find((it) => it.name === name)?.id ?? "";

  /** Lets others act just before the n-th operation of a kind on a resource. */
  async function workWhile(name: string, operation: string, nth: number, act: () => unknown) {
    rewind();
    const id = idOf(name);
    let count = 0;
    const queue = oneByOne();
    const gate: Gate = (asked, perform) =>
      queue(asked, async () => {
        if (asked.name === operation && asked.on === id && ++count === nth) await act();
        return perform();
      });
    const { outcomes } = await stage.work(RUN, "first", { wrap: (hands) => guard(hands, gate) });
    return outcomes.find(({ resource }) => resource?.id === id);
  }

  test("a resource that was changed since the plan is stale, and stays as it is", async () => {
    const outcome = await workWhile("alias", "readTags", 1, () =>
      stage.cloud.tagDirectly(idOf("alias"), { Else: "y" }),
    );
    expect(outcome).toMatchObject({ kind: "stale", reason: "changed since the plan" });
    expect(tagsOf(stage.cloud).alias).toEqual({ ...before.alias, Else: "y" });
  });

  test("a value that appears between read and write is not replaced where the service refuses", async () => {
    const outcome = await workWhile("alias", "createTags", 1, () =>
      stage.cloud.tagDirectly(idOf("alias"), { Owner: "somebody" }),
    );
    expect(outcome).toMatchObject({ kind: "stale" });
    expect(tagsOf(stage.cloud).alias).toEqual({ ...before.alias, Owner: "somebody" });
  });

  test("a rename whose new key disappears does not delete the old one", async () => {
    const outcome = await workWhile("alias", "readTags", 2, () =>
      stage.cloud.untagDirectly(idOf("alias"), ["Owner"]),
    );
    expect(outcome).toMatchObject({ kind: "failed", reason: expect.stringContaining("verified") });
    expect(tagsOf(stage.cloud).alias).toEqual(before.alias);
    await expectFinishedBy("second");
  });

  test("what is wanted already by the time of the write is no failure", async () => {
    const outcome = await workWhile("untagged", "createTags", 1, () =>
      stage.cloud.tagDirectly(idOf("untagged"), { Environment: "dev" }),
    );
    expect(outcome).toMatchObject({ kind: "tagged" });
    expect(tagsOf(stage.cloud)).toEqual(after);
  });

  test.each([
    ["readTags", "dddddd"],
    ["createTags", "eeeeee"],
  ])("a resource that is deleted before %s is gone", async (operation, chance) => {
    rewind();
    const client = createClient(stage.cloud, stage.cloud.user("ops"));
    const name = `doomed-${chance}`;
    const { id } = stage.cloud.addSecret({ name });
    const whole = await stage.plan();
    const part = whole.resources.filter(({ resource }) => resource.id === id);
    expect(part).toHaveLength(1);
    const run = `20261121-150000-${chance}`;
    await stage.orderPart(run, whole, part);
    const queue = oneByOne();
    const gate: Gate = (asked, perform) =>
      queue(asked, async () => {
        const path = `/v1/${stage.cloud.project}/secrets/${name}`;
        if (asked.name === operation) await client.call("DELETE", path);
        return perform();
      });
    const wrap = (hands: Hands) => guard(hands, gate);
    const { ending, outcomes } = await stage.work(run, "first", { wrap });
    expect(outcomes).toMatchObject([{ kind: "gone", resource: { id } }]);
    expect(ending.kind).toBe("finished");
    await client.close();
  });
});
