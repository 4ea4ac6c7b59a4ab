/**
 * Goal: what the Kafka transport says of a text is true: taken is in the topic, not taken is said, in time.
 * Method: a real broker, which is also killed and restarted; a pump that stands for the platform's trigger.
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import {
  type KafkaAccess,
  openQueue,
  parseQueueUrl,
  type Queue,
} from "../../shared/io/queue/queue.ts";
import { wallClock } from "../cloud/clock.ts";
import { at } from "../cloud/fixture.ts";
import { ECHO, setUp } from "../cloud/functiongraph/fixture.ts";
import { startCloud } from "../cloud/index.ts";
import { type LocalKafka, PASSWORD, startKafka, USER } from "./kafka.ts";
import { pumpTopic, type TopicPump } from "./pump.ts";

let kafka: LocalKafka;
let topics = 0;
const queues: Queue[] = [];
const pumps: TopicPump[] = [];

beforeAll(async () => {
  kafka = await startKafka();
});
afterEach(async () => {
  await Promise.all(queues.splice(0).map((queue) => queue.close()));
  await Promise.all(pumps.splice(0).map((pump) => pump.stop()));
});
afterAll(() => kafka?.stop());

const NO_LOGIN: KafkaAccess = { login: null, ca: null };

function open(url: string, access = NO_LOGIN, budgetMs = 60_000): Queue {
  const parsed = parseQueueUrl(url);
  if (!parsed.ok) throw new Error(parsed.problem);
  const queue = openQueue(parsed.address, {
    cloudAt() {
      throw new Error("Kafka is no service of the cloud");
    },
    endpoints: { functiongraph: "", smn: "", kms: "" },
    kafka: access,
    clock: wallClock,
    random: Math.random,
    budget: {
      signal: new AbortController().signal,
      deadlineMs: Date.now() + budgetMs,
      countCall: () => {},
    },
  });
  queues.push(queue);
  return queue;
}

async function newTopic(settings = {}): Promise<string> {
  topics += 1;
  const topic = `jobs-${topics}`;
  await kafka.createTopic(topic, settings);
  return topic;
}

/** Collects the texts that a pump hands out. */
async function collect(topic: string): Promise<readonly string[]> {
  const got: string[] = [];
  const take = async (event: unknown) => {
    const texts = at(event, "records", 0, "messages");
    if (Array.isArray(texts)) got.push(...texts.map(String));
  };
  pumps.push(await pumpTopic(kafka, topic, take));
  return got;
}

const missing = (wanted: readonly string[], got: readonly string[]) => {
  const there = new Set(got);
  return wanted.filter((text) => !there.has(text));
};

describe("published texts", () => {
  test("arrive at a function of the local cloud in the events of its trigger", async () => {
    const cloud = await startCloud();
    cloud.agency("reader");
    cloud.functions.deploy(setUp(ECHO));
    const topic = await newTopic();
    const texts = Array.from({ length: 250 }, (_, n) => JSON.stringify({ n, text: "ü😀\n" }));
    await open(`kafka://${kafka.brokers}/${topic}`).publish(texts);

    const handle = (event: unknown) => cloud.functions.invoke("f", event);
    pumps.push(await pumpTopic(kafka, topic, handle, { batchSize: 40 }));
    const got = () =>
      cloud.functions.invocations.flatMap(({ result }) => at(result, "records", 0, "messages"));
    await expect.poll(() => got().length, { timeout: 30_000 }).toBe(250);
    expect(got().sort()).toEqual([...texts].sort());
    const sizes = cloud.functions.invocations.map(({ event }) =>
      at(event, "records", 0, "messages", "length"),
    );
    expect(Math.max(...sizes.map(Number))).toBeLessThanOrEqual(40);
    expect(cloud.functions.invocations[0]?.event).toMatchObject({
      trigger_type: "KAFKA",
      records: [{ topic_id: topic }],
    });
    await cloud.stop();
  });

  test("may have 256 KB, a thousand may go at once, and a closed queue opens again", async () => {
    const topic = await newTopic();
    const got = await collect(topic);
    const queue = open(`kafka://${kafka.brokers}/${topic}`);
    const large = ["a", "b", "c"].map((name) => name.repeat(256 * 1024));
    const small = Array.from({ length: 1000 }, (_, n) => `small ${n}`);
    await queue.publish([...large, ...small]);
    await queue.close();
    await queue.close();
    await queue.publish(["after"]);
    await expect.poll(() => got.length, { timeout: 30_000 }).toBe(1004);
    expect(missing([...large, ...small, "after"], got)).toEqual([]);
  });

  test("that were handled are committed, and those that were not come again", async () => {
    const topic = await newTopic();
    const group = `group-of-${topic}`;
    await open(`kafka://${kafka.brokers}/${topic}`).publish(["one"]);
    let tries = 0;
    const fail = async () => {
      tries += 1;
      throw new Error("not taken");
    };
    const failing = await pumpTopic(kafka, topic, fail, { group });
    await expect.poll(() => tries, { timeout: 30_000 }).toBeGreaterThan(0);
    await failing.stop();

    const got: unknown[] = [];
    const take = async (event: unknown) => void got.push(at(event, "records", 0, "messages"));
    const first = await pumpTopic(kafka, topic, take, { group });
    await expect.poll(() => got, { timeout: 30_000 }).toEqual([["one"]]);
    await first.stop();
    await open(`kafka://${kafka.brokers}/${topic}`).publish(["two"]);
    pumps.push(await pumpTopic(kafka, topic, take, { group }));
    await expect.poll(() => got, { timeout: 30_000 }).toEqual([["one"], ["two"]]);
  });
});

