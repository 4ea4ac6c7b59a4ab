import { copyFile, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type LocalCloud, startCloud } from "../cloud/index.ts";
import { environmentOf, makeFolder, tagwarden } from "./fixture.ts";

const POLICY = new URL("../policies/bulk/tag-policy.yaml", import.meta.url).pathname;

let cloud: LocalCloud;
let folder: Awaited<ReturnType<typeof makeFolder>>;
let env: Record<string, string | undefined>;

beforeEach(async () => {
  cloud = await startCloud({ settings: { ratePerSecond: null } });
  folder = await makeFolder();
  env = { ...environmentOf(cloud, cloud.user("ops")), TAGWARDEN_RPS: "1000" };
});
afterEach(async () => {
  await cloud.stop();
  await folder.remove();
});

const run = (...argv: readonly string[]) =>
  tagwarden(["--policy", POLICY, ...argv], { env, cwd: folder.path });
const json = async (...argv: readonly string[]) => {
  const ended = await run("--format", "json", ...argv);
  return { ...ended, data: JSON.parse(ended.out === "" ? "null" : ended.out) };
};
const tagsOf = (name: string) => Object.fromEntries(cloud.secret(name)?.tags ?? []);

/** Secrets of which each needs something else. */
function addSecrets(): void {
  cloud.addSecret({ name: "untagged" });
  cloud.addSecret({ name: "alias", tags: { owner: "ann", Environment: "dev", Foreign: "x" } });
  cloud.addSecret({ name: "variant", tags: { Owner: "bob", Environment: "PRD" } });
  cloud.addSecret({ name: "forbidden", tags: { Owner: "eve", Environment: "dev", Password: "p" } });
  cloud.addSecret({ name: "fine", tags: { Owner: "zoe", Environment: "prod" } });
}

describe("a plan that is applied", () => {
  test("changes what the plan says, in the calls that it must take, and nothing else", async () => {
    addSecrets();
    expect((await run("plan", "-o", "plan.json")).exit).toBe(1);
    cloud.clearSeen();

    const { exit, data } = await json("apply", "plan.json", "--yes");

    expect(exit).toBe(0);
    expect(data.summary).toMatchObject({ tagged: 4, failed: 0, stale: 0 });
    expect(tagsOf("untagged")).toEqual({ Environment: "dev" });
    expect(tagsOf("alias")).toEqual({ Owner: "ann", Environment: "dev", Foreign: "x" });
    expect(tagsOf("variant")).toEqual({ Owner: "bob", Environment: "prod" });
    expect(tagsOf("forbidden")).toEqual({ Owner: "eve", Environment: "dev" });
    expect(tagsOf("fine")).toEqual({ Owner: "zoe", Environment: "prod" });
    // Two for each of the four, one more for a deletion beside a creation, one more to verify the rename.
    expect(cloud.seen).toHaveLength(2 * 4 + 1 + 1);
    expect(data.calls).toBe(cloud.seen.length);
    expect((await run("plan")).exit).toBe(0);
  });

  test("is taken back by an undo, whose undo brings it back again", async () => {
    addSecrets();
    const before = cloud.resources().map(({ id, tags }) => [id, Object.fromEntries(tags)]);
    await run("plan", "-o", "plan.json");
    const { data } = await json("apply", "plan.json", "--yes");
    const after = cloud.resources().map(({ id, tags }) => [id, Object.fromEntries(tags)]);

    expect((await run("undo", data.run, "-o", "undo.json")).exit).toBe(1);
    const undone = await json("apply", "undo.json", "--yes");
    expect(undone.exit).toBe(0);
    expect(cloud.resources().map(({ id, tags }) => [id, Object.fromEntries(tags)])).toEqual(before);

    await run("undo", undone.data.run, "-o", "redo.json");
    expect((await run("apply", "redo.json", "--yes")).exit).toBe(0);
    expect(cloud.resources().map(({ id, tags }) => [id, Object.fromEntries(tags)])).toEqual(after);
  });

  test("leaves alone what was changed since the plan, and what was changed since the run", async () => {
    addSecrets();
    await run("plan", "-o", "plan.json");
    cloud.tagDirectly(cloud.secret("variant")?.id ?? "", { Other: "by somebody" });
    const { exit, data } = await json("apply", "plan.json", "--yes");
    expect(exit).toBe(2);
    expect(data.summary).toMatchObject({ tagged: 3, stale: 1 });
    expect(tagsOf("variant")).toEqual({ Owner: "bob", Environment: "PRD", Other: "by somebody" });

    cloud.tagDirectly(cloud.secret("alias")?.id ?? "", { Owner: "carl" });
    await run("undo", data.run, "-o", "undo.json");
    expect((await run("apply", "undo.json", "--yes")).exit).toBe(0);
    expect(tagsOf("alias")).toEqual({
      Owner: "carl",
      owner: "ann",
      Environment: "dev",
      Foreign: "x",
    });
    expect(tagsOf("forbidden")).toEqual({ Owner: "eve", Environment: "dev", Password: "p" });
  });

  test("shows its state", async () => {
    addSecrets();
    await run("plan", "-o", "plan.json");
    const { data } = await json("apply", "plan.json", "--yes");
    const status = await json("status", data.run);
    expect(status.data).toMatchObject({ state: "finished", total: 4, done: 4, left: 0 });
    const listed = await json("status");
    expect(listed.data.runs.map((one: { run: string }) => one.run)).toEqual([data.run]);
  });
});

