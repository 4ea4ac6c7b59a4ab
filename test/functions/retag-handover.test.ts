/**
 * Goal: whatever happens, each message ends in exactly one place: done, in the queue again, among the dead
 * letters, or with the platform because the function threw and named it.
 * Method: the real use case in the real frame against the local cloud, on a clock that nobody waits for.
 */
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { QueueError } from "../../shared/io/queue/queue.ts";
import { StoreError } from "../../shared/io/store/store.ts";
import { loadQueueEvent, queueManifest } from "../events/queue/index.ts";
import { batchOf, drain, stateOf } from "./retag-event.ts";
import { openRetagStage, type RetagOptions, type RetagStage } from "./retag-stage.ts";

const FOREVER = Number.POSITIVE_INFINITY;
const UNAVAILABLE = { kind: "answer", status: 503, body: "{}" } as const;
const REFUSED = { kind: "answer", status: 403, body: "{}" } as const;
const DOWN = new StoreError({ code: "unavailable", operation: "PutObject", place: "obs://runs" });

let stage: RetagStage;
beforeEach(async () => {
  stage = await openRetagStage();
});
afterEach(() => stage.close());

const add = (name = "app") => stage.cloud.addSecret({ name }).id;
const message = (id: string, more: object = {}) => ({
  resource: { type: "secret", id },
  action: "create",
  tags: [{ key: "Owner", value: "anne" }],
  ...more,
});
const text = (id: string, more: object = {}) => JSON.stringify(message(id, more));
const later = (ms: number) => new Date(stage.clock.now() + ms).toISOString();
const fail = (resource: string, fault: typeof UNAVAILABLE | typeof REFUSED, times = FOREVER) =>
  stage.cloud.addFault({ resource, times, fault });
const parsed = (texts: readonly string[]) => texts.map((one) => JSON.parse(one));

describe("a message", () => {
  test("with a time is waited for within the invocation", async () => {
    const id = add();
    const before = stage.clock.now();
    const ending = await stage.run(message(id, { notBefore: later(8_000) }));
    expect(ending.report?.summary.tagged).toBe(1);
    // A search for the word finds only what needs a person.
    expect(ending.lines[0]).not.toContain("deadLetters");
    expect(stage.clock.now() - before).toBe(8_000);
  });

  test("that must wait longer goes back as it is, and comes to its end after it", async () => {
    const id = add();
    const notBefore = later(100_000);
    const first = await stage.run(message(id, { notBefore, attempt: 2 }));
    expect(first).toMatchObject({ requests: 0, thrown: null });
    expect(parsed(first.again)).toEqual([message(id, { notBefore, attempt: 2 })]);
    await drain(stage, first.again, false);
    expect(stage.clock.now()).toBeGreaterThanOrEqual(Date.parse(notBefore));
    expect(stateOf(stage)).toEqual({ app: { Owner: "anne" } });
  });

  test("that waits does not keep the others of its event", async () => {
    const [early, late] = [add("early"), add("late")];
    const texts = [text(late, { notBefore: later(100_000) }), text(early)];
    const ending = await stage.run(batchOf(stage, texts));
    expect(stateOf(stage)).toEqual({ early: { Owner: "anne" }, late: {} });
    expect(ending.again).toHaveLength(1);
  });

  test("for which no time is left goes back with the same attempt", async () => {
    const ids = Array.from({ length: 40 }, (_, index) => add(`app-${index}`));
    const texts = ids.map((id) => text(id, { attempt: 4 }));
    const options = { remainingMs: 3_000, callMs: 50 };
    const first = await stage.run(batchOf(stage, texts), options);
    expect(first.thrown).toBeNull();
    expect(first.again.length).toBeGreaterThan(0);
    expect(first.again.length).toBeLessThan(40);
    expect(parsed(first.again).every(({ attempt }) => attempt === 4)).toBe(true);
    await drain(stage, first.again, true, () => options);
    expect(Object.values(stateOf(stage))).toEqual(ids.map(() => ({ Owner: "anne" })));
  });

  test("that fails for a passing reason comes later each time, five times at most", async () => {
    const id = add();
    fail(id, UNAVAILABLE);
    const { endings } = await drain(stage, [text(id)], true);
    const again = endings.flatMap((ending) => parsed(ending.again));
    expect(new Set(again.map(({ attempt }) => attempt))).toEqual(new Set([2, 3, 4, 5]));
    expect(endings.every(({ thrown }) => thrown === null)).toBe(true);
    const letters = await stage.deadLetters();
    expect(letters).toMatchObject([{ attempts: 5, cause: { kind: "failed" } }]);
    expect(letters[0]?.cause.reason).toMatch(/unavailable, status 503/);
  });

  test("that is refused for its credentials is a dead letter after one request", async () => {
    const id = add();
    fail(id, REFUSED);
    const ending = await stage.run(message(id));
    expect(ending).toMatchObject({ requests: 1, thrown: null, again: [] });
    expect(await stage.deadLetters()).toMatchObject([{ attempts: 1, message: message(id) }]);
    expect(JSON.parse(ending.lines[0] ?? "")).toMatchObject({ deadLetters: 1 });
  });
});

