/**
 * Goal: what the time of an invocation does not suffice for goes on in the next ones, and nothing spins for ever.
 * Method: the real use case in the real frame against the local cloud, on a clock that nobody waits for.
 */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { CloudError } from "../../shared/core/error.ts";
import { readStatus } from "../../shared/io/run/status.ts";
import { drain, parsed } from "./retag-event.ts";
import { addUntagged, expectTagged, order, RUN, runMessage, slicesOf } from "./retag-orders.ts";
import { openRetagStage, type RetagStage } from "./retag-stage.ts";

const UNAVAILABLE = { kind: "answer", status: 503, body: "{}" } as const;

let stage: RetagStage;
beforeEach(async () => {
  stage = await openRetagStage();
});
afterEach(() => stage.close());

const addSecrets = (count: number) => addUntagged(stage, count);
const orderRun = () => order(stage);
const orderSlices = () => slicesOf(stage);
const statusOf = () => readStatus(stage.store, RUN, stage.clock);
const isDone = (count: number) => expectTagged(stage, count);

describe("short of time", () => {
  test.each([
    ["one by one", false],
    ["in batches", true],
  ])("a run goes on over many invocations until it is finished, %s", async (_name, together) => {
    addSecrets(60);
    await orderRun();
    const { endings, requests } = await drain(
      stage,
      [JSON.stringify(runMessage())],
      together,
      () => ({
        remainingMs: 3_000,
        callMs: 50,
      }),
    );
    expect(endings.length).toBeGreaterThan(2);
    for (const { again, thrown } of endings) {
      expect(thrown).toBeNull();
      for (const text of again) expect(JSON.parse(text).attempt ?? 1).toBe(1);
    }
    isDone(60);
    expect((await statusOf()).state).toBe("finished");
    // A resource that was read, and for whose write no time was left, is read again.
    expect(requests).toBeLessThanOrEqual(60 * 3);
    expect(await stage.deadLetters()).toEqual([]);
  });

  test("a slice is cut to what is left", async () => {
    addSecrets(60);
    const slices = await orderSlices();
    const texts = slices.map((slice) => JSON.stringify({ ...slice, attempt: 2 }));
    const { endings } = await drain(stage, texts, false, () => ({
      remainingMs: 3_000,
      callMs: 50,
    }));
    expect(endings.length).toBeGreaterThan(2);
    const again = endings.flatMap((one) => parsed(one.again));
    expect(new Set(again.map(({ kind, attempt }) => `${kind} ${attempt}`))).toEqual(
      new Set(["slice 2"]),
    );
    expect(again[0]?.resources.length).toBeLessThan(60);
    isDone(60);
  });

  test.each(["run", "slice"])(
    "a %s comes again where the time was over before a write was sent",
    async (kind) => {
      addSecrets(3);
      const [slice] = await orderSlices();
      const first = await stage.run({ run: runMessage(), slice }[kind], {
        wrap: (tags) => ({
          ...tags,
          createTags(resource, wanted, budget) {
            if (resource.name === "app-2") stage.clock.advance(40_000);
            return tags.createTags(resource, wanted, budget);
          },
        }),
      });
      expect(first.thrown).toBeNull();
      const handed = first.outcomes.filter((outcome) => outcome.handed === "queue");
      expect(handed.map((outcome) => outcome.kind)).toContain("deferred");
      expect(parsed(first.again)).toMatchObject([{ kind }]);
      await drain(stage, first.again, false);
      isDone(3);
      expect((await statusOf()).state).toBe("finished");
    },
  );

  test.each(["run", "slice"])(
    "a %s comes again where the time cut the retries of a write off",
    async (kind) => {
      addSecrets(1);
      const [slice] = await orderSlices();
      const message = { run: runMessage(), slice }[kind];
      stage.cloud.addFault({ operation: "BatchCreateOrDeleteTags", times: 40, fault: UNAVAILABLE });
      const first = await stage.run(message, { remainingMs: 3_000 });
      expect(first.outcomes).toMatchObject([{ kind: "failed", code: "deadline", handed: "queue" }]);
      expect(parsed(first.again)).toMatchObject([{ kind: "slice", attempt: 2 }]);
      stage.cloud.clearFaults();
      await drain(stage, first.again, false);
      isDone(1);
      expect((await statusOf()).state).toBe("finished");
    },
  );

  test("a resource that is tried again and again does not keep the others from their writes", async () => {
    addSecrets(3);
    await orderRun();
    const resource = stage.cloud.secret("app-1")?.id ?? "";
    stage.cloud.addFault({ resource, times: Number.POSITIVE_INFINITY, fault: UNAVAILABLE });
    // Four retries would still fit, and leave no time in which a write may begin.
    const first = await stage.run(runMessage(), { remainingMs: 4_250 });
    expect(first.report?.summary).toMatchObject({ tagged: 2, failed: 1 });
    expect(first.thrown).toBeNull();
  });

  const outage = new CloudError({
    code: "unavailable",
    operation: "ListTags",
    ...{ status: 503, serviceCode: "", requestId: "", detail: "" },
  });

  test("an outage does not make a run spin: it comes later each time, then it is a dead letter", async () => {
    addSecrets(40);
    await orderRun();
    const message = JSON.stringify(runMessage());
    const { endings } = await drain(stage, [message], false, () => ({
      callMs: 1_000,
      wrap: (tags) => ({ ...tags, readTags: () => Promise.reject(outage) }),
    }));
    const again = endings.flatMap((one) => parsed(one.again));
    expect(new Set(again.map(({ kind, attempt }) => `${kind} ${attempt}`))).toEqual(
      new Set(["run 2", "run 3", "run 4", "run 5"]),
    );
    expect(await stage.deadLetters()).toMatchObject([{ attempts: 5, message: runMessage() }]);

    await stage.run(runMessage());
    isDone(40);
    expect((await statusOf()).state).toBe("finished");
  });

  test("a run that got nowhere comes again after a while, and that is no attempt", async () => {
    addSecrets(5);
    await orderRun();
    const short = { remainingMs: 3_000, callMs: 2_000 };
    const ending = await stage.run({ ...runMessage(), attempt: 2 }, short);
    expect(ending).toMatchObject({ writes: 0, thrown: null });
    const again = parsed(ending.again);
    expect(again).toMatchObject([{ ...runMessage(), attempt: 2 }]);
    expect(Date.parse(again[0].notBefore)).toBeGreaterThan(stage.clock.now());
  });
});
