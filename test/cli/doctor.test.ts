/**
 * Goal: doctor finds what is wrong with an installation, says what to do, changes nothing and tells no secret.
 * Method: a sound installation in the local cloud, damaged in one way after the other.
 */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { wallClock } from "../../shared/io/clock.ts";
import { install, problemsOf, useInstallation } from "./doctor-stage.ts";
import { linesOf, makeFolder, ROOT } from "./fixture.ts";

const installation = useInstallation();
/** The actions of all permissions, as identity policies name them. */
const ALL = [
  ...["getSecretsByTag", "listTags", "batchCreateOrDeleteTags", "get"].map(
    (a) => `csms:secret:${a}`,
  ),
  "csms::listProjectTags",
  ...["listKeysByTag", "getTags", "createTags", "list", "get"].map((a) => `kms:cmk:${a}`),
  "kms::listAllTags",
];
const GONE = "http://127.0.0.1:1";

describe("a sound installation", () => {
  test("is all right, in one line a check and 80 columns", async () => {
    const { exit, out, err } = await installation().run();
    expect(exit).toBe(0);
    const lines = linesOf(out);
    const told = lines.slice(2).filter((line) => !/^(ok|skipped) {2,}\S+ {2,}\S/.test(line));
    expect(told).toEqual([]);
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    expect(err).toContain("43 ok, 1 skipped");
  });

  test("is left as it was", async () => {
    const { cloud, run } = installation();
    const state = () =>
      JSON.stringify([
        cloud.resources().map((one) => ({ ...one, tags: [...one.tags] })),
        cloud.objects.keys("tagwarden"),
        cloud.functions.invocations,
        cloud.topics.messages(cloud.topics.create("tagwarden-audits")),
      ]);
    const before = state();
    await run();
    expect(state()).toBe(before);
    const changing = cloud.seen.filter(
      ({ operation, status }) => /Create|Delete/.test(operation) && status < 300,
    );
    expect(changing.map(({ operation }) => operation)).toEqual(["DeleteObject"]);
    expect(cloud.seen.length).toBeLessThan(45);
  });

  test("is told without a key, a token, a header or a value of a tag", async () => {
    const { cloud, run } = installation();
    const { ak, sk, token = "" } = cloud.agency("visitor");
    const env = {
      HUAWEICLOUD_SDK_AK: ak,
      HUAWEICLOUD_SDK_SK: sk,
      HUAWEICLOUD_SDK_SECURITY_TOKEN: token,
    };
    for (const argv of [[], ["--format", "json"]]) {
      const { exit, out, err } = await run([...argv, "--debug"], { env });
      expect(exit).toBe(0);
      for (const secret of [ak, sk, token, "ann@example.com", "Signature"])
        expect(`${out}${err}`).not.toContain(secret);
    }
  });

  test("says in JSON what each check proves, and which were asked for", async () => {
    const { rows } = await installation().check(["--only", "permission.key", "--only", "clock"]);
    expect(rows.map(({ id }) => id)).toEqual([
      "clock",
      "permission.key.instances",
      "permission.key.vocabulary",
      "permission.key.tags",
      "permission.key.write",
      "permission.key.list",
      "permission.key.show",
    ]);
    expect(rows[0]).toEqual({
      id: "clock",
      proves: "our clock is close to the service's",
      verdict: "ok",
      found: "as the service's",
      advice: null,
    });
  });
});

