/**
 * Goal: what the HTTP transports publish is where it belongs, and what they do not publish is said.
 * Method: the local cloud, which checks signatures and permissions; its clock stands still unless a retry waits.
 */
import { Pool } from "undici";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { TRY_TIMEOUT_MS } from "../../../shared/io/cloud.ts";
import {
  openQueue,
  parseQueueUrl,
  type Queue,
  type QueueDeps,
  QueueError,
} from "../../../shared/io/queue/queue.ts";
import { ECHO, setUp } from "../../cloud/functiongraph/fixture.ts";
import { type LocalCloud, startCloud } from "../../cloud/index.ts";
import { createQuickClock } from "../../functions/stage.ts";

const KB = 1024;
const AGENCY = "publisher";
let cloud: LocalCloud;
let pool: Pool;
let deps: QueueDeps;
let calls = 0;
let waited: number[] = [];

beforeEach(async () => {
  const clock = createQuickClock();
  cloud = await startCloud({ clock });
  pool = new Pool(cloud.endpoint, { connections: 1 });
  const credentials = cloud.agency(AGENCY);
  calls = 0;
  waited = [];
  const sleep: typeof clock.sleep = (ms, signal) => {
    waited.push(ms);
    return clock.sleep(ms, signal);
  };
  deps = {
    cloudAt: (endpoint) => ({
      ...{ endpoint, pool, credentials, project: cloud.project, random: () => 0 },
      clock: { ...clock, sleep },
      pacer: { turn: () => undefined, note: () => {} },
      tryTimeoutMs: TRY_TIMEOUT_MS,
    }),
    endpoints: { functiongraph: cloud.endpoint, smn: cloud.endpoint, kms: cloud.endpoint },
    kafka: { login: null, ca: null },
    clock: { ...clock, sleep },
    random: () => 0,
    budget: {
      signal: new AbortController().signal,
      deadlineMs: clock.now() + 60_000,
      countCall: () => {
        calls += 1;
      },
    },
  };
});
afterEach(async () => {
  await pool.destroy();
  await cloud.stop();
});

function open(url: string, changes: Partial<QueueDeps> = {}): Queue {
  const parsed = parseQueueUrl(url);
  if (!parsed.ok) throw new Error(parsed.problem);
  return openQueue(parsed.address, { ...deps, ...changes });
}

/** The three transports, each with a place where its messages can be looked at. */
const TRANSPORTS = [
  {
    transport: "functiongraph",
    operation: "AsyncInvokeFunction",
    action: "functiongraph:function:invokeAsync",
    make() {
      cloud.functions.deploy(setUp(ECHO, { name: "retag", agency: AGENCY }));
      const got = () => cloud.functions.invocations.map(({ event }) => JSON.stringify(event));
      return { url: `functiongraph:${cloud.functions.urnOf("retag")}`, got };
    },
  },
  {
    transport: "smn",
    operation: "PublishMessage",
    action: "smn:topic:publish",
    make() {
      const urn = cloud.topics.create("retag");
      return {
        url: `smn:${urn}`,
        got: () => cloud.topics.messages(urn).map(({ message }) => message),
      };
    },
  },
  {
    transport: "memory",
    operation: "PutMessages",
    action: null,
    make() {
      cloud.queues.create("retag");
      return { url: "memory:retag", got: () => cloud.queues.messages("retag") };
    },
  },
] as const;

/** A JSON object of exactly so many bytes, one of them beyond ASCII. */
const textOf = (bytes: number) => JSON.stringify({ t: `ü${"x".repeat(bytes - 10)}` });

