import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { createClient } from "./client.ts";
import { createManualClock } from "./clock.ts";
import { at, START_MS, useCloud } from "./fixture.ts";
import { startCloud } from "./index.ts";

describe("the cloud as a whole", () => {
  const fixture = useCloud();
  const folders: string[] = [];
  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
  });

  /** Deploys this code as a function that CTS calls for each `createKey`; returns its folder. */
  function deployForKeys(code: string): string {
    const { cloud } = fixture();
    const folder = mkdtempSync(join(tmpdir(), "cloud-"));
    folders.push(folder);
    writeFileSync(join(folder, "index.js"), code);
    cloud.agency("tagger");
    cloud.functions.deploy({
      name: "key-created",
      code: folder,
      userData: {},
      agency: "tagger",
      timeoutMs: 5000,
      memoryMb: 128,
      maxInstances: 1,
      async: { maxRetries: 0, maxAgeSeconds: 60, retryDelayMs: 0 },
      traces: ["createKey"],
    });
    return folder;
  }

  test("delivers a trace to the functions that subscribe to its name, with their agency's keys", async () => {
    const { cloud, alice } = fixture();
    deployForKeys(
      "exports.handler = async (event, context) => ({ name: event.cts.resource_name, ak: context.getSecurityAccessKey() });",
    );

    await alice.createKey("k");
    await alice.createSecret("s", { kms_key_id: cloud.key("k")?.id });
    await cloud.idle();

    expect(cloud.functions.invocations).toMatchObject([
      { function: "key-created", state: "succeeded", result: { name: "k" } },
    ]);
    expect(at(cloud.functions.invocations, 0, "result", "ak")).toMatch(/^[A-Z0-9]{20}$/);
  });

  test("is idle only when the traces that came while functions ran are delivered too", async () => {
    const { cloud, clock, alice } = fixture();
    const folder = deployForKeys(
      "const { existsSync } = require('node:fs'); const go = require('node:path').join(__dirname, 'go'); exports.handler = async () => { while (!existsSync(go)) await new Promise((next) => setTimeout(next, 5)); };",
    );
    await alice.createKey("first");
    await expect.poll(() => cloud.functions.invocations).toMatchObject([{ state: "running" }]);
    let idle = false;
    const waiting = cloud.idle().then(() => {
      idle = true;
    });
    cloud.settings.traceDelayMs = 1000;
    await alice.createKey("second");
    writeFileSync(join(folder, "go"), "");
    await cloud.functions.idle();
    await clock.advance(999);
    expect(idle).toBe(false);
    await clock.advance(1);
    await waiting;
    expect(cloud.functions.invocations).toMatchObject([
      { state: "succeeded" },
      { state: "succeeded" },
    ]);
  });

  test("keeps resources that are put there without a call out of traces and requests", () => {
    const { cloud } = fixture();
    const key = cloud.addKey({ name: "k", tags: { A: "1" } });
    const secret = cloud.addSecret({ name: "s", kmsKeyId: key.id });
    cloud.tagDirectly(secret.id, { B: "2" });
    cloud.untagDirectly(key.id, ["A"]);
    expect(cloud.resources()).toEqual([secret, key]);
    expect([cloud.secret("s")?.tags, cloud.key("k")?.tags]).toEqual([
      new Map([["B", "2"]]),
      new Map(),
    ]);
    expect([cloud.seen, cloud.traces]).toEqual([[], []]);
    expect(() => cloud.tagDirectly("nobody", {})).toThrow("no resource");
  });

  test("gives a person the same keys again, and an agency fresh ones", () => {
    const { cloud } = fixture();
    expect(cloud.user("bob")).toEqual(cloud.user("bob"));
    expect(cloud.user("bob").ak).not.toBe(cloud.user("eve").ak);
    expect(cloud.agency("tagger")).not.toEqual(cloud.agency("tagger"));
    expect(cloud.project).toMatch(/^[0-9a-f]{32}$/);
  });
});

test("the same chance and time give the same ids, keys and traces", async () => {
  async function run() {
    let seed = 1;
    const random = () => {
      seed = (seed * 48271) % 2147483647; // a fixed sequence is all that is wanted
      return seed / 2147483647;
    };
    const cloud = await startCloud({ random, clock: createManualClock(START_MS), region: "here" });
    const client = createClient(cloud, cloud.user("alice"));
    await client.createSecret("s");
    await cloud.stop();
    await client.close();
    const ids = cloud.resources().map(({ id }) => id);
    const traced = cloud.traces.map(({ source_ip, ...trace }) => trace);
    return { project: cloud.project, ids, traced, region: cloud.region };
  }
  expect(await run()).toEqual(await run());
});

test("stopping closes connections at once, busy ones too, and refuses new ones", async () => {
  const cloud = await startCloud({ clock: createManualClock(START_MS) });
  const client = createClient(cloud, cloud.user("alice"));
  await client.createKey("idle");
  cloud.addFault({ times: 1, fault: { kind: "slow", ms: 1e9 } });
  const busy = expect(client.createKey("busy")).rejects.toThrow();
  await expect.poll(() => cloud.resources().length).toBe(2);
  await cloud.stop();
  await busy;
  await expect(client.createKey("late")).rejects.toThrow();
  await client.close();
});

test("reads 100,000 resources page by page without filtering them all for every page", async () => {
  const cloud = await startCloud({ settings: { ratePerSecond: null } });
  const client = createClient(cloud, cloud.user("alice"));
  let looks = 0;
  for (let n = 0; n < 100_000; n += 1) cloud.addKey({ name: `k${n}` });
  const names = cloud.resources().map((key) => {
    // Every look at a key by the filter of the query goes through its flag.
    Object.defineProperty(key, "isDefault", {
      get: () => {
        looks += 1;
        return false;
      },
    });
    return key.name;
  });
  const path = `/v1.0/${cloud.project}/kms/resource_instances/action`;
  const read: unknown[] = [];
  for (let offset = 0; offset < names.length; offset += 1000) {
    const body = { action: "filter", limit: "1000", offset: String(offset) };
    const rows = at((await client.call("POST", path, body)).body, "resources");
    if (Array.isArray(rows)) read.push(...rows.map((row) => at(row, "resource_name")));
  }
  expect(read).toEqual(names);
  // Once by the filter, once by the row that shows it.
  expect(looks).toBe(2 * names.length);
  await cloud.stop();
  await client.close();
}, 60_000);
