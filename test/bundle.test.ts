/**
 * Goal: what is deployed works as deployed, and says nothing that it must not say.
 * Method: the built bundles in processes of their own on the local FunctionGraph, fed by the local CTS.
 */
import { readFileSync, statSync } from "node:fs";
import { builtinModules, createRequire } from "node:module";
import { join } from "node:path";
import { unzipSync } from "fflate";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bundleFunction, functionNames } from "../functions/bundle.mjs";
import { OUTCOME_KINDS } from "../shared/core/outcome.ts";
import type { Policy } from "../shared/core/policy/policy.ts";
import { CREATION_TRACES } from "../shared/core/trace/creation-trace.ts";
import { type CloudClient, createClient } from "./cloud/client.ts";
import { type LocalCloud, startCloud } from "./cloud/index.ts";

const DIST = new URL("../.local", import.meta.url).pathname;
const names = await functionNames();
const creation = names.filter((name) => name.endsWith("-created"));
const CREATION_BYTES_MAX = 300_000;
/** Half of each is a client of Kafka, which is not even read until it is needed; of `audit`, a tenth writes reports. */
const OTHER_BYTES_MAX = new Map([
  ["retag", 700_000],
  ["audit", 775_000],
]);
const policy: Policy = JSON.parse(
  readFileSync(join(DIST, "secret-created", "policy.json"), "utf8"),
);

describe.each(names)("the bundle of %s", (name) => {
  const file = join(DIST, name, "index.js");
  const text = readFileSync(file, "utf8");

  const bytesMax = OTHER_BYTES_MAX.get(name) ?? CREATION_BYTES_MAX;
  test(`has at most ${bytesMax} bytes`, () => {
    expect(statSync(file).size).toBeLessThanOrEqual(bytesMax);
  });

  test("loads as CommonJS and exports a native async handler", () => {
    const { handler } = createRequire(import.meta.url)(file);
    expect(handler.constructor.name).toBe("AsyncFunction");
  });

  test("needs nothing but Node", () => {
    const required = [...text.matchAll(/\brequire\("([^"]+)"\)/g)].map(
      ([, module]) => module ?? "",
    );
    const foreign = required.filter(
      (module) => !module.startsWith("node:") && !builtinModules.includes(module),
    );
    expect(required.length).toBeGreaterThan(0);
    expect(foreign).toEqual([]);
  });

  test("is the same for the same input", async () => {
    expect(await bundleFunction(name)).toBe(text);
  });

  test("is in its zip, with the compiled policy, a version, licences, and nothing else", () => {
    const files = unzipSync(readFileSync(join(DIST, `${name}.zip`)));
    const notices = ["LICENSE", "THIRD-PARTY-LICENSES.txt"];
    expect(Object.keys(files)).toEqual(["index.js", "policy.json", "tagwarden.json", ...notices]);
    expect(Buffer.from(files["index.js"] ?? []).toString("utf8")).toBe(text);
    expect(JSON.parse(Buffer.from(files["policy.json"] ?? []).toString("utf8"))).toEqual(policy);
  });
});

/** Every field that a log line may have, and what it may hold. Nothing else gets out. */
const LINE_FIELDS: { readonly [field: string]: RegExp } = {
  level: /^"(info|error)"$/,
  time: /^"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"$/,
  function: /^"[a-z-]+"$/,
  request: /^"[0-9a-f-]{36}"$/,
  event: /^"[0-9a-f-]{36}"$/,
  resource: /^"(secret|key):[0-9a-f-]{36}"$/,
  outcome: new RegExp(`^"(${OUTCOME_KINDS.join("|")})"$`),
  reason: /^"[\w .,:()[\]-]+"$/,
  keys: new RegExp(`^\\[("(${policy.tags.map(({ key }) => key).join("|")})",?)*\\]$`),
  summary: /^\{("[a-z]+":\d+,?)+\}$/,
  calls: /^\d+$/,
  policy: /^"[0-9a-f]{64}"$/,
  ms: /^\d+$/,
  error: /^"settings: [\w /:;.,()-]+"$/,
};

