import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { StoredResource } from "../cloud/contract.ts";
import { type LocalCloud, startCloud } from "../cloud/index.ts";
import {
  buildFunctions,
  creationEvent,
  environmentOf,
  linesOf,
  makeFolder,
  ROOT,
  tagwarden,
  type WorldChange,
} from "./fixture.ts";

let cloud: LocalCloud;
let home = "";
let remove = async () => {};
beforeAll(async () => {
  const made = await makeFolder();
  home = made.path;
  remove = made.remove;
  await buildFunctions(home);
});
afterAll(() => remove());
beforeEach(async () => {
  cloud = await startCloud({ settings: { ratePerSecond: null } });
});
afterEach(() => cloud.stop());

const replay = (argv: readonly string[], change: WorldChange = {}) =>
  tagwarden(["replay", ...argv], {
    home,
    now: Date.now,
    env: environmentOf(cloud, cloud.agency("tagwarden")),
    ...change,
  });

async function saved(event: object): Promise<string> {
  const path = join(home, "event.json");
  await writeFile(path, JSON.stringify(event));
  return path;
}
const creationOf = (resource: StoredResource) => saved(creationEvent(cloud, resource));
const writesSeen = () => cloud.seen.filter(({ path }) => path.endsWith("/tags/action"));

describe("a replay", () => {
  test("tags the resource, and shows each key with its value and source", async () => {
    const secret = cloud.addSecret({ name: "prod-db" });
    const { exit, out, err } = await replay([await creationOf(secret)]);
    expect(exit).toBe(0);
    expect(out).toMatch(new RegExp(`^secret (prod-db|${secret.id}) +tagged`, "m"));
    expect(out).toMatch(/^ {2}CreatedBy +create Alice +from creator\.name$/m);
    expect(out).toMatch(/^ {2}Environment +create prod +from fromName$/m);
    expect(out).toMatch(/^ {2}Contact +refuse +missing, and the policy/m);
    expect(err).toMatch(/^1 outcome, \d calls\n$/);
    expect(Object.fromEntries(secret.tags)).toMatchObject({
      CreatedBy: "Alice",
      Environment: "prod",
    });
    expect(linesOf(out).filter((line) => line.length > 80)).toEqual([]);
  });

  test("again changes nothing", async () => {
    const secret = cloud.addSecret({ name: "prod-db" });
    const path = await creationOf(secret);
    await replay([path]);
    const before = writesSeen().length;
    const { exit, out } = await replay([path]);
    expect(exit).toBe(0);
    expect(out).toContain("unchanged");
    expect(writesSeen()).toHaveLength(before);
  });

  test("works with long-term keys, which have no token", async () => {
    const secret = cloud.addSecret({ name: "prod-db" });
    const env = environmentOf(cloud, cloud.user("alice"));
    const { exit } = await replay([await creationOf(secret)], { env });
    expect(exit).toBe(0);
    expect(secret.tags.get("CreatedBy")).toBe("Alice");
  });

  test("is for the function that the event concerns", async () => {
    const key = cloud.addKey({ name: "prod-orders" });
    const { exit, out } = await replay([await creationOf(key)]);
    expect(exit).toBe(0);
    expect(out).toMatch(/^key prod-orders|^key [\w-]{36}/m);
    expect(key.tags.get("CreatedBy")).toBe("Alice");
  });

  test("is for the function that is named", async () => {
    const path = await creationOf(cloud.addKey({ name: "prod-orders" }));
    const { exit, out } = await replay([path, "--function", "secret-created"]);
    expect(exit).toBe(0);
    expect(out).toMatch(/ignored +other-type/);
  });

  test("of an event for both functions asks which", async () => {
    const secret = creationEvent(cloud, cloud.addSecret({ name: "s" }));
    const key = creationEvent(cloud, cloud.addKey({ name: "k" }));
    const path = await saved([secret, key]);
    const { exit, err } = await replay([path]);
    expect(exit).toBe(3);
    expect(err.replace(/\n/g, " ")).toContain("say which with --function");
    expect((await replay([path, "--function", "key-created"])).exit).toBe(0);
  });

  test("takes what a failure destination received, from the standard input", async () => {
    const secret = cloud.addSecret({ name: "prod-db" });
    const lost = {
      timestamp: "2026-01-02T00:00:00Z",
      request_context: { request_id: "r-1" },
      request_payload: JSON.stringify(creationEvent(cloud, secret)),
      response_context: { status_code: 500 },
    };
    const { exit } = await replay(["-"], { stdin: JSON.stringify(lost) });
    expect(exit).toBe(0);
    expect(secret.tags.get("CreatedBy")).toBe("Alice");
  });

  test("answers with the function's report as data", async () => {
    const secret = cloud.addSecret({ name: "prod-db" });
    const { exit, out } = await replay([await creationOf(secret), "--format", "json"]);
    expect(exit).toBe(0);
    const report = JSON.parse(out);
    expect(report).toMatchObject({
      outcomes: [{ kind: "tagged", resource: { type: "secret", id: secret.id } }],
      summary: { tagged: 1, failed: 0 },
    });
  });

  test("shows the function's own log line with --debug, on stderr", async () => {
    const path = await creationOf(cloud.addSecret({ name: "prod-db" }));
    const { out, err } = await replay([path, "--debug", "--format", "json"]);
    const [line] = linesOf(err).filter((text) => text.startsWith("{"));
    expect(JSON.parse(line ?? "")).toMatchObject({ function: "secret-created", outcome: "tagged" });
    expect(() => JSON.parse(out)).not.toThrow();
  });

  test("of a resource that is gone is clean", async () => {
    const path = await saved(
      creationEvent(cloud, { type: "key", id: "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0", name: "k" }),
    );
    const { exit, out } = await replay([path]);
    expect(exit).toBe(0);
    expect(out).toContain("gone");
  });

  test("of a trace that creates nothing is clean", async () => {
    const { exit, out } = await replay([join(ROOT, "test/events/cts-tag-trace.json")]);
    expect(exit).toBe(0);
    expect(out).toMatch(/ignored +tag-trace/);
    expect(cloud.seen).toEqual([]);
  });
});