test("every text that was taken arrives, though the broker is killed and restarted meanwhile", async () => {
  const topic = await newTopic();
  const got = await collect(topic);
  const queue = open(`kafka://${kafka.brokers}/${topic}`);
  const taken: string[] = [];
  let restarted: Promise<void> | null = null;
  let takenWhileDown = 0;
  for (let round = 0; round < 120; round += 1) {
    const texts = Array.from({ length: 5 }, (_, n) => `${round}.${n}`);
    if (round === 40) {
      // In the midst of a publication: the connection goes before the answer is there.
      const during = queue.publish(["during"]).catch(() => {});
      restarted = kafka.kill().then(() => kafka.restart());
      await during;
    }
    try {
      await queue.publish(texts);
      taken.push(...texts);
      if (round >= 40) takenWhileDown += 1;
    } catch (error) {
      expect(error).toMatchObject({ name: "QueueError" });
    }
  }
  await restarted;
  expect(takenWhileDown).toBeGreaterThan(0);
  expect(taken.length).toBeGreaterThan(40 * 5);
  await expect.poll(() => missing(taken, got), { timeout: 60_000 }).toEqual([]);
});

describe("a publication that cannot be is a QueueError", () => {
  test("for a topic that is not there", async () => {
    const queue = open(`kafka://${kafka.brokers}/nowhere`);
    await expect(queue.publish(["hunter2"])).rejects.toMatchObject({
      name: "QueueError",
      code: "unexpected",
      message: `queue kafka://${kafka.brokers}/nowhere: unexpected, UNKNOWN_TOPIC_OR_PARTITION`,
    });
  });

  test("for a text that is larger than the topic takes", async () => {
    const topic = await newTopic({ "max.message.bytes": "1000" });
    const queue = open(`kafka://${kafka.brokers}/${topic}`);
    await expect(queue.publish(["x".repeat(2000)])).rejects.toMatchObject({ code: "too-large" });
    await queue.publish(["small"]);
  });

  test("where the broker is down, and within the deadline", async () => {
    const topic = await newTopic();
    await kafka.kill();
    try {
      const url = `kafka://${kafka.brokers}/${topic}`;
      await expect(open(url).publish(["x"])).rejects.toMatchObject({ code: "unreachable" });
      const short = open(url, NO_LOGIN, 500);
      await expect(short.publish(["x"])).rejects.toMatchObject({ code: "deadline" });
    } finally {
      await kafka.restart();
    }
  });
});

describe("a login", () => {
  const access = { login: { user: USER, password: PASSWORD }, ca: null };

  test.each(["plain", "scram-sha-512"])(
    "by %s is accepted, and a wrong one denied",
    async (sasl) => {
      const topic = await newTopic();
      const got = await collect(topic);
      const url = `kafka://${kafka.saslBrokers}/${topic}?sasl=${sasl}`;
      await open(url, access).publish(["x"]);
      const failed = open(url, { ...access, login: { user: USER, password: "hunter2" } }).publish([
        "y",
      ]);
      await expect(failed).rejects.toMatchObject({
        code: "denied",
        message: expect.not.stringContaining("hunter2"),
      });
      await expect.poll(() => got, { timeout: 30_000 }).toEqual(["x"]);
    },
  );

  test("by a mechanism that the broker does not know is not made", async () => {
    const url = `kafka://${kafka.saslBrokers}/any?sasl=scram-sha-256`;
    await expect(open(url, access).publish(["x"])).rejects.toMatchObject({ code: "unreachable" });
  });

  test("is not made where the broker cannot prove who it is", async () => {
    const topic = await newTopic();
    const url = `kafka://${kafka.tlsBrokers}/${topic}?tls=1`;
    await open(url, { ...access, ca: kafka.ca }).publish(["x"]);
    await expect(open(url).publish(["y"])).rejects.toMatchObject({ code: "unreachable" });
  });
});