function oddFields(line: string): string[] {
  const fields: Record<string, unknown> = JSON.parse(line);
  return Object.entries(fields)
    .filter(([field, value]) => !LINE_FIELDS[field]?.test(JSON.stringify(value)))
    .map(([field, value]) => `${field}: ${JSON.stringify(value)}`);
}

describe("on FunctionGraph", () => {
  let cloud: LocalCloud;
  let alice: CloudClient;
  const secretWords: string[] = [];

  beforeAll(async () => {
    cloud = await startCloud({ settings: { ratePerSecond: null } });
    for (const name of creation) deploy(name, { TAGWARDEN_GRACE: "0s" });
    const keys = cloud.user("alice-the-creator");
    secretWords.push(
      keys.ak,
      keys.sk,
      "alice-the-creator",
      "not a real secret",
      "SDK-HMAC",
      "Signature=",
    );
    alice = createClient(cloud, keys);
  });
  afterAll(async () => {
    await alice.close();
    await cloud.stop();
  });

  function deploy(name: string, userData: Record<string, string>): void {
    cloud.agency("tagwarden");
    cloud.functions.deploy({
      name,
      code: join(DIST, name),
      userData: {
        HUAWEICLOUD_REGION: cloud.region,
        HUAWEICLOUD_KMS_ENDPOINT: cloud.endpoint,
        ...userData,
      },
      agency: "tagwarden",
      timeoutMs: 10_000,
      memoryMb: 128,
      maxInstances: 2,
      async: { maxRetries: 1, maxAgeSeconds: 3_600, retryDelayMs: 1 },
      traces: CREATION_TRACES.map(({ name: trace }) => trace),
    });
  }

  const untagged = () => cloud.resources().filter(({ tags }) => tags.size === 0);

  test("secrets and keys are tagged from their traces, with two requests each", async () => {
    const made = await Promise.all([
      ...["prod-db", "test-api", "dev-mail"].map((name) => alice.createSecret(name)),
      ...["prod-key", "test-key"].map((name) => alice.createKey(name)),
    ]);
    await cloud.idle();

    expect(untagged().map(({ name }) => name)).toEqual(["csms/default"]);
    for (const id of made) {
      const requests = cloud.seen.filter(({ path }) => path.includes(`/${id}/`));
      expect(requests.map(({ method }) => method)).toEqual(["GET", "POST"]);
    }
    const results = cloud.functions.invocations.map(({ state }) => state);
    expect(new Set(results)).toEqual(new Set(["succeeded"]));
    for (const { tags } of cloud.resources()) secretWords.push(...tags.values());
  });

  test("an event that cannot be handled is tried again, kept whole, and can be replayed as it was kept", async () => {
    const event = { cts: { trace_name: "createSecret", resource_type: "secret", code: 200 } };
    cloud.functions.invokeAsync("secret-created", event);
    await cloud.idle();

    const lost = cloud.functions.failures.at(-1);
    expect(lost?.function).toBe("secret-created");
    expect(cloud.functions.invocations.at(-1)?.tries).toBe(2);
    expect(JSON.parse(lost?.payload.request_payload ?? "")).toEqual(event);

    const answer = await cloud.functions.invoke("secret-created", lost?.payload);
    expect(answer.ok).toBe(false);
    expect(JSON.stringify(answer.result)).toContain("no-id");
  });

  test("a wrong setting is told by its name", async () => {
    deploy("key-created", { HUAWEICLOUD_KMS_ENDPOINT: "http://kms.example.com" });
    const answer = await cloud.functions.invoke("key-created", { cts: {} });
    expect(answer.ok).toBe(false);
    expect(JSON.stringify(answer.result)).toContain("HUAWEICLOUD_KMS_ENDPOINT");
    expect(JSON.stringify(answer.result)).not.toContain("example.com");
  });

  test("every line that was logged is JSON of known fields, without a value, a key or a header", () => {
    const lines = cloud.functions.logs();
    expect(lines.length).toBeGreaterThan(8);
    expect(lines.flatMap(oddFields)).toEqual([]);
    expect(secretWords.length).toBeGreaterThan(10);
    for (const line of lines)
      for (const word of secretWords.filter(
        (text) => text.length > 2 && !policy.hash.includes(text),
      ))
        expect(line.replace(/"time":"[^"]*"/, "")).not.toContain(word);
  });
});