describe.each(Object.keys(queueManifest.files))("the event %s", (file) => {
  test("gives one dead letter for each message that cannot be read", async () => {
    const { gives } = queueManifest.files[file] ?? { gives: [] };
    const bad = gives.filter((one) => one.startsWith("! ")).length;
    const ending = await stage.run(loadQueueEvent(file));
    expect(
      ending.outcomes.filter(({ kind }) => kind === "malformed").length,
    ).toBeGreaterThanOrEqual(bad);
    expect(ending.thrown).toBeNull();
    const causes = (await stage.deadLetters()).map(({ cause }) => cause.kind);
    expect(causes.filter((kind) => kind === "malformed").length).toBeGreaterThanOrEqual(bad);
  });
});

describe("what cannot be placed", () => {
  const denied = new QueueError("memory:test", "denied");
  const failing = async (options: RetagOptions) => {
    const [bad, good] = [add("bad"), add("good")];
    fail(bad, UNAVAILABLE);
    const ending = await stage.run(batchOf(stage, [text(bad), text(good)]), options);
    expect(ending.thrown?.name).toBe("UnfinishedError");
    expect(ending.thrown?.message).toContain(bad);
    expect(ending.thrown?.message).not.toContain(good);
    expect(stateOf(stage)).toEqual({ bad: {}, good: { Owner: "anne" } });
  };

  test("because no queue is set, is thrown and named", () => failing({ queue: null }));
  test("because publication fails, is thrown and named", () => failing({ queueError: denied }));

  test("because its dead letter cannot be stored, is thrown and named", async () => {
    const ending = await stage.run(batchOf(stage, ["nonsense"]), {
      wrapStore: (store) => ({ ...store, write: () => Promise.reject(DOWN) }),
    });
    expect(ending.thrown?.message).toContain("records[0].messages[0]");
  });

  test("because it is too large for the queue, does not keep the others out", async () => {
    const [one, other] = [add("one"), add("other")];
    const long = { notBefore: later(100_000), tags: [{ key: "Long", value: "x".repeat(3_000) }] };
    const texts = [text(one, long), text(other, { notBefore: later(100_000) })];
    const ending = await stage.run(batchOf(stage, texts), {
      textBytesMax: 2_000,
    });
    expect(parsed(ending.again)).toMatchObject([{ resource: { id: other } }]);
    expect(ending.outcomes.map(({ handed }) => handed)).toEqual([undefined, "queue"]);
    expect(ending.thrown?.name).toBe("UnfinishedError");
  });
});

describe("a store that fails", () => {
  const journalDown: RetagOptions = {
    wrapStore: (store) => ({
      ...store,
      write: (name, body) =>
        name.startsWith("runs/") ? Promise.reject(DOWN) : store.write(name, body),
    }),
  };

  test("keeps single messages from being written, and they come again", async () => {
    const ids = [add("one"), add("other")];
    const texts = ids.map((id) => text(id));
    const ending = await stage.run(batchOf(stage, [...texts, "nonsense"]), journalDown);
    expect(ending).toMatchObject({ writes: 0, thrown: null });
    expect(parsed(ending.again)).toMatchObject([{ attempt: 2 }, { attempt: 2 }]);
    expect(await stage.deadLetters()).toHaveLength(1);
    await drain(stage, ending.again, true);
    expect(stateOf(stage)).toEqual({ one: { Owner: "anne" }, other: { Owner: "anne" } });
  });
});