describe("what does not let one in", () => {
  test("a wrong key is told once, and what needs it is skipped", async () => {
    const { check, cloud } = installation();
    const { exit, rows, row } = await check([], { env: { HUAWEICLOUD_SDK_SK: "wrong" } });
    expect(exit).toBe(4);
    expect(problemsOf(rows)).toEqual(["credentials"]);
    expect(row("credentials").found).toBe("refused (401 APIGW.0301)");
    expect(row("credentials").advice).toContain("compare access key and secret key");
    expect(row("permission.key.write")).toMatchObject({ verdict: "skipped" });
    expect(cloud.seen.filter(({ status }) => status === 401)).toHaveLength(1);
  });

  test("temporary keys whose token is not theirs get other advice", async () => {
    const { check, cloud } = installation();
    const { ak, sk } = cloud.agency("visitor");
    const { row } = await check(["--only", "credentials"], {
      env: {
        HUAWEICLOUD_SDK_AK: ak,
        HUAWEICLOUD_SDK_SK: sk,
        HUAWEICLOUD_SDK_SECURITY_TOKEN: "x",
      },
    });
    expect(row("credentials").advice).toContain("get new temporary keys");
  });

  test.each([
    ["behind", 16 * 60_000],
    ["ahead of", -16 * 60_000],
  ])("a clock that is %s the service's is told, and the keys are not blamed", async (word, ms) => {
    const skewed = await install({ ...wallClock, now: () => wallClock.now() + ms });
    try {
      const { exit, rows, row } = await skewed.check();
      expect(exit).toBe(1);
      expect(problemsOf(rows)).toEqual(["clock"]);
      expect(row("clock").found).toBe(`16 min ${word} the service`);
      expect(row("clock").advice).toContain("NTP");
      expect(row("credentials").found).toContain("the clock explains");
    } finally {
      await skewed.cloud.stop();
    }
  });

  test("a clock that is off by less does no harm", async () => {
    const skewed = await install({ ...wallClock, now: () => wallClock.now() + 5 * 60_000 });
    try {
      const { exit, row } = await skewed.check(["--only", "clock", "--only", "credentials"]);
      expect(exit).toBe(0);
      expect(row("clock").found).toBe("5 min behind the service");
    } finally {
      await skewed.cloud.stop();
    }
  });

  test("settings that are missing or wrong come all at once, and nothing is called", async () => {
    const { check, cloud } = installation();
    const { exit, rows, row } = await check([], {
      env: { HUAWEICLOUD_SDK_AK: "", HUAWEICLOUD_CTS_ENDPOINT: "http://cts.example.com" },
    });
    expect(exit).toBe(3);
    expect(problemsOf(rows)).toEqual(["settings"]);
    expect(row("settings").found).toContain("HUAWEICLOUD_SDK_AK must be set");
    expect(cloud.seen).toEqual([]);
  });

  test("another region is told by functions and URNs that are elsewhere", async () => {
    const { check } = installation();
    const { exit, row } = await check([], { env: { HUAWEICLOUD_REGION: "cn-south-1" } });
    expect(exit).toBe(3);
    expect(row("region")).toMatchObject({ verdict: "problem" });
    expect(row("region").found).toContain("the function retag is in cn-north-4");
    expect(row("region").found).toContain("TAGWARDEN_TOPIC is in cn-north-4");
    expect(row("region").advice).toContain("set HUAWEICLOUD_REGION");
    expect(row("function.retag").found).toContain("HUAWEICLOUD_REGION is another than here");
  });

  test("a project of another region is told, and permissions are not blamed", async () => {
    const { check } = installation();
    const project = "0".repeat(32);
    const { exit, row } = await check([], { env: { HUAWEICLOUD_SDK_PROJECT_ID: project } });
    expect(exit).toBe(4);
    expect(row("project").found).toBe("refused (403 KMS.0321)");
    expect(row("project").advice).toContain("HUAWEICLOUD_SDK_PROJECT_ID");
    expect(row("permission.secret.tags").verdict).toBe("skipped");
  });

  test("an endpoint that does not answer does not hide the others", async () => {
    const { check, env } = installation();
    const endpoint = env.HUAWEICLOUD_KMS_ENDPOINT ?? "";
    const others = Object.fromEntries(
      ["FGS", "CTS", "SMN", "OBS"].map((name) => [`HUAWEICLOUD_${name}_ENDPOINT`, endpoint]),
    );
    const { exit, row } = await check([], { env: { ...others, HUAWEICLOUD_KMS_ENDPOINT: GONE } });
    expect(exit).toBe(2);
    expect(row("endpoint.kms").found).toBe("127.0.0.1:1 does not answer (ECONNREFUSED)");
    expect(row("endpoint.kms").advice).toContain("HUAWEICLOUD_KMS_ENDPOINT");
    for (const id of ["function.audit", "trigger.secret-created", "store", "topic"])
      expect(row(id).verdict).toBe("ok");
  });
});