describe("nothing is changed", () => {
  const changed = () => cloud.seen.filter(({ operation }) => operation.startsWith("Batch"));

  test.each<[string, (plan: string) => string]>([
    ["was edited by hand", (plan) => plan.replaceAll('"dev"', '"prod"')],
    ["is another file", () => "{}"],
    ["is no JSON", () => "plan"],
  ])("when the plan %s", async (_name, edit) => {
    addSecrets();
    await run("plan", "-o", "plan.json");
    const file = join(folder.path, "plan.json");
    await writeFile(file, edit(await readFile(file, "utf8")));
    const { exit, err } = await run("apply", "plan.json", "--yes");
    expect(exit).toBe(3);
    expect(err).toMatch(/plan\.json .*plan\s+again/s);
    expect(changed()).toEqual([]);
  });

  test("when the plan is another policy's", async () => {
    addSecrets();
    await run("plan", "-o", "plan.json");
    const policy = join(folder.path, "other.yaml");
    await writeFile(policy, "version: 1\ntags: { Owner: {} }\n");
    const { exit, err } = await run("--policy", policy, "apply", "plan.json", "--yes");
    expect(exit).toBe(3);
    expect(err).toMatch(/was made by policy [0-9a-f]{12}/);
    expect(changed()).toEqual([]);
  });

  test("when a guard stops it, and a raised guard lets it through", async () => {
    addSecrets();
    await run("plan", "-o", "plan.json");
    const { exit, err } = await run("apply", "plan.json", "--yes", "--max-changes", "3");
    expect(exit).toBe(5);
    expect(err).toMatch(/4 changes, at most 3/);
    expect(changed()).toEqual([]);
    expect((await run("apply", "plan.json", "--yes", "--max-changes", "4")).exit).toBe(0);
  });

  test("when nobody can be asked, or says no", async () => {
    addSecrets();
    await run("plan", "-o", "plan.json");
    expect((await run("apply", "plan.json")).exit).toBe(3);
    const world = { env, cwd: folder.path, terminal: true, stdin: "n\n" };
    expect((await tagwarden(["--policy", POLICY, "apply", "plan.json"], world)).exit).toBe(5);
    expect(changed()).toEqual([]);
    const yes = { ...world, stdin: "y\n" };
    expect((await tagwarden(["--policy", POLICY, "apply", "plan.json"], yes)).exit).toBe(0);
  });

  test("when the credentials are refused", async () => {
    addSecrets();
    await run("plan", "-o", "plan.json");
    env = { ...env, HUAWEICLOUD_SDK_SK: "wrong" };
    const { exit, data } = await json("apply", "plan.json", "--yes");
    expect(exit).toBe(4);
    expect(data.summary.tagged).toBe(0);
    expect(changed()).toEqual([]);
  });
});

describe("what is easily mistyped", () => {
  test("an URL of a store that is none does not become a folder", async () => {
    addSecrets();
    await run("plan", "-o", "plan.json");
    for (const store of ["s3://bucket/x", "OBS://bucket", "obs:bucket"]) {
      const { exit, err } = await run("apply", "plan.json", "--yes", "--store", store);
      expect([store, exit]).toEqual([store, 3]);
      expect(err).toMatch(/TAGWARDEN_STORE must be/);
    }
    expect(await readdir(folder.path)).toEqual(["plan.json"]);
  });

  test("a plan's file behind --queue is taken for the plan", async () => {
    addSecrets();
    await run("plan", "-o", "plan.json");
    const { exit, err } = await run("apply", "--yes", "--queue", "plan.json");
    expect(exit).toBe(3);
    expect(err).toMatch(/no queue: name one/);
  });

  test("an edit that no resource can take is no success, and its value is not repeated", async () => {
    addSecrets();
    expect((await run("plan", "--set", "_sys_x=1")).exit).toBe(2);
    const { exit, err } = await run("plan", "--set", "A=hunter2", "--set", "A=hunter3");
    expect(exit).toBe(3);
    expect(err).not.toMatch(/hunter/);
  });
});

test("many runs of single messages do not hide the others", async () => {
  addSecrets();
  await run("plan", "-o", "plan.json");
  const { data } = await json("apply", "plan.json", "--yes");
  const journals = join(folder.path, ".tagwarden", "runs");
  const segment = join(journals, data.run, "journal");
  const [name = ""] = await readdir(segment);
  for (let request = 0; request < 25; request++) {
    await mkdir(join(journals, `adhoc-${request}`, "journal"), { recursive: true });
    await copyFile(join(segment, name), join(journals, `adhoc-${request}`, "journal", name));
  }
  const listed = await json("status");
  expect(listed.data.runs.map((one: { run: string }) => one.run)).toEqual([data.run]);
  expect(listed.data.notShown).toEqual({ older: 0, single: 25 });
});
