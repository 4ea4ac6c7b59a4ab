/**
 * Goal: a queue of messages loses nothing: each ends in exactly one outcome or dead letter, though the broker is
 * killed half way, the service fails for a while, and some messages are bad.
 * Method: a real broker, which also takes what goes back to the queue; the built bundle in a process of its own on
 * the local FunctionGraph; a pump that stands for the platform's trigger.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Outcome } from "../../shared/core/outcome.ts";
import { wallClock } from "../../shared/io/clock.ts";
import { openQueue, parseQueueUrl, type Queue } from "../../shared/io/queue/queue.ts";
import { listLost } from "../../shared/io/run/dead-letter.ts";
import { openStore } from "../../shared/io/store/store.ts";
import { at } from "../cloud/fixture.ts";
import { type LocalCloud, startCloud } from "../cloud/index.ts";
import { type LocalKafka, startKafka } from "./kafka.ts";
import { pumpTopic, type TopicPump } from "./pump.ts";

const BUNDLE = new URL("../../.local/retag", import.meta.url).pathname;
const SECRETS = 40;
const GOOD = 160;

let kafka: LocalKafka;
let cloud: LocalCloud;
let folder: string;
let pump: TopicPump | undefined;
let queue: Queue;

beforeAll(async () => {
  [kafka, cloud, folder] = await Promise.all([
    startKafka(),
    startCloud({ settings: { ratePerSecond: null } }),
    mkdtemp(join(tmpdir(), "retag-broker-")),
  ]);
});
afterAll(async () => {
  await pump?.stop();
  await queue?.close();
  await Promise.all([kafka?.stop(), cloud?.stop()]);
  await rm(folder, { recursive: true, force: true });
});

test("every message ends in exactly one outcome or dead letter, though the broker is killed half way", async () => {
  await kafka.createTopic("retag");
  const url = `kafka://${kafka.brokers}/retag`;
  const store = pathToFileURL(join(folder, "store")).href;
  cloud.agency("tagger");
  cloud.functions.deploy({
    name: "retag",
    agency: "tagger",
    code: BUNDLE,
    userData: {
      HUAWEICLOUD_REGION: cloud.region,
      HUAWEICLOUD_KMS_ENDPOINT: cloud.endpoint,
      TAGWARDEN_STORE: store,
      TAGWARDEN_QUEUE: url,
      TAGWARDEN_RPS: "500",
    },
    timeoutMs: 30_000,
    memoryMb: 256,
    maxInstances: 1,
    async: { maxRetries: 0, maxAgeSeconds: 60, retryDelayMs: 100 },
    traces: [],
  });
  const ids = Array.from({ length: SECRETS }, (_, n) => cloud.addSecret({ name: `s-${n}` }).id);
  // Longer than the retries of one attempt: these come back through the broker.
  for (const id of ids.slice(0, 3)) {
    const fault = { kind: "answer", status: 503, body: "<html>" } as const;
    cloud.addFault({ operation: "ListSecretTags", resource: id, times: 6, fault });
  }

  const tag = (id: string, key: string, value: string) =>
    JSON.stringify({ resource: { type: "secret", id }, action: "create", tags: [{ key, value }] });
  const good = Array.from({ length: GOOD }, (_, n) =>
    tag(ids[n % SECRETS] ?? "", `K${n}`, `v${n}`),
  );
  const gone = ["a", "b"].map((digit) =>
    tag(`${digit.repeat(8)}-0000-4000-8000-000000000000`, "K", "v"),
  );
  const bad = ["no json", "{}", '{"kind":"run"}', tag(ids[5] ?? "", "K", "x".repeat(300))];

  const parsed = parseQueueUrl(url);
  if (!parsed.ok) throw new Error(parsed.problem);
  queue = openQueue(parsed.address, {
    cloudAt() {
      throw new Error("Kafka is no service of the cloud");
    },
    endpoints: { functiongraph: "", smn: "", kms: "" },
    kafka: { login: null, ca: null },
    clock: wallClock,
    random: Math.random,
    budget: {
      signal: new AbortController().signal,
      deadlineMs: Number.POSITIVE_INFINITY,
      countCall: () => {},
    },
  });
  const all = [...good, ...gone, ...bad];
  await publishAll(all.slice(0, all.length / 2));
  const handle = async (event: unknown) => {
    const answer = await cloud.functions.invoke("retag", event);
    if (!("result" in answer)) throw new Error("the function failed");
  };
  pump = await pumpTopic(kafka, "retag", handle, { group: "retag", batchSize: 20 });
  await expect.poll(() => tagsThere(), { timeout: 30_000 }).toBeGreaterThan(GOOD / 8);
  await kafka.kill();
  await kafka.restart();
  await publishAll(all.slice(all.length / 2));

  const letters = openStore(store, { allowFile: true, obs: null });
  const dead = async () => {
    const messages: unknown[] = [];
    for await (const lost of listLost(letters))
      if (lost.from === "function") messages.push(lost.letter.message);
    return messages;
  };
  await expect.poll(() => tagsThere(), { timeout: 90_000 }).toBe(GOOD);
  await expect.poll(async () => new Set(await dead()).size, { timeout: 30_000 }).toBe(bad.length);

  expect(new Set(await dead())).toEqual(new Set(bad));
  const handled = cloud.functions.invocations.filter(({ state }) => state === "succeeded");
  for (const { event, result } of handled) {
    const messages = at(event, "records", 0, "messages", "length");
    const outcomes = Object(at(result, "outcomes"));
    expect(outcomes).toHaveLength(Number(messages));
    for (const outcome of outcomes) expect(isPlaced(outcome)).toBe(true);
  }
  const kinds = handled.flatMap(({ result }) =>
    Object(at(result, "outcomes")).map(({ kind }: Outcome) => kind),
  );
  expect(kinds.filter((kind) => kind === "gone").length).toBeGreaterThanOrEqual(gone.length);
  expect(kinds.filter((kind) => kind === "failed").length).toBeGreaterThanOrEqual(3);
});

/** A broker that comes back takes longer than the retries of one publication. */
async function publishAll(texts: readonly string[]): Promise<void> {
  for (let at = 0; at < texts.length; at += 20)
    await expect
      .poll(
        () =>
          queue.publish(texts.slice(at, at + 20)).then(
            () => true,
            () => false,
          ),
        {
          timeout: 60_000,
        },
      )
      .toBe(true);
}

function tagsThere(): number {
  return cloud.resources().reduce((sum, { tags }) => sum + tags.size, 0);
}

function isPlaced({ kind, handed }: Outcome): boolean {
  return !["failed", "deferred", "malformed"].includes(kind) || handed !== undefined;
}
