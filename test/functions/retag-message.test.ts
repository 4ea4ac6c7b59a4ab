/**
 * Goal: what the plain form does to its resource, in every envelope, and what it costs.
 * Method: the real use case in the real frame against the local cloud, on a clock that nobody waits for.
 */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ENVELOPE_NAMES, queueEvent, textsMaxOf } from "../cloud/queue-event.ts";
import {
  openRetagStage,
  type RetagEnding,
  type RetagOptions,
  type RetagStage,
} from "./retag-stage.ts";

const TYPES = ["secret", "key"] as const;

let stage: RetagStage;
beforeEach(async () => {
  stage = await openRetagStage();
});
afterEach(() => stage.close());

type Tags = { readonly [key: string]: string };
const add = (type: (typeof TYPES)[number], tags: Tags = {}, name = "prod-db") =>
  ({ secret: stage.cloud.addSecret, key: stage.cloud.addKey })[type]({ name, tags }).id;
const tagsOf = (id: string) =>
  Object.fromEntries(stage.cloud.resources().find((stored) => stored.id === id)?.tags ?? []);
const listOf = (tags: Tags) => Object.entries(tags).map(([key, value]) => ({ key, value }));
const message = (type: string, id: string, tags: Tags, more: object = {}) => ({
  resource: { type, id },
  action: "create",
  tags: listOf(tags),
  ...more,
});
const batch = (messages: readonly object[], envelope: (typeof ENVELOPE_NAMES)[number] = "KAFKA") =>
  queueEvent(
    envelope,
    messages.map((one) => JSON.stringify(one)),
    {
      region: stage.cloud.region,
      project: stage.cloud.project,
      topic: "retag",
      functionName: "retag",
      nowMs: stage.clock.now(),
      id: "0d0466b0",
    },
  );
const told = ({ outcomes, requests, writes, thrown }: RetagEnding) => ({
  kinds: outcomes.map(({ kind }) => kind),
  requests,
  writes,
  throws: thrown !== null,
});
const opsOf = ({ outcomes }: RetagEnding) =>
  Object.fromEntries(
    outcomes.flatMap(({ tags }) => tags.map(({ key, op, reason }) => [key, reason ?? op])),
  );

describe.each(TYPES)("a message about a %s", (type) => {
  test("costs a read and a write, its repeat a read", async () => {
    const id = add(type, { Cost: "unit-42" });
    const event = message(type, id, { Owner: "anne" });
    expect(told(await stage.run(event))).toEqual({
      kinds: ["tagged"],
      requests: 2,
      writes: 1,
      throws: false,
    });
    expect(tagsOf(id)).toEqual({ Cost: "unit-42", Owner: "anne" });
    expect(told(await stage.run(event))).toEqual({
      kinds: ["unchanged"],
      requests: 1,
      writes: 0,
      throws: false,
    });
  });

  test("keeps another value than it has, and replaces it only where it says overwrite", async () => {
    const id = add(type, { Owner: "bert" });
    const kept = await stage.run(message(type, id, { Owner: "anne" }));
    expect(told(kept)).toMatchObject({ kinds: ["unchanged"], writes: 0 });
    expect(opsOf(kept)).toEqual({ Owner: "present" });

    const replaced = await stage.run(message(type, id, { Owner: "anne" }, { overwrite: true }));
    expect(told(replaced)).toMatchObject({ kinds: ["tagged"], requests: 2 });
    expect(tagsOf(id)).toEqual({ Owner: "anne" });
  });

  test("deletes what it names, unless another value is there than it names", async () => {
    const id = add(type, { Owner: "anne", Cost: "unit-42", Extra: "something" });
    const tags = [{ key: "Owner" }, { key: "Cost", value: "unit-7" }, { key: "Absent" }];
    const ending = await stage.run({ resource: { type, id }, action: "delete", tags });
    expect(told(ending)).toMatchObject({ kinds: ["tagged"], requests: 2 });
    expect(tagsOf(id)).toEqual({ Cost: "unit-42", Extra: "something" });
    expect(opsOf(ending)).toEqual({ Owner: "message", Cost: "present", Absent: "absent" });
  });

  test("writes all of its tags or none: one that does not fit makes it a dead letter", async () => {
    const id = add(type);
    const tags = { Owner: "anne", Long: "x".repeat(300) };
    const ending = await stage.run(message(type, id, tags));
    expect(told(ending)).toEqual({ kinds: ["failed"], requests: 1, writes: 0, throws: false });
    expect(ending.outcomes[0]).toMatchObject({
      reason: "value-does-not-fit",
      handed: "dead-letter",
    });
    expect(opsOf(ending)).toEqual({ Owner: "not-written", Long: "value-does-not-fit" });
    expect(tagsOf(id)).toEqual({});
    expect(await stage.deadLetters()).toMatchObject([
      { cause: { kind: "failed", reason: "value-does-not-fit" }, attempts: 1 },
    ]);
  });

  test("writes none of its tags where there is no room for all of them", async () => {
    const count = { secret: 19, key: 9 }[type];
    const full = Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, "vvv"]));
    const id = add(type, full);
    const ending = await stage.run(message(type, id, { One: "eins", Two: "zwei" }));
    expect(told(ending)).toMatchObject({ kinds: ["failed"], writes: 0 });
    expect(ending.outcomes[0]?.reason).toBe("no-room");
    expect(tagsOf(id)).toEqual(full);
  });

  test("is gone where there is no such resource", async () => {
    const ending = await stage.run(
      message(type, "0d0466b0-1111-4222-8333-94455aa0b001", { A: "xyz" }),
    );
    expect(told(ending)).toEqual({ kinds: ["gone"], requests: 1, writes: 0, throws: false });
    expect(await stage.deadLetters()).toEqual([]);
  });
});