test("a defect with a run lets the other messages end first, and the platform keeps the event", async () => {
  const id = add();
  const run = JSON.stringify({ kind: "run", version: 1, run: "20261121-120000-abcdef" });
  const ending = await stage.run(batchOf(stage, [run, "nonsense", text(id)]), {
    wrapStore: (store) => ({
      ...store,
      read: (name) =>
        name.endsWith("plan.json") ? Promise.reject(new TypeError("hunter2")) : store.read(name),
    }),
  });
  expect(ending.thrown?.message).toContain("defect: TypeError");
  expect(ending.thrown?.message).not.toContain("hunter2");
  expect(stateOf(stage)).toEqual({ app: { Owner: "anne" } });
  expect(await stage.deadLetters()).toHaveLength(1);
});

test("hundreds of bad messages of one event are as many dead letters", async () => {
  const texts = Array.from({ length: 1_000 }, (_, index) => `nonsense ${index}`);
  const ending = await stage.run(batchOf(stage, texts));
  expect(ending.thrown).toBeNull();
  const letters = await stage.deadLetters();
  expect(new Set(letters.map((letter) => letter.message)).size).toBe(1_000);
  expect(ending.report?.deadLetters).toBe(1_000);
});

/** Messages by what must become of them. */
const FATES = {
  done: (id: string) => text(id),
  unchanged: (id: string) => JSON.stringify({ ...message(id), action: "delete" }),
  passing: (id: string) => {
    fail(id, UNAVAILABLE, 6);
    return text(id);
  },
  lasting: (id: string) => {
    fail(id, UNAVAILABLE);
    return text(id);
  },
  unfit: (id: string) => text(id, { tags: [{ key: "Long", value: "x".repeat(300) }] }),
  waiting: (id: string) => text(id, { notBefore: later(60_000) }),
  nonsense: (id: string) => `nonsense about ${id}`,
  unknown: (id: string) =>
    JSON.stringify({ kind: "run", version: 1, run: `20261121-${id.slice(0, 6)}` }),
} as const;
const FATE_NAMES = [
  "done",
  "unchanged",
  "passing",
  "lasting",
  "unfit",
  "waiting",
  "nonsense",
  "unknown",
] as const;
const DEAD: readonly string[] = ["lasting", "unfit", "nonsense", "unknown"];
const WRITTEN: readonly string[] = ["done", "passing", "waiting"];

test("of any batch each message ends in exactly one place, whatever becomes of the others", async () => {
  let made = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom(...FATE_NAMES), { minLength: 1, maxLength: 8 }),
      fc.boolean(),
      async (fates, short) => {
        stage.cloud.clearFaults();
        const before = (await stage.deadLetters()).length;
        const items = fates.map((fate) => {
          made += 1;
          const name = `m-${made}`;
          return { fate, name, id: add(name) };
        });
        const texts = items.map(({ fate, id }) => FATES[fate](id));
        const options = short ? { remainingMs: 3_000, callMs: 100 } : {};
        const { endings } = await drain(stage, texts, true, () => options);

        expect(endings.every(({ thrown }) => thrown === null)).toBe(true);
        const state = stateOf(stage);
        for (const { fate, name } of items)
          expect(state[name]).toEqual(WRITTEN.includes(fate) ? { Owner: "anne" } : {});
        const letters = (await stage.deadLetters()).length - before;
        expect(letters).toBe(fates.filter((fate) => DEAD.includes(fate)).length);
        for (const { outcomes, again } of endings)
          expect(outcomes.filter(({ handed }) => handed === "queue")).toHaveLength(again.length);
      },
    ),
    { numRuns: 15 },
  );
});
