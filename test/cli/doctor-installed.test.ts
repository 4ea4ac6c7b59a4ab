/**
 * Goal: doctor finds what is wrong with deployed functions, and with what is built here.
 * Method: a sound installation in the local cloud, one function of which is set up otherwise.
 */
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { FUNCTION_NAMES } from "../../shared/core/permission/demand.ts";
import { problemsOf, useInstallation } from "./doctor-stage.ts";
import { makeFolder } from "./fixture.ts";

const installation = useInstallation();
/** What is told of a function, without the rest. */
const OF_FUNCTIONS = ["function", "code", "trigger", "async"].flatMap((name) => ["--only", name]);

describe("a deployed function", () => {
  test.each([
    [
      "has no trigger",
      { traces: [] },
      "trigger",
      "no trigger",
      "add a CTS trigger for KMS:secret:createSecret;",
    ],
    [
      "misses a trace",
      { traces: ["createSecret", "restoreSecretFromBackupBlob"] },
      "trigger",
      "not subscribed to restoreSecretFromDeletedStatus",
      "add a CTS trigger",
    ],
    [
      "subscribes to what CTS does not know",
      {
        shown: {
          triggers: [
            { type: "CTS", eventData: { name: "x", operations: ["CSMS:secret:createSecret"] } },
          ],
        },
      },
      "trigger",
      "CTS does not know CSMS:secret:createSecret",
      "case and spelling",
    ],
    [
      "has another runtime",
      { shown: { runtime: "Node.js18.15" } },
      "function",
      "Node.js18.15",
      "Node.js20.15",
    ],
    [
      "has another handler",
      { shown: { handler: "a.b" } },
      "function",
      "handler a.b",
      "index.handler",
    ],
    [
      "cannot wait out the grace",
      { timeoutMs: 20_000 },
      "function",
      "timeout 20 s, grace 30 s",
      "31 s or more",
    ],
    [
      "has a setting that is none",
      { userData: { TAGWARDEN_GRACEE: "5s", HUAWEICLOUD_REGION: "cn-north-4" } },
      "function",
      "TAGWARDEN_GRACEE is no setting",
      "misspelt",
    ],
    [
      "has a setting that does not hold",
      { userData: { TAGWARDEN_RPS: "many", HUAWEICLOUD_REGION: "cn-north-4" } },
      "function",
      "TAGWARDEN_RPS must be a number",
      "user data",
    ],
    [
      "has no settings",
      { userData: {} },
      "function",
      "HUAWEICLOUD_REGION or HUAWEICLOUD_KMS_ENDPOINT",
      "user data",
    ],
    [
      "loses what fails",
      { async: { maxRetries: 2, maxAgeSeconds: 60, retryDelayMs: 1 } },
      "async",
      "no failure destination",
      "failure destination",
    ],
    [
      "does not try again",
      {
        async: {
          maxRetries: 0,
          maxAgeSeconds: 60,
          retryDelayMs: 1,
          onFailure: { obs: { bucket: "tagwarden", prefix: "failures/" } },
        },
      },
      "async",
      "no retries",
      "retries",
    ],
  ])("that %s", async (_, change, check, found, advice) => {
    const { deploy, check: examine } = installation();
    deploy("secret-created", change);
    const { exit, rows, row } = await examine(OF_FUNCTIONS);
    const id = `${check}.secret-created`;
    expect(problemsOf(rows)).toEqual([id]);
    expect(row(id).found).toContain(found);
    expect(row(id).advice).toContain(advice);
    expect(exit).toBe(1);
  });

  test.each([
    ["audit", { shown: { triggers: [] } }, "trigger", "no timer"],
    [
      "audit",
      { shown: { triggers: [{ type: "TIMER", eventData: {}, active: false }] } },
      "trigger",
      "disabled",
    ],
    ["audit", { memoryMb: 128 }, "function", "128 MB"],
    ["retag", { maxInstances: 5 }, "function", "5 instances"],
    ["retag", { maxInstances: -1 }, "function", "without a limit"],
    [
      "retag",
      { shown: { triggers: [{ type: "KAFKA", eventData: {}, active: false }] } },
      "trigger",
      "KAFKA",
    ],
    [
      "retag",
      { userData: { HUAWEICLOUD_REGION: "cn-north-4" } },
      "function",
      "TAGWARDEN_STORE is not set",
    ],
  ] as const)("%s set up otherwise, %#", async (name, change, check, found) => {
    const { cloud, deploy, check: examine } = installation();
    if ("shown" in change && name === "audit") cloud.timers.remove(name, "daily");
    deploy(name, change);
    const { rows, row } = await examine(OF_FUNCTIONS);
    expect(problemsOf(rows)).toEqual([`${check}.${name}`]);
    expect(row(`${check}.${name}`).found).toContain(found);
  });

  test("that brings its traces through EventGrid is not called right", async () => {
    const { deploy, check } = installation();
    deploy("key-created", {
      traces: [],
      shown: { triggers: [{ type: "EVENTGRID", eventData: {} }] },
    });
    const { exit, row } = await check(OF_FUNCTIONS);
    expect(row("trigger.key-created")).toMatchObject({ verdict: "unknown" });
    expect(exit).toBe(2);
  });

  test("may have a name that begins with something else, if only one does", async () => {
    const { cloud, deploy, check } = installation();
    const acme = (name: string) => deploy("retag", { name });
    expect(
      (await check(["--only", "function", "--prefix", "acme-"])).row("function.retag").found,
    ).toBe("no function is called acme-retag");
    acme("acme-retag");
    expect(cloud.functions.knows("acme-retag")).toBe(true);
    expect((await check(["--only", "function.retag", "--prefix", "acme-"])).exit).toBe(0);
  });

  test("may not be looked at: that is no problem of its own, and not all right", async () => {
    const { cloud, check } = installation();
    const fault = { kind: "answer", status: 403, body: '{"error_code":"FSS.0403"}' } as const;
    cloud.addFault({ operation: "ListFunctions", times: 9, fault });
    const { exit, row } = await check(["--only", "function"]);
    expect(exit).toBe(2);
    expect(row("function.audit")).toMatchObject({ verdict: "unknown" });
    expect(row("function.audit").advice).toContain("functiongraph:function:list");
  });
});