describe("a replay that does not finish", () => {
  test("ends with 2 where there is no trace", async () => {
    const { exit, out, err } = await replay([join(ROOT, "test/events/no-trace.json")]);
    expect(exit).toBe(2);
    expect(out).toMatch(/event +malformed +event: expected a CTS trace/);
    expect(err).toContain("error: the function did not finish, so the platform would try again");
  });

  test("ends with 4 where a permission is missing, and says it as data, too", async () => {
    const path = await creationOf(cloud.addSecret({ name: "prod-db" }));
    const env = environmentOf(cloud, cloud.agency("tagwarden"));
    cloud.allowOnly("tagwarden", []);
    const { exit, out } = await replay([path], { env });
    expect(exit).toBe(4);
    expect(out).toContain("denied, status 403");
    const json = await replay([path, "--format", "json"], { env });
    expect(json.exit).toBe(4);
    expect(JSON.parse(json.out)).toMatchObject({
      outcomes: [{ kind: "failed", reason: expect.stringMatching(/: denied, status 403/) }],
    });
  });

  test("ends with 3 where settings are missing, and names them", async () => {
    const path = await creationOf(cloud.addSecret({ name: "prod-db" }));
    const { exit, err } = await replay([path], { env: { HW_ACCESS_KEY: "ak" } });
    expect(exit).toBe(3);
    expect(err).toContain("HW_SECRET_KEY must be set");
  });

  test("ends with 3 where nothing is built, and says what to run", async () => {
    const path = await creationOf(cloud.addSecret({ name: "prod-db" }));
    const { exit, err } = await replay([path], { home: join(home, "nowhere") });
    expect(exit).toBe(3);
    expect(err.replace(/\n/g, " ")).toContain("npm run build");
  });

  test("ends with 3 where a policy is named that it does not use", async () => {
    const path = await creationOf(cloud.addSecret({ name: "prod-db" }));
    const { exit, err } = await replay([path, "--policy", "p.yaml"]);
    expect(exit).toBe(3);
    expect(err.replace(/\n/g, " ")).toContain("npm run build -- --policy p.yaml");
  });

  test("ends with 6 where the built file is no function", async () => {
    const broken = join(home, "broken");
    await mkdir(join(broken, "secret-created"), { recursive: true });
    await writeFile(join(broken, "secret-created/index.js"), "exports.other = 1;");
    const path = await creationOf(cloud.addSecret({ name: "prod-db" }));
    const { exit, err } = await replay([path], { home: broken });
    expect(exit).toBe(6);
    expect(err.replace(/\n/g, " ")).toContain("exports no handler");
  });

  test("ends with 130 where the user interrupts", async () => {
    const interruption = new AbortController();
    const slow = join(home, "slow");
    await mkdir(join(slow, "secret-created"), { recursive: true });
    const code =
      "exports.handler = async (event, context) => { console.log('called'); await new Promise(() => {}); };";
    await writeFile(join(slow, "secret-created/index.js"), code);
    const path = await creationOf(cloud.addSecret({ name: "prod-db" }));
    const env = {
      ...environmentOf(cloud, cloud.agency("tagwarden")),
      get HUAWEICLOUD_KMS_ENDPOINT() {
        queueMicrotask(() => interruption.abort());
        return cloud.endpoint;
      },
    };
    const { exit, out } = await replay([path], { home: slow, env, signal: interruption.signal });
    expect(exit).toBe(130);
    expect(out).toBe("");
  });
});

