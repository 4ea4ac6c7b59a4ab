/**
 * Goal: bulk retagging works as it is deployed: through a queue, over several invocations, and across a crash.
 * Method: the built bundle in processes of its own on the local FunctionGraph, with the local cloud's queue and
 * object store. What it cannot do in time it puts back itself.
 */
import { setMaxListeners } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Pool } from "undici";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import type { Policy } from "../shared/core/policy/policy.ts";
import { wallClock } from "../shared/io/clock.ts";
import { dependencies, disconnect } from "../shared/io/connect.ts";
import { makePlan } from "../shared/io/run/planning.ts";
import { storeRun } from "../shared/io/run/run-store.ts";
import { readStatus } from "../shared/io/run/status.ts";
import { openStore, type Store } from "../shared/io/store/store.ts";
import { deployRetagFunction } from "./cloud/deployment.ts";
import { type LocalCloud, startCloud } from "./cloud/index.ts";

const DIST = new URL("../.local", import.meta.url).pathname;
const RUN = "20261121-120000-abcdef";
const MESSAGE = JSON.stringify({ kind: "run", version: 1, run: RUN });
const COUNT = 300;
const policy: Policy = JSON.parse(readFileSync(join(DIST, "retag", "policy.json"), "utf8"));

let cloud: LocalCloud;
let pool: Pool;
let store: Store;

async function open(timeoutMs = 30_000, rps = "1000"): Promise<void> {
  cloud = await startCloud({ settings: { ratePerSecond: null } });
  deployRetagFunction(cloud, { bundles: DIST, rps, timeoutMs });
  const signal = new AbortController().signal;
  setMaxListeners(0, signal);
  pool = new Pool(cloud.endpoint, { connections: 4 });
  const obs = {
    endpoint: cloud.endpoint,
    credentials: cloud.agency("visitor"),
    poolFor: () => pool,
    clock: wallClock,
    random: () => 0,
    signal,
    deadlineMs: Number.MAX_SAFE_INTEGER,
    tryTimeoutMs: 5_000,
  };
  store = openStore("obs://tagwarden", { allowFile: false, obs });
}

async function close(): Promise<void> {
  await pool.close();
  await disconnect();
  await cloud.stop();
}

/** Resources that need tags, and a run that gives them those. */
async function orderRun(count: number): Promise<number> {
  for (let index = 0; index < count; index++) {
    const fields = { name: `prod-${index}`, tags: { Contact: `person-${index}@example.com` } };
    if (index % 2 === 0) cloud.addSecret(fields);
    else cloud.addKey(fields);
  }
  const { endpoint, region, project } = cloud;
  const config = { endpoint, region, graceMs: null, rps: 1_000 };
  const reached = dependencies(config, project, cloud.user("ops"));
  const signal = new AbortController().signal;
  const budget = { signal, deadlineMs: Number.MAX_SAFE_INTEGER, countCall: () => {} };
  const { plan } = await makePlan({ selection: {} }, { ...reached, policy, budget });
  const guards = { maxChanges: 1_000, maxPercent: 100 };
  await storeRun(store, RUN, plan, guards, wallClock.now());
  cloud.clearSeen();
  return plan.resources.length;
}

const seen = (operation: RegExp) =>
  cloud.seen.filter((request) => operation.test(request.operation)).length;
const READS = /^(ListSecretTags|ShowKmsTags)$/;
const WRITES = /^Batch/;
const lettersIn = (folder: string) =>
  cloud.objects.keys("tagwarden").filter((key) => key.startsWith(folder));

describe("a run over a queue", () => {
  let changed = 0;
  beforeAll(async () => {
    // The shortest time that a function may have, and a rate at which that is not enough.
    await open(3_000, "200");
    changed = await orderRun(COUNT);
    cloud.queues.publish("retag", ["nonsense", MESSAGE]);
    await cloud.idle();
  });
  afterAll(close);

  test("goes on over several invocations until each resource has its tags", async () => {
    const { invocations } = cloud.functions;
    expect(invocations.length).toBeGreaterThan(1);
    expect(new Set(invocations.map(({ state }) => state))).toEqual(new Set(["succeeded"]));
    const status = await readStatus(store, RUN, wallClock);
    expect(status).toMatchObject({ state: "finished", total: COUNT, done: COUNT, left: 0 });
    const own = cloud.resources().filter(({ name }) => name.startsWith("prod-"));
    expect(own.filter(({ tags }) => tags.get("Environment") === "prod")).toHaveLength(COUNT);
  });

  test("costs a read and a write each; what was read without time to write is read again", () => {
    expect(changed).toBe(COUNT);
    expect(seen(WRITES)).toBe(COUNT);
    const again = seen(READS) - COUNT;
    expect(again).toBeGreaterThanOrEqual(0);
    expect(again).toBeLessThanOrEqual(cloud.functions.invocations.length * 2 * 16);
  });

  test("makes a dead letter of a message that is none, and loses nothing", () => {
    const letters = lettersIn("dead-letters/");
    expect(letters).toHaveLength(1);
    const letter = JSON.parse(cloud.objects.read("tagwarden", letters[0] ?? "") ?? "null");
    expect(letter).toMatchObject({ function: "retag", message: "nonsense", attempts: 1 });
    expect(cloud.functions.failures).toEqual([]);
  });

  test("logs a line of JSON an invocation, with the run, and without any value", () => {
    const lines = cloud.functions.logs();
    expect(lines).toHaveLength(cloud.functions.invocations.length);
    const values = new Set(cloud.resources().flatMap(({ tags }) => [...tags.values()]));
    for (const line of lines) {
      expect(JSON.parse(line)).toMatchObject({ function: "retag", run: RUN });
      for (const value of values) expect(line).not.toContain(`"${value}"`);
      expect(line).not.toContain("@example.com");
    }
  });
});

