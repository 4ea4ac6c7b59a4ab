import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type LocalCloud, startCloud } from "../cloud/index.ts";
import {
  creationEvent,
  environmentOf,
  linesOf,
  makeFolder,
  SAMPLE,
  tagwarden,
  type WorldChange,
} from "./fixture.ts";

let cloud: LocalCloud;
let folder = "";
let remove = async () => {};
beforeAll(async () => {
  const made = await makeFolder();
  folder = made.path;
  remove = made.remove;
});
beforeEach(async () => {
  cloud = await startCloud({ settings: { ratePerSecond: null } });
});
afterEach(() => cloud.stop());
afterAll(() => remove());

const explain = (argv: readonly string[], change: WorldChange = {}) =>
  tagwarden(["explain", ...argv, "--policy", SAMPLE], {
    env: environmentOf(cloud, cloud.user("alice")),
    ...change,
  });

async function saved(event: object): Promise<string> {
  const path = join(folder, "event.json");
  await writeFile(path, JSON.stringify(event));
  return path;
}

describe("a resource", () => {
  test("shows what holds now, what creation would do, and the rest", async () => {
    const { id } = cloud.addSecret({
      name: "prod-db",
      tags: { owner: "jo@example.com", Environment: "prd", Team: "payments" },
    });
    const { exit, out, err } = await explain(["secret:prod-db"]);
    expect(exit).toBe(0);
    expect(out).toMatch(new RegExp(`^secret prod-db ${id}$`, "m"));
    expect(out).toMatch(/^TAG +NOW +ON CREATION +WHY$/m);
    expect(out).toMatch(/^Owner +- +keep +missing, but an alias/m);
    expect(out).toMatch(/^owner +jo@example\.com +keep jo@example\.com +an alias; only bulk/m);
    expect(out).toMatch(/^Environment +prd +keep prd +another spelling/m);
    expect(out).toMatch(/^CreatedBy +- +refuse +no source yields a value$/m);
    expect(out).toMatch(/^ +not creator\.name: needs the/m);
    expect(out.replace(/\s+/g, " ")).toContain("applies to everything, not selector sandbox");
    expect(out).toMatch(/^Team +payments +keep +no rule names it$/m);
    expect(err).not.toContain("warning");
    expect(linesOf(out).filter((line) => line.length > 80)).toEqual([]);
  });

  test("is found by its id, with or without its type before it", async () => {
    const { id } = cloud.addSecret({ name: "prod-db" });
    const named = await explain(["secret:prod-db"]);
    expect(await explain([`secret:${id}`])).toEqual(named);
    expect(await explain([`secret:${id.toUpperCase()}`])).toEqual(named);
    expect(await explain([id, "--type", "secret"])).toEqual(named);
    expect(await explain(["prod-db", "--type", "secret"])).toEqual(named);
  });

  test("inherits from the key that encrypts it", async () => {
    const key = cloud.addKey({ name: "orders", tags: { CostCenter: "4711" } });
    cloud.addSecret({ name: "prod-db", kmsKeyId: key.id });
    const { out } = await explain(["secret:prod-db"]);
    expect(out).toMatch(/^CostCenter +- +create 4711 +from inherit kmsKey$/m);
  });

  test("costs each answer once", async () => {
    cloud.addSecret({ name: "prod-db", kmsKeyId: cloud.addKey({ name: "k" }).id });
    await explain(["secret:prod-db"]);
    expect(
      cloud.seen.map(({ path }) => path.replace(/\?.*/, "").split("/").slice(3).join("/")),
    ).toEqual([
      "secrets/prod-db",
      expect.stringMatching(/^csms\/[\w-]{36}\/tags$/),
      expect.stringMatching(/^kms\/[\w-]{36}\/tags$/),
    ]);
  });

  test("that carries more than its profile allows is handled as extended, and said", async () => {
    cloud.settings.keyLimits = "extended";
    const tags = Object.fromEntries(Array.from({ length: 12 }, (_, n) => [`T${n}`, "v"]));
    const { id } = cloud.addKey({ name: "orders", tags });
    const { out } = await explain([`key:${id}`]);
    expect(out.replace(/\s+/g, " ")).toContain(
      "20 tags, keys to 128, values to 255; extended, because its tags go beyond documented",
    );
  });

  test("is exempt from a rule until the exemption ends", async () => {
    cloud.addSecret({ name: "legacy-db" });
    const before = await explain(["secret:legacy-db"], { now: () => Date.UTC(2027, 2, 31, 23) });
    expect(before.out).toMatch(/^Owner\.required +exempt +everything\n +exemption 1, sec@/m);
    const after = await explain(["secret:legacy-db"], { now: () => Date.UTC(2027, 3, 1) });
    expect(after.out).toMatch(/^Owner\.required +yes +everything$/m);
  });

  test("outside of a scope is told by which selector", async () => {
    cloud.addSecret({ name: "sandbox-1" });
    const { out } = await explain(["secret:sandbox-1"]);
    expect(out).toMatch(/^Environment +- +- +does not apply: except selector/m);
    expect(out).toMatch(/^Environment\.required +no +except selector sandbox$/m);
    expect(out).toMatch(/^prod-needs-contact +no +does not hold: tag Environment, selector prod$/m);
  });

  test("that is a default key cannot be tagged", async () => {
    const { id } = cloud.createDefaultKey("csms/default");
    const { exit, out } = await explain([`key:${id}`]);
    expect(exit).toBe(0);
    expect(out).toBe(`key ${id}: it is a default key, which cannot be tagged\n`);
  });

  test.each([
    ["secret:no-such-secret", "there is no secret no-such-secret in this region and project"],
    ["secret:0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0", "there is no secret 0f1e2d3c-"],
    ["key:0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0", "there is no key 0f1e2d3c-"],
  ])("that is not there ends with 2: %s", async (what, said) => {
    const { exit, out, err } = await explain([what]);
    expect(exit).toBe(2);
    expect(out).toBe("");
    expect(err.replace(/\n/g, " ")).toContain(`error: ${said}`);
    const json = await explain([what, "--format", "json"]);
    expect(JSON.parse(json.out).entries).toMatchObject([{ status: "absent" }]);
  });

  test("is the same as data", async () => {
    const { id } = cloud.addSecret({ name: "prod-db", tags: { Team: "payments" } });
    const { exit, out } = await explain(["secret:prod-db", "--format", "json"]);
    expect(exit).toBe(0);
    expect(JSON.parse(out).entries[0]).toMatchObject({
      status: "explained",
      resource: { type: "secret", by: "name", name: "prod-db" },
      explanation: {
        resource: { type: "secret", id },
        tagsRead: true,
        otherTags: [{ key: "Team", value: "payments" }],
      },
    });
  });

  test("with temporary keys works as well", async () => {
    cloud.addSecret({ name: "prod-db" });
    const env = environmentOf(cloud, cloud.agency("ci"));
    expect((await explain(["secret:prod-db"], { env })).exit).toBe(0);
  });
});