describe("a dry run", () => {
  test("writes nothing, shows the plan, and ends with 1", async () => {
    const secret = cloud.addSecret({ name: "prod-db" });
    const { exit, out } = await replay([await creationOf(secret), "--dry-run"]);
    expect(exit).toBe(1);
    expect(out).toMatch(/would be tagged/);
    expect(out).toMatch(/^ {2}CreatedBy +create Alice +from creator\.name$/m);
    expect(writesSeen()).toEqual([]);
    expect(secret.tags.size).toBe(0);
  });

  test("shows what the replay then does", async () => {
    const secret = cloud.addSecret({ name: "prod-db" });
    const path = await creationOf(secret);
    const planned = JSON.parse((await replay([path, "--dry-run", "--format", "json"])).out);
    const done = JSON.parse((await replay([path, "--format", "json"])).out);
    expect(planned.dryRun).toBe(true);
    expect(planned.outcomes[0].tags).toEqual(done.outcomes[0].tags);
    expect(planned.policy).toEqual(done.policy);
  });

  test("that finds nothing to write ends with 0", async () => {
    const secret = cloud.addSecret({ name: "prod-db" });
    const path = await creationOf(secret);
    await replay([path]);
    expect((await replay([path, "--dry-run"])).exit).toBe(0);
  });

  test("works by a policy that is named", async () => {
    const policy = join(home, "p.yaml");
    await writeFile(policy, "version: 1\ntags: { Colour: { value: [ { const: blue } ] } }\n");
    const path = await creationOf(cloud.addSecret({ name: "prod-db" }));
    const { exit, out } = await replay([path, "--dry-run", "--policy", policy]);
    expect(exit).toBe(1);
    expect(out).toMatch(/^ {2}Colour +create blue +from const$/m);
    expect(out).not.toContain("CreatedBy");
  });

  test("of an event that is not a trace ends with 2", async () => {
    const { exit, out } = await replay([join(ROOT, "test/events/no-trace.json"), "--dry-run"]);
    expect(exit).toBe(2);
    expect(out).toMatch(/^event +malformed +event: expected a CTS trace/m);
  });

  test("that is denied ends with 4", async () => {
    const path = await creationOf(cloud.addSecret({ name: "prod-db" }));
    const env = environmentOf(cloud, cloud.agency("tagwarden"));
    cloud.allowOnly("tagwarden", []);
    const { exit, out } = await replay([path, "--dry-run"], { env });
    expect(exit).toBe(4);
    expect(out).toMatch(/failed/);
  });
});