describe.each(TRANSPORTS)("$transport", ({ operation, make }) => {
  test("texts arrive, in order and as they are", async () => {
    const { url, got } = make();
    const queue = open(url);
    const texts = ['{"a":1}', '{"b":"ü \\" 😀"}', '{"c":null}'];
    await queue.publish(texts);
    await queue.publish([]);
    await queue.close();
    expect(queue.url).toBe(url);
    expect(got()).toEqual(texts);
    expect(cloud.seen.every((request) => request.operation === operation)).toBe(true);
    expect(cloud.seen.length).toBe(calls);
  });

  test("a text of the most bytes is taken, and one more is refused before anything is sent", async () => {
    const { url, got } = make();
    const queue = open(url);
    const most = textOf(256 * KB);
    expect(Buffer.byteLength(most)).toBe(256 * KB);
    await queue.publish([most]);
    const sent = cloud.seen.length;
    const refused = queue.publish(['{"small":1}', textOf(256 * KB + 1)]);
    await expect(refused).rejects.toMatchObject({ name: "QueueError", code: "too-large" });
    expect(cloud.seen.length).toBe(sent);
    expect(got().length).toBe(1);
  });

  test("what passes is tried again, also where the answer was lost", async () => {
    const { url, got } = make();
    cloud.addFault({ operation, times: 1, fault: { kind: "answer", status: 503, body: "<html>" } });
    cloud.addFault({ operation, times: 1, fault: { kind: "throttle" } });
    cloud.addFault({ operation, times: 1, fault: { kind: "reset", when: "after" } });
    await open(url).publish(['{"a":1}']);
    expect(cloud.seen.slice(0, 3).map(({ status }) => status)).toEqual([503, 429, 0]);
    expect(cloud.seen.length).toBe(4);
    expect(got()).toEqual(['{"a":1}', '{"a":1}']);
    expect(waited.length).toBe(3);
  });

  test("what does not pass in five retries is unavailable, and the deadline ends them before", async () => {
    const { url } = make();
    cloud.addFault({ operation, times: 99, fault: { kind: "answer", status: 500, body: "" } });
    await expect(open(url).publish(["{}"])).rejects.toMatchObject({ code: "unavailable" });
    expect(cloud.seen.length).toBe(6);
    const budget = { ...deps.budget, deadlineMs: cloud.clock.now() + 250 };
    await expect(open(url, { budget }).publish(["{}"])).rejects.toMatchObject({ code: "deadline" });
    expect(cloud.seen.length).toBe(8);
  });

  test("a place that is not there is unexpected and not tried again", async () => {
    const { url } = make();
    const other = url.replace(/retag/, "other");
    await expect(open(other).publish(["{}"])).rejects.toMatchObject({ code: "unexpected" });
    expect(cloud.seen).toMatchObject([{ operation, status: 404 }]);
  });
});

test.each(TRANSPORTS.filter(({ action }) => action !== null))(
  "$transport: a missing permission is denied and not tried again",
  async ({ action, make }) => {
    const { url, got } = make();
    cloud.allowOnly(AGENCY, ["kms:cmk:list"]);
    const failed = await open(url)
      .publish(['{"word":"hunter2"}'])
      .catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(QueueError);
    expect(failed).toMatchObject({ code: "denied", message: expect.stringContaining(url) });
    expect(String(failed)).not.toContain("hunter2");
    expect([cloud.seen.length, got().length]).toEqual([1, 0]);
    cloud.allowOnly(AGENCY, action === null ? [] : [action]);
    await open(url).publish(["{}"]);
    expect(got()).toEqual(["{}"]);
  },
);

test("a function's event is a JSON object, so nothing else is published to one", async () => {
  const urn = cloud.functions.urnOf("retag");
  for (const text of ["", "plain", "[1]", '"text"', "null"])
    await expect(open(`functiongraph:${urn}`).publish(["{}", text])).rejects.toMatchObject({
      code: "unexpected",
    });
  expect(cloud.seen).toEqual([]);
});

test("more texts than fit one request to the local cloud are sent in several", async () => {
  cloud.queues.create("q");
  const texts = Array.from({ length: 1200 }, (_, index) => `${index} ${"x".repeat(1500)}`);
  await open("memory:q").publish(texts);
  expect(cloud.queues.messages("q")).toEqual(texts);
  expect(cloud.seen.length).toBe(3);
});

test("queues in memory are refused beside any endpoint that is not on loopback", () => {
  const endpoints = { ...deps.endpoints, kms: "https://kms.example.com" };
  expect(() => open("memory:q", { endpoints })).toThrow(QueueError);
});

test("a host that cannot be reached is said", async () => {
  const { url } = TRANSPORTS[1].make();
  await cloud.stop();
  await expect(open(url).publish(["x"])).rejects.toMatchObject({ code: "unreachable" });
  expect(calls).toBe(6);
});