describe("permissions", () => {
  const ROWS = 11;

  async function permissionsOf(actions: readonly string[]) {
    const { check, cloud } = installation();
    const { ak, sk, token = "" } = cloud.agency("limited");
    cloud.allowOnly("limited", actions);
    const env = {
      HUAWEICLOUD_SDK_AK: ak,
      HUAWEICLOUD_SDK_SK: sk,
      HUAWEICLOUD_SDK_SECURITY_TOKEN: token,
    };
    return check(["--only", "permission"], { env });
  }

  test("that are all there are all permitted", async () => {
    const { exit, rows } = await permissionsOf(ALL);
    expect(exit).toBe(0);
    expect(rows).toHaveLength(ROWS);
    expect(problemsOf(rows)).toEqual([]);
  });

  test.each(ALL)("without %s one check fails and names it", async (action) => {
    const { exit, rows } = await permissionsOf(ALL.filter((one) => one !== action));
    expect(exit).toBe(4);
    const missing = rows.filter(({ verdict }) => verdict === "problem");
    expect(missing).toHaveLength(1);
    expect(missing[0]?.advice).toContain(`allow ${action}`);
  });

  test("of one function are those that it needs", async () => {
    const { check } = installation();
    const { rows } = await check(["--only", "permission", "--for", "key-created"]);
    expect(rows.map(({ id }) => id)).toEqual([
      "permission.key.tags",
      "permission.key.write",
      "permission.key.show",
    ]);
  });

  test("are asked about nothing where there is no secret and no key", async () => {
    const { cloud, check } = installation();
    const client = cloud.resources().length;
    expect(client).toBeGreaterThan(0);
    for (const operation of ["ListResourceInstances", "ListKmsByTags"])
      cloud.addFault({ operation, times: 1, fault: { kind: "short-page", rows: 1 } });
    const { exit, row } = await check(["--only", "permission"]);
    expect(exit).toBe(0);
    expect(row("permission.secret.tags").found).toBe("seems permitted (400 CSMS.0005)");
    expect(row("permission.secret.show").found).toMatch(/^seems permitted \(400 CSMS\.0/);
    expect(row("permission.key.show").found).toBe("seems permitted (404 KMS.0207)");
  });

  test("that cannot be told are not called permitted", async () => {
    const { cloud, check } = installation();
    const body = '{"error":{"error_code":"KMS.9999"}}';
    const fault = { kind: "answer", status: 400, body } as const;
    cloud.addFault({ operation: "BatchCreateKmsTags", times: 9, fault });
    const { exit, row } = await check(["--only", "permission.key"]);
    expect(exit).toBe(2);
    expect(row("permission.key.write")).toMatchObject({
      verdict: "unknown",
      found: "400 KMS.9999",
    });
  });
});

describe("the places that runs need", () => {
  test.each([
    [
      "a bucket that is not there",
      { TAGWARDEN_STORE: "obs://nowhere" },
      "store",
      "make the bucket",
    ],
    [
      "a topic that is not there",
      { TAGWARDEN_TOPIC: "urn:smn:cn-north-4:p:none" },
      "topic",
      "correct TAGWARDEN_TOPIC",
    ],
    [
      "a function that is not there",
      { TAGWARDEN_QUEUE: "functiongraph:urn:fss:cn-north-4:p:function:default:none" },
      "queue",
      "correct TAGWARDEN_QUEUE",
    ],
    ["a queue that is not there", { TAGWARDEN_QUEUE: "memory:none" }, "queue", "TAGWARDEN_QUEUE"],
    [
      "a broker that does not answer",
      { TAGWARDEN_QUEUE: "kafka://127.0.0.1:1/tags" },
      "queue",
      "open the way to the brokers",
    ],
    [
      "an object store that does not answer",
      { HUAWEICLOUD_OBS_ENDPOINT: GONE },
      "endpoint.obs",
      "HUAWEICLOUD_OBS_ENDPOINT",
    ],
  ])("%s", async (_, env, id, advice) => {
    const { exit, row } = await installation().check(["--only", id], { env });
    expect(exit).toBe(1);
    expect(row(id)).toMatchObject({ verdict: "problem" });
    expect(row(id).advice).toContain(advice);
  });

  test("a check that is none is said, whatever else is asked for", async () => {
    const { exit, err } = await installation().run(["--only", "clock", "--only", "permision"]);
    expect(exit).toBe(3);
    expect(err.replaceAll(/\s+/g, " ")).toContain(
      "no check is called permision; there are settings,",
    );
    expect(err).toContain("permission,");
  });

  test("a store that takes nothing is told by the write, not by the removal after it", async () => {
    const { check } = installation();
    const { row } = await check(["--only", "store", "--store", "obs://nobodys"]);
    expect(row("store")).toMatchObject({ verdict: "problem" });
    expect(row("store").found).toMatch(/^PutObject .*NoSuchBucket/);
  });

  test("a store that refuses says what to allow", async () => {
    const { cloud, check } = installation();
    const body = "<Error><Code>AccessDenied</Code></Error>";
    const fault = { kind: "answer", status: 403, body } as const;
    cloud.addFault({ operation: "PutObject", times: 9, fault });
    const { exit, row } = await check(["--only", "store"]);
    expect(exit).toBe(4);
    expect(row("store").advice).toContain("obs:object:PutObject");
    expect(cloud.objects.keys("tagwarden")).toEqual([]);
  });

  test("a folder is tried where it is there, and not made where it is not", async () => {
    const folder = await makeFolder();
    const { check } = installation();
    const argv = ["--only", "store", "--store"];
    expect((await check([...argv, folder.path])).row("store").verdict).toBe("ok");
    const missing = join(folder.path, "later");
    expect((await check([...argv, missing])).row("store").verdict).toBe("skipped");
    expect(await readdir(folder.path)).toEqual([]);
    await folder.remove();
  });
});

test("the README shows what is told", async () => {
  const { cloud, deploy, run } = installation();
  const { ak, sk, token = "" } = cloud.agency("limited");
  cloud.allowOnly("limited", [
    ...ALL.filter((action) => action !== "kms:cmk:createTags"),
    ...["function:list", "function:getConfig", "trigger:list"].map((one) => `functiongraph:${one}`),
    "cts:notification:listOperation",
  ]);
  cloud.timers.remove("audit", "daily");
  deploy("key-created", { traces: ["cancelKeyDeletion"] });
  const env = {
    HUAWEICLOUD_SDK_AK: ak,
    HUAWEICLOUD_SDK_SK: sk,
    HUAWEICLOUD_SDK_SECURITY_TOKEN: token,
  };
  const only = ["clock", "credentials", "permission.key", "trigger"];
  const { out } = await run(
    only.flatMap((id) => ["--only", id]),
    { env },
  );
  expect(await readFile(join(ROOT, "README.md"), "utf8")).toContain(`\n\`\`\`text\n${out}\`\`\`\n`);
});

test("a check that is none is bad usage", async () => {
  const { exit, err } = await installation().run(["--only", "nothing"]);
  expect(exit).toBe(3);
  expect(err).toContain("no check is called nothing");
});
