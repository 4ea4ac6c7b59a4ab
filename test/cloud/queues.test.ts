/**
 * Goal: a connected function gets every message of a queue once, in order, in the form of its trigger.
 * Method: functions that answer with their event; what they were given is in the invocations.
 */
import { describe, expect, test } from "vitest";
import { at, useCloud } from "./fixture.ts";
import { ECHO, FAIL, setUp } from "./functiongraph/fixture.ts";
import type { Envelope } from "./queue-event.ts";

const fixture = useCloud();

function deploy(code = ECHO, maxRetries = 0) {
  const { cloud } = fixture();
  cloud.agency("reader");
  const policy = { maxRetries, maxAgeSeconds: 3600, retryDelayMs: 0 };
  cloud.functions.deploy(setUp(code, { async: policy }));
  return cloud;
}

/** Texts of each invocation so far, in the order in which they came. */
const batches = () =>
  fixture().cloud.functions.invocations.map(({ event }) => at(event, "records", 0, "messages"));

const numbers = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => String(from + index));

describe("a connected function", () => {
  test("gets the messages in order, in batches that are as large as they may be", async () => {
    const cloud = deploy();
    cloud.queues.create("q");
    cloud.queues.publish("q", numbers(0, 5));
    cloud.queues.connect("q", "f", { batchSize: 3 });
    cloud.queues.publish("q", numbers(5, 8));
    await cloud.queues.idle();
    expect(batches()).toEqual([numbers(0, 3), numbers(3, 6), numbers(6, 8)]);
    expect(cloud.functions.invocations.every(({ state }) => state === "succeeded")).toBe(true);

    cloud.queues.publish("q", ["8"]);
    await cloud.idle();
    expect(batches().slice(3)).toEqual([["8"]]);
    expect(cloud.queues.messages("q")).toEqual(numbers(0, 9));
  });

  test("gets 100 messages at most in one event where nothing else is asked for", async () => {
    const cloud = deploy();
    cloud.queues.create("q");
    cloud.queues.connect("q", "f");
    cloud.queues.publish("q", numbers(0, 101));
    await cloud.idle();
    expect(batches()).toEqual([numbers(0, 100), ["100"]]);
  });

  test("gets events over 256 KB, as triggers that poll may be, and none over 6 MB", async () => {
    const cloud = deploy();
    cloud.queues.create("q");
    cloud.queues.connect("q", "f");
    const texts = numbers(0, 8).map((n) => `${n}${"x".repeat(1_000_000)}`);
    cloud.queues.publish("q", texts);
    await cloud.idle();
    expect(batches().flat()).toEqual(texts);
    expect(cloud.functions.invocations.map(({ state }) => state)).toEqual([
      "succeeded",
      "succeeded",
    ]);
  });

  test("gets what another one of the same queue gets too", async () => {
    const cloud = deploy();
    cloud.functions.deploy(setUp(ECHO, { name: "g" }));
    cloud.queues.create("q");
    cloud.queues.connect("q", "f");
    cloud.queues.connect("q", "g", { batchSize: 1 });
    cloud.queues.publish("q", ["a", "b"]);
    await cloud.idle();
    const got = cloud.functions.invocations.map((one) => [
      one.function,
      at(one.event, "records", 0, "messages"),
    ]);
    expect(got.sort()).toEqual([
      ["f", ["a", "b"]],
      ["g", ["a"]],
      ["g", ["b"]],
    ]);
  });

  test("that fails is retried by its own policy, and then the batch is in the failures", async () => {
    const cloud = deploy(FAIL, 2);
    cloud.queues.create("q");
    cloud.queues.connect("q", "f");
    cloud.queues.publish("q", ["a"]);
    await cloud.idle();
    expect(cloud.functions.invocations).toMatchObject([{ tries: 3, state: "failed" }]);
    expect(
      cloud.functions.failures.map(({ payload }) => JSON.parse(payload.request_payload)),
    ).toMatchObject([{ records: [{ messages: ["a"] }] }]);
  });

  test.each([
    ["SMN", "record", 0, "smn", "message"],
    ["EVENTGRID", 0, "data"],
    ["EVENTGRID/single", "data"],
    ["BARE"],
  ] as const)("gets events in the form of %s", async (envelope: Envelope, ...path) => {
    const cloud = deploy();
    cloud.queues.create("q", { envelope });
    cloud.queues.connect("q", "f", { batchSize: 1 });
    cloud.queues.publish("q", ["one", "two"]);
    await cloud.idle();
    const got = cloud.functions.invocations.map(({ event }) => at(event, ...path));
    expect(got).toEqual(["one", "two"]);
  });

  test("gets one message an event where the form has room for no more", async () => {
    const cloud = deploy();
    cloud.queues.create("q", { envelope: "SMN" });
    cloud.queues.connect("q", "f");
    cloud.queues.publish("q", ["one", "two"]);
    await cloud.idle();
    expect(cloud.functions.invocations.length).toBe(2);
  });
});

test("what is not there, or there already, and impossible batches are refused", () => {
  const cloud = deploy();
  cloud.queues.create("q");
  expect(() => cloud.queues.create("q")).toThrow("there is a queue");
  expect(() => cloud.queues.publish("p", [])).toThrow("no queue");
  expect(() => cloud.queues.messages("p")).toThrow("no queue");
  expect(() => cloud.queues.connect("p", "f")).toThrow("no queue");
  expect(() => cloud.queues.connect("q", "nobody")).toThrow("no function");
  for (const batchSize of [0, 1.5, 1001])
    expect(() => cloud.queues.connect("q", "f", { batchSize })).toThrow("batchSize");
});

describe("the local interface of a queue", () => {
  const post = async (name: string, body: string) => {
    const { cloud } = fixture();
    const path = `/local/queues/${name}/messages`;
    const answer = await fetch(`${cloud.endpoint}${path}`, { method: "POST", body });
    return answer.status;
  };

  test("takes texts without a signature, and the server sees the request", async () => {
    const { cloud } = fixture();
    cloud.queues.create("q");
    expect(await post("q", '["a","b"]')).toBe(200);
    expect(cloud.queues.messages("q")).toEqual(["a", "b"]);
    expect(cloud.seen).toMatchObject([{ operation: "PutMessages", service: "other", ak: "" }]);
    expect(cloud.traces).toEqual([]);
  });

  test("refuses an unknown queue and what is no list of texts, and takes nothing of it", async () => {
    const { cloud } = fixture();
    cloud.queues.create("q");
    expect(await post("p", '["a"]')).toBe(404);
    for (const body of ["", "{", "{}", '"a"', "[1]", '["a",1]'])
      expect(await post("q", body)).toBe(400);
    expect(cloud.queues.messages("q")).toEqual([]);
  });

  test("knows scripted faults, also of an answer that is lost", async () => {
    const { cloud } = fixture();
    cloud.queues.create("q");
    const fault = { kind: "reset", when: "after" } as const;
    cloud.addFault({ operation: "PutMessages", times: 1, fault });
    await expect(post("q", '["a"]')).rejects.toThrow();
    expect(cloud.queues.messages("q")).toEqual(["a"]);
  });
});