describe("refused", () => {
  test("wrong keys end with 4", async () => {
    cloud.addSecret({ name: "prod-db" });
    const env = { ...environmentOf(cloud, cloud.user("alice")), HUAWEICLOUD_SDK_SK: "wrong-key" };
    const { exit, out, err } = await explain(["secret:prod-db"], { env });
    expect(exit).toBe(4);
    expect(out).toBe("");
    expect(err).toContain("error: credentials or permissions were refused: ShowSecret: denied");
    expect(err).not.toContain("wrong-key");
  });

  test("a missing permission ends with 4", async () => {
    const { id } = cloud.addKey({ name: "orders" });
    const credentials = cloud.agency("ci");
    cloud.allowOnly("ci", []);
    const { exit } = await explain([`key:${id}`], { env: environmentOf(cloud, credentials) });
    expect(exit).toBe(4);
  });

  test("a service that is down ends with 2", async () => {
    cloud.addSecret({ name: "prod-db" });
    const fault = { kind: "answer", status: 404, body: "<html>" } as const;
    cloud.addFault({ times: Number.POSITIVE_INFINITY, fault });
    const { exit, err } = await explain(["secret:prod-db"]);
    expect(exit).toBe(2);
    expect(err.replace(/\n/g, " ")).toContain(
      "error: secret prod-db could not be read: ShowSecret",
    );
  });
});

describe("an event, with credentials", () => {
  test("is explained with the tags that are there now", async () => {
    const secret = cloud.addSecret({ name: "prod-db", tags: { CreatedBy: "somebody" } });
    const path = await saved(creationEvent(cloud, secret));
    const { exit, out, err } = await explain([path]);
    expect(exit).toBe(0);
    expect(out).toMatch(/^CreatedBy +somebody +keep somebody +is as the policy wants it$/m);
    expect(out).toMatch(/^CreatedAt +- +create 2026-01-02 +from event\.time$/m);
    expect(err).not.toContain("warning");
  });

  test("finds a secret that the trace knows only by its name", async () => {
    const { id } = cloud.addSecret({ name: "prod-db" });
    const named = { type: "secret", id: "prod-db", name: "prod-db" } as const;
    const path = await saved(creationEvent(cloud, named, cloud.clock.now()));
    const { out } = await explain([path]);
    expect(out).toContain("tag: the trace has only the name");
    expect(out).toMatch(new RegExp(`^secret prod-db ${id}$`, "m"));
  });

  test("whose resource is gone ends with 2", async () => {
    const gone = { type: "key", id: "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0", name: "k" } as const;
    const { exit, err } = await explain([await saved(creationEvent(cloud, gone))]);
    expect(exit).toBe(2);
    expect(err).toContain("error: there is no key k in this region and project");
  });

  test("is explained without reading where that is asked for", async () => {
    const secret = cloud.addSecret({ name: "prod-db", tags: { CreatedBy: "somebody" } });
    const path = await saved(creationEvent(cloud, secret));
    const { exit, out, err } = await explain([path, "--offline"]);
    expect(exit).toBe(0);
    expect(out).toMatch(/^CreatedBy +create Alice +from creator\.name$/m);
    expect(err).toContain("warning: the current tags were not read");
    expect(cloud.seen).toEqual([]);
  });
});