describe.each(ENVELOPE_NAMES)("in the envelope %s", (envelope) => {
  test("each message has its outcome", async () => {
    const count = Math.min(3, textsMaxOf(envelope));
    const ids = Array.from({ length: count }, (_, index) => add("secret", {}, `s-${index}`));
    const messages = ids.map((id, index) => message("secret", id, { Owner: `owner-${index}` }));
    const ending = await stage.run(batch(messages, envelope));
    expect(told(ending)).toEqual({
      kinds: ids.map(() => "tagged"),
      requests: 2 * count,
      writes: count,
      throws: false,
    });
    expect(ids.map(tagsOf)).toEqual(ids.map((_, index) => ({ Owner: `owner-${index}` })));
  });
});

describe("several messages about one resource", () => {
  const outcome = async (messages: readonly object[], options: RetagOptions = {}) =>
    stage.run(batch(messages), options);

  test("are carried out in their order", async () => {
    const id = add("secret");
    const ending = await outcome([
      message("secret", id, { Owner: "anne" }),
      message("secret", id, { Owner: "bert" }, { overwrite: true }),
      { resource: { type: "secret", id }, action: "delete", tags: [{ key: "Owner" }] },
      message("secret", id, { Owner: "carl" }),
    ]);
    expect(told(ending)).toMatchObject({ kinds: Array(4).fill("tagged"), requests: 8, writes: 4 });
    expect(tagsOf(id)).toEqual({ Owner: "carl" });
  });

  test("stay in their order when the first of them goes back to the queue", async () => {
    const id = add("secret");
    const unavailable = { kind: "answer", status: 503, body: "{}" } as const;
    // All tries of one read.
    stage.cloud.addFault({ operation: "ListSecretTags", times: 6, fault: unavailable });
    const first = await outcome([
      message("secret", id, { Owner: "anne" }),
      { resource: { type: "secret", id }, action: "delete", tags: [{ key: "Owner" }] },
    ]);
    expect(first.outcomes.map(({ handed }) => handed)).toEqual(["queue", "queue"]);
    stage.cloud.clearFaults();
    const ending = await stage.run(batch(first.again.map((text) => JSON.parse(text))));
    expect(told(ending)).toMatchObject({ kinds: ["tagged", "tagged"] });
    expect(tagsOf(id)).toEqual({});
  });

  test("are not tried one by one with credentials that were refused", async () => {
    const id = add("secret");
    stage.cloud.addFault({
      times: Number.POSITIVE_INFINITY,
      fault: { kind: "answer", status: 403, body: "{}" },
    });
    const ending = await outcome(
      Array.from({ length: 5 }, (_, i) => message("secret", id, { [`K${i}`]: "value" })),
    );
    expect(told(ending)).toEqual({
      kinds: Array(5).fill("failed"),
      requests: 1,
      writes: 0,
      throws: false,
    });
    expect(await stage.deadLetters()).toHaveLength(5);
  });
});