describe("the code", () => {
  /** A folder as the build leaves it, with one function's zip changed. */
  async function otherCode(text: string) {
    const folder = await makeFolder();
    const code = join(folder.path, "retag");
    await mkdir(code);
    await writeFile(join(code, "index.js"), text);
    return { code, remove: () => rm(folder.path, { recursive: true }) };
  }

  test.each([
    ["", "unknown", "by its digest"],
    ["Tagwarden 0.0.1, policy 000000000000", "problem", "policy 000000000000, here"],
    ["Tagwarden 0.0.1", "problem", "version 0.0.1, here 1.2.3"],
    ["Tagwarden 1.2.3", "unknown", "by its digest"],
  ])("that differs is told, with the description %j", async (description, verdict, found) => {
    const { deploy, check } = installation();
    const { code, remove } = await otherCode("exports.handler = async () => {};");
    deploy("retag", { code, shown: { description } });
    const { row } = await check(["--only", "code"]);
    expect(row("code.retag")).toMatchObject({ verdict });
    expect(row("code.retag").found).toContain(found);
    expect(row("code.retag").advice).toContain("deploy what is built here");
    expect(row("code.audit").verdict).toBe("ok");
    await remove();
  });

  test("that is built here from another policy is told", async () => {
    const { check } = installation();
    const policy = "test/policies/sample/tag-policy.yaml";
    const { exit, row } = await check(["--only", "build", "--policy", policy]);
    expect(exit).toBe(1);
    expect(row("build").found).toContain("built from another policy");
  });

  test("cannot be compared where nothing is built", async () => {
    const folder = await makeFolder();
    const { exit, rows } = await installation().check(["--only", "code"], { home: folder.path });
    expect(exit).toBe(2);
    expect(problemsOf(rows)).toEqual(FUNCTION_NAMES.map((name) => `code.${name}`));
    await folder.remove();
  });

  test("a policy that does not hold keeps nothing else from being checked", async () => {
    const folder = await makeFolder();
    const file = join(folder.path, "bad.yaml");
    await writeFile(file, "version: 7\n");
    const { exit, row } = await installation().check(["--policy", file]);
    expect(exit).toBe(3);
    expect(row("policy").advice).toContain("tagwarden validate");
    expect(row("build").verdict).toBe("skipped");
    expect(row("permission.key.write").verdict).toBe("ok");
    await folder.remove();
  });
});