describe("with time for all of it", () => {
  beforeEach(() => open());
  afterEach(close);

  test("a run that is killed half way is taken up and loses nothing", async () => {
    await orderRun(COUNT);
    cloud.queues.publish("retag", [MESSAGE]);
    await vi.waitFor(() => expect(seen(WRITES)).toBeGreaterThan(50), {
      interval: 5,
      timeout: 10_000,
    });
    const [instance] = cloud.functions.processes();
    if (instance !== undefined) process.kill(instance.pid, "SIGKILL");
    const writes = seen(WRITES);
    await cloud.idle();

    expect(writes).toBeLessThan(COUNT);
    expect(cloud.functions.invocations.map(({ tries }) => tries)).toEqual([2]);
    const status = await readStatus(store, RUN, wallClock);
    expect(status).toMatchObject({ state: "finished", done: COUNT });
    // Only what was under way when it was killed can have been asked for twice.
    expect(seen(WRITES)).toBeLessThanOrEqual(COUNT + 2 * 16);
  });

  test("what can be placed nowhere is tried again, and then the platform's to keep", async () => {
    const fault = { kind: "answer", status: 403, body: "" } as const;
    cloud.addFault({ operation: "PutObject", times: Number.POSITIVE_INFINITY, fault });
    cloud.queues.publish("retag", ["nonsense"]);
    await cloud.idle();
    expect(cloud.functions.invocations.map(({ tries, state }) => [tries, state])).toEqual([
      [4, "failed"],
    ]);
    const [kept = ""] = lettersIn("failures/");
    expect(cloud.objects.read("tagwarden", kept)).toContain("nonsense");
    expect(lettersIn("dead-letters/")).toEqual([]);
  });

  test("a run needs no queue but the function itself", async () => {
    await orderRun(60);
    const urn = cloud.functions.urnOf("retag");
    cloud.functions.deploy({
      name: "retag",
      agency: "tagwarden-retag",
      code: join(DIST, "retag"),
      userData: {
        HUAWEICLOUD_KMS_ENDPOINT: cloud.endpoint,
        TAGWARDEN_STORE: "obs://tagwarden",
        TAGWARDEN_QUEUE: `functiongraph:${urn}`,
        TAGWARDEN_RPS: "60",
      },
      timeoutMs: 3_000,
      memoryMb: 128,
      maxInstances: 1,
      async: { maxRetries: 0, maxAgeSeconds: 60, retryDelayMs: 1 },
      traces: [],
    });
    cloud.functions.invokeAsync("retag", JSON.parse(MESSAGE));
    await cloud.idle();
    expect(cloud.functions.invocations.length).toBeGreaterThan(1);
    expect(cloud.functions.failures).toEqual([]);
    expect(await readStatus(store, RUN, wallClock)).toMatchObject({ state: "finished", done: 60 });
  });

  test("a queue of Kafka that cannot be reached is told, and the client is loaded only then", async () => {
    const id = cloud.addSecret({ name: "prod-a" }).id;
    const message = {
      resource: { type: "secret", id },
      action: "create",
      tags: [{ key: "Owner", value: "anne" }],
    };
    const settings = {
      HUAWEICLOUD_KMS_ENDPOINT: cloud.endpoint,
      TAGWARDEN_QUEUE: "kafka://127.0.0.1:9/topic",
    };
    cloud.functions.deploy({
      name: "retag",
      agency: "tagwarden-retag",
      code: join(DIST, "retag"),
      userData: settings,
      timeoutMs: 3_000,
      memoryMb: 128,
      maxInstances: 1,
      async: { maxRetries: 0, maxAgeSeconds: 60, retryDelayMs: 1 },
      traces: [],
    });
    const done = await cloud.functions.invoke("retag", message);
    expect(done.ok).toBe(true);
    const later = { ...message, notBefore: "2099-01-01T00:00:00Z" };
    const { ok, result } = await cloud.functions.invoke("retag", later);
    expect(ok).toBe(false);
    // Not a defect: the client was there, and could not publish.
    expect(JSON.stringify(result)).toContain("deferred: event: not before");
  });
});