test("a message about another project's resource is a dead letter without a request", async () => {
  const id = add("secret");
  const foreign = { resource: { type: "secret", id, project: "f".repeat(32) } };
  const ending = await stage.run({ ...message("secret", id, { Owner: "anne" }), ...foreign });
  expect(told(ending)).toEqual({ kinds: ["malformed"], requests: 0, writes: 0, throws: false });
  const [letter] = await stage.deadLetters();
  expect(letter?.cause.reason).toContain("another project");
});

describe("the journal of single messages", () => {
  test("has the request's name, which the report tells, and can be undone", async () => {
    const id = add("secret", { Owner: "bert", Old: "thing" });
    const options = { request: "request-7" };
    const ending = await stage.run(
      batch([
        message("secret", id, { Owner: "anne", New: "novelty" }, { overwrite: true }),
        { resource: { type: "secret", id }, action: "delete", tags: [{ key: "Old" }] },
      ]),
      options,
    );
    expect(ending.report?.run).toBe("adhoc-request-7");
    const { plan } = await stage.undo("adhoc-request-7");
    expect(
      plan.resources.flatMap(({ changes }) => changes.map(({ key, op, to }) => [key, op, to])),
    ).toEqual([
      ["Owner", "overwrite", "bert"],
      ["New", "delete", undefined],
      ["Old", "create", "thing"],
    ]);
  });

  test("knows what an invocation wrote that was killed before it could say so", async () => {
    const id = add("secret");
    const event = message("secret", id, { Owner: "anne" });
    let writes = 0;
    const killed = await stage.run(event, {
      wrapStore: (store) => ({
        ...store,
        async write(name, text) {
          // The intents are the first; what follows is never stored.
          writes += 1;
          if (writes > 1) throw new Error("killed");
          await store.write(name, text);
        },
      }),
    });
    expect(killed.thrown).not.toBeNull();
    expect(tagsOf(id)).toEqual({ Owner: "anne" });

    const again = await stage.run(event);
    expect(told(again)).toMatchObject({ requests: 1, writes: 0 });
    const { plan } = await stage.undo("adhoc-request-1");
    expect(plan.resources.map(({ resource }) => resource.id)).toEqual([id]);
  });

  test("is not written for what changes nothing", async () => {
    const id = add("secret", { Owner: "anne" });
    const ending = await stage.run(message("secret", id, { Owner: "anne" }));
    expect(ending.report?.run).toBeUndefined();
    expect(await stage.undo("adhoc-request-1")).toMatchObject({
      plan: { resources: [] },
    });
  });
});

describe("without a store", () => {
  test("a message is carried out all the same", async () => {
    const id = add("secret");
    const ending = await stage.run(message("secret", id, { Owner: "anne" }), { store: null });
    expect(told(ending)).toMatchObject({ kinds: ["tagged"], requests: 2, throws: false });
    expect(ending.report?.run).toBeUndefined();
  });

  test("what would be a dead letter is the platform's to keep, and it is named", async () => {
    const id = add("secret");
    const event = batch([
      message("secret", id, { Owner: "anne" }),
      message("secret", id, { Long: "x".repeat(300) }),
      { resource: "nonsense" },
    ]);
    const { outcomes, thrown } = await stage.run(event, { store: null });
    expect(outcomes.map(({ kind }) => kind).sort()).toEqual(["failed", "malformed", "tagged"]);
    expect(thrown?.name).toBe("UnfinishedError");
    expect(thrown?.message).toContain(id);
    expect(thrown?.message).toContain("records[0].messages[2]");
  });

  test("runs, slices and jobs say what is missing", async () => {
    const { thrown } = await stage.run(
      { kind: "run", version: 1, run: "20261121-120000-abcdef" },
      { store: null },
    );
    expect(thrown?.message).toContain("TAGWARDEN_STORE");
  });
});
