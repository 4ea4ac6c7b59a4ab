/**
 * Goal: the audit works as it is deployed: by a timer, with the store, the topic and the packed scopes.
 * Method: the built bundle in a process of its own on the local FunctionGraph.
 */
import { existsSync } from "node:fs";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { build } from "../esbuild.config.mjs";
import { type LocalCloud, startCloud } from "./cloud/index.ts";
import { timerEvent } from "./functions/audit-stage.ts";

const DIST = new URL("../.local", import.meta.url).pathname;
const POLICY = new URL("policies/bulk/tag-policy.yaml", import.meta.url).pathname;
const AUDIT = "audit";

let cloud: LocalCloud;
let folder: string;
let topic: string;
beforeEach(async () => {
  cloud = await startCloud({ settings: { ratePerSecond: null } });
  folder = await mkdtemp(join(tmpdir(), "tagwarden-audit-bundle-"));
  cloud.agency(AUDIT);
  cloud.objects.createBucket("runs");
  topic = cloud.topics.create("audits");
  cloud.addSecret({ name: "prod-db", tags: { Owner: "ann-the-owner" } });
});
afterEach(async () => {
  await cloud.stop();
  await rm(folder, { recursive: true, force: true });
});

function deploy(userData: Record<string, string> = {}, code = join(DIST, AUDIT)): void {
  cloud.functions.deploy({
    name: AUDIT,
    agency: AUDIT,
    code,
    userData: {
      HUAWEICLOUD_REGION: cloud.region,
      HUAWEICLOUD_KMS_ENDPOINT: cloud.endpoint,
      TAGWARDEN_STORE: "obs://runs/here",
      TAGWARDEN_TOPIC: topic,
      TAGWARDEN_RPS: "1000",
      ...userData,
    },
    timeoutMs: 20_000,
    memoryMb: 128,
    maxInstances: 1,
    async: { maxRetries: 0, maxAgeSeconds: 3_600, retryDelayMs: 1 },
    traces: [],
  });
}

const objects = () => cloud.objects.keys("runs");

test("a timer's audit is stored in the bucket and told to the topic, and no line holds a value", async () => {
  deploy();
  const { ok, result, logs } = await cloud.functions.invoke(AUDIT, timerEvent());
  expect(JSON.stringify(result).slice(0, 300)).toContain('"outcomes":[]');
  expect(ok).toBe(true);
  expect(objects().filter((name) => /^here\/audits\/\w+\/report\./.test(name))).toHaveLength(6);
  expect(objects()).toContain("here/audits/latest.json");
  expect(cloud.topics.messages(topic)).toHaveLength(1);
  expect(logs).toHaveLength(1);
  expect(JSON.stringify([logs, cloud.topics.messages(topic)])).not.toContain("ann-the-owner");
});

test.each([
  ["TAGWARDEN_STORE", ""],
  ["TAGWARDEN_STORE", "ftp://x"],
  ["TAGWARDEN_TOPIC", "audits"],
  ["TAGWARDEN_REMEDIATE", "yes"],
])("the setting %s is refused by its name where it is %j", async (name, value) => {
  deploy({ [name]: value });
  const { ok, result } = await cloud.functions.invoke(AUDIT, timerEvent());
  expect(ok).toBe(false);
  expect(JSON.stringify(result)).toContain(name);
  expect(objects()).toEqual([]);
});

test("packed scopes take the place of the function's own project; damaged ones stop it", async () => {
  await cp(join(DIST, AUDIT), join(folder, AUDIT), { recursive: true });
  const scopes = ["cn-north-4", "eu-west-101"].map((region) => ({
    region,
    project: cloud.project,
    endpoint: cloud.endpoint,
  }));
  const file = join(folder, AUDIT, "scopes.json");
  await writeFile(file, JSON.stringify({ version: 1, scopes }));
  deploy({}, join(folder, AUDIT));
  expect((await cloud.functions.invoke(AUDIT, timerEvent())).ok).toBe(true);
  const name = objects().find((one) => one.endsWith("report.json")) ?? "";
  const report = JSON.parse(cloud.objects.read("runs", name) ?? "");
  expect(report.scopes.map(({ region }: { region: string }) => region)).toEqual([
    "cn-north-4",
    "eu-west-101",
  ]);

  await writeFile(file, '{"version":2}');
  const { result } = await cloud.functions.invoke(AUDIT, timerEvent());
  expect(JSON.stringify(result)).toContain("scopes.json");
});

describe("the build", () => {
  let policies: string;
  const scopesFile = () => join(policies, "scopes.yaml");
  beforeAll(async () => {
    policies = await mkdtemp(join(tmpdir(), "tagwarden-scopes-"));
    await cp(POLICY, join(policies, "tag-policy.yaml"));
  });
  afterAll(() => rm(policies, { recursive: true, force: true }));
  const run = () =>
    build({ policy: join(policies, "tag-policy.yaml"), outdir: folder, withTools: false });

  test("packs the scopes beside the policy for the audit alone, and forgets them with the file", async () => {
    await writeFile(
      scopesFile(),
      `version: 1\nscopes: [{ region: eu-west-101, project: ${"a".repeat(32)} }]\n`,
    );
    await run();
    const packed = JSON.parse(await readFile(join(folder, AUDIT, "scopes.json"), "utf8"));
    expect(packed.scopes[0].region).toBe("eu-west-101");
    expect(existsSync(join(folder, "retag", "scopes.json"))).toBe(false);
    expect((await readFile(join(folder, "audit.zip"))).includes("scopes.json")).toBe(true);

    await rm(scopesFile());
    await run();
    expect(existsSync(join(folder, AUDIT, "scopes.json"))).toBe(false);
    expect((await readFile(join(folder, "audit.zip"))).includes("scopes.json")).toBe(false);
  }, 60_000);

  test("stops at scopes that are wrong", async () => {
    await writeFile(scopesFile(), "version: 1\nscopes: []\n");
    await expect(run()).rejects.toThrow(/scopes\.yaml: scopes: expected/);
    await writeFile(join(policies, "scopes.json"), "{}");
    await expect(run()).rejects.toThrow(/expected one of them/);
  });
});
