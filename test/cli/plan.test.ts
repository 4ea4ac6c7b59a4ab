import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { runPlanSchema } from "../../shared/core/run/run-plan.ts";
import { isSealed } from "../../shared/io/digest.ts";
import { type LocalCloud, startCloud } from "../cloud/index.ts";
import { planJsonSchema } from "../core/run/plan-schema.ts";
import { environmentOf, linesOf, makeFolder, SAMPLE, tagwarden } from "./fixture.ts";

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

const plan = (...argv: readonly string[]) =>
  tagwarden(["plan", ...argv, "--policy", SAMPLE], {
    env: environmentOf(cloud, cloud.user("alice")),
  });

async function saved(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

describe("by the policy", () => {
  test("a plan is a table of at most 80 columns, totals and what comes next; exit 1", async () => {
    const key = cloud.addKey({
      name: "billing",
      tags: { CostCenter: "42", Owner: "a@example.com" },
    });
    cloud.addSecret({
      name: "prod-database-password",
      kmsKeyId: key.id,
      tags: { owner: "ann@example.com", Password: "x", Environment: "production" },
    });
    const { exit, out, err } = await plan("--type", "secret");
    expect(exit).toBe(1);
    expect(Math.max(...linesOf(out).map((line) => line.length))).toBeLessThanOrEqual(80);
    const text = out.replaceAll(/\s+/g, " ");
    for (const part of ["from alias owner", "delete x", "create 42", "from inherit kmsKey"])
      expect(text).toContain(part);
    expect(out).toContain("1 of 1 resource to change; tags: 2 to create, 2 to delete");
    expect(out).toContain("secrets: the API counts 1, examined 1");
    expect(err).toContain("next: the same with -o plan.json");
    expect(cloud.seen.some(({ operation }) => operation.startsWith("BatchCreate"))).toBe(false);
  });

  test("nothing to change ends with 0", async () => {
    cloud.addSecret({ name: "tmp-a", tags: { Owner: "ann@example.com" } });
    const { exit, out, err } = await plan();
    expect(exit).toBe(0);
    expect(out).toBe(
      "nothing to change in 1 resource\nsecrets: the API counts 1, examined 1\n" +
        "keys: the API counts 0, examined 0, skipped 1\n",
    );
    expect(err).not.toContain("next:");
  });

  test("what is wrong and stays is told beside", async () => {
    cloud.addSecret({ name: "tmp-a", tags: { Owner: "a@example.com", owner: "b@example.com" } });
    const { exit, out } = await plan();
    expect(exit).toBe(0);
    expect(out).toContain("left as they are, although something is wrong:");
    expect(out).toContain("keep a@example.com");
  });

  test("a long plan is cut, and says how much is left out", async () => {
    for (let index = 0; index < 60; index++) cloud.addSecret({ name: `s-${index}` });
    const { out, err } = await plan("--type", "secret");
    expect(out).toContain("and 20 more; -o plan.json holds all");
    expect(err).toContain("a guard stops this plan: 60 of 60 selected resources (100 %)");
  });

  test("what would steer a terminal is made visible", async () => {
    cloud.addSecret({ name: "tmp-a", tags: { Password: "\u001b[31mred" } });
    const { out } = await plan();
    expect(out).toContain("\\u001b[31mred");
    expect(out).not.toContain("\u001b");
  });
});

describe("a plan as JSON", () => {
  test("is valid by the published schema and all that stdout has", async () => {
    cloud.addSecret({ name: "prod-a", tags: { owner: "ann@example.com" } });
    cloud.addKey({ name: "k", tags: { Owner: "a@example.com", owner: "b@example.com" } });
    const { exit, out } = await plan("--format", "json");
    expect(exit).toBe(1);
    const made: unknown = JSON.parse(out);
    const validate = new Ajv2020({ validateFormats: false, strictTypes: false }).compile(
      planJsonSchema(),
    );
    expect(validate(made), JSON.stringify(validate.errors)).toBe(true);
    expect(isSealed(runPlanSchema.parse(made))).toBe(true);
  });

  test("is written to a file that only the user can read, in place of an earlier one", async () => {
    cloud.addSecret({ name: "prod-a" });
    const path = await saved("plan.json", "an earlier plan");
    const { exit, err } = await plan("-o", path);
    expect(exit).toBe(1);
    expect(err.replaceAll(/\s+/g, " ")).toContain(`next: tagwarden apply ${path}`);
    expect(isSealed(runPlanSchema.parse(JSON.parse(await readFile(path, "utf8"))))).toBe(true);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).not.toContainEqual(expect.stringMatching(/part$/));
  });

  test.each([
    ["missing/plan.json", "there is no folder for it"],
    [".", "is a folder"],
  ])("cannot go to %s, which is said before anything is read", async (name, problem) => {
    const { exit, err } = await plan("-o", join(folder, name));
    expect(exit).toBe(3);
    expect(err).toContain(problem);
    expect(cloud.seen).toEqual([]);
  });
});

describe("a selection", () => {
  test("by selector and type", async () => {
    cloud.addSecret({ name: "prod-a" });
    cloud.addSecret({ name: "tmp-b" });
    cloud.addKey({ name: "prod-k" });
    const { out } = await plan("--type", "secret", "--select", "prod", "--format", "json");
    const { resources, selected } = runPlanSchema.parse(JSON.parse(out));
    expect(resources.map(({ resource }) => resource.name)).toEqual(["prod-a"]);
    expect(selected).toBe(1);
  });

  test("by a selector that the policy does not have is bad usage, with a suggestion", async () => {
    const { exit, err } = await plan("--select", "prdo");
    expect(exit).toBe(3);
    expect(err).toContain('unknown selector "prdo"; expected one of prod or sandbox (did you mean');
    expect(cloud.seen).toEqual([]);
  });

  test("by ids from a file; an id that nobody has ends with 2", async () => {
    const { id } = cloud.addSecret({ name: "prod-a" });
    cloud.addSecret({ name: "prod-b" });
    const foreign = "ffffffff-0000-4000-8000-000000000000";
    const bom = "\ufeff";
    const path = await saved(
      "ids.csv",
      `${bom}Name,"ID"\r\n"a, b",${id.toUpperCase()}\r\nx,${foreign}\r\n`,
    );
    const { exit, out, err } = await plan("--ids", path, "--format", "json");
    const { resources } = runPlanSchema.parse(JSON.parse(out));
    expect(resources.map(({ resource }) => resource.id)).toEqual([id]);
    expect(err).toContain(`no such resource: ${foreign}`);
    expect(exit).toBe(2);
  });

  test("a type beside each id saves reading the other kind", async () => {
    const { id } = cloud.addKey({ name: "k" });
    const path = await saved("typed.csv", `resource_id,type\n${id},Key\n`);
    const { exit } = await plan("--ids", path, "--unset", "A");
    expect(exit).toBe(0);
    expect(cloud.seen.some(({ service }) => service === "csms")).toBe(false);
  });

  const ID = "00000000-0000-4000-8000-000000000001";
  test.each([
    ["", "1: the file is empty; expected a header row"],
    ["id\n", "1: no row follows the header; expected a row for each resource"],
    [`name\n${ID}\n`, "1: there is no column of ids; expected a column id or resource_id"],
    [`id\n${ID}\nsecret-1\n`, '3: "secret-1" is not an id; expected a UUID'],
    [`id\n${ID},x\n`, "2: the row has 2 cells; expected 1 cells"],
    [`id,type\n${ID},alarm\n`, '2: "alarm" is no type; expected secret or key'],
  ])("by a file with %j is told with its line", async (text, problem) => {
    const path = await saved("bad.csv", text);
    const { exit, err } = await plan("--ids", path);
    expect(exit).toBe(3);
    expect(err.replaceAll("\n", " ")).toContain(`${path}:${problem}`);
  });

  test("by a file that contradicts --type, or is not there, is bad usage", async () => {
    const path = await saved("keys.csv", `id,type\n${ID},key\n`);
    const contradiction = await plan("--ids", path, "--type", "secret");
    expect(contradiction.exit).toBe(3);
    expect(contradiction.err.replaceAll("\n", " ")).toContain("not a type that --type allows");
    expect((await plan("--ids", join(folder, "none.csv"))).err).toContain("there is no such file");
  });
});

describe("edits", () => {
  test("are planned instead of the policy", async () => {
    cloud.addSecret({ name: "s", tags: { env: "prd", Old: "1", "a=b": "c" } });
    const { exit, out } = await plan(
      ...["--rename", "env=Env", "--map", "Env:prd=prod", "--set", "Url=a=b", "--unset", "Old"],
      ...["--set", "a\\=b=d", "--format", "json"],
    );
    expect(exit).toBe(1);
    const { origin, resources } = runPlanSchema.parse(JSON.parse(out));
    expect(origin).toEqual({
      by: "edits",
      selection: {},
      edits: {
        rename: { env: "Env" },
        map: { Env: { prd: "prod" } },
        set: { Url: "a=b", "a=b": "d" },
        unset: ["Old"],
      },
    });
    expect(resources[0]?.changes.map(({ key, op, to }) => [key, op, to])).toEqual([
      ["env", "delete", undefined],
      ["Old", "delete", undefined],
      ["a=b", "overwrite", "d"],
      ["Env", "create", "prod"],
      ["Url", "create", "a=b"],
    ]);
  });

  test.each([
    [["--set", "Owner"], "--set Owner: expected key=value"],
    [["--set", "=x"], "--set =…: expected key=value"],
    [["--unset", "A=1"], "--unset A=…: expected a key, without a value"],
    [["--unset", ""], "expected a key"],
    [["--rename", "a=b=c"], "--rename a=…: expected old=new, two keys"],
    [["--rename", "a="], "--rename a=…: expected old=new, two keys"],
    [["--map", "Env=a"], "--map Env=…: expected key:from=to"],
    [["--map", "Env:a"], "--map Env:…: expected key:from=to"],
    [["--set", "A=1", "--set", "A=2"], "--set says two things about A"],
    [["--set", "A=1", "--unset", "A"], 'the edits contradict each other: "A" is set and unset'],
  ])("%j are bad usage", async (argv, problem) => {
    const { exit, err } = await plan(...argv);
    expect(exit).toBe(3);
    expect(err).toContain(problem);
    expect(cloud.seen).toEqual([]);
  });
});

describe("the exit code", () => {
  test("is 2 where something could not be examined, whatever changes", async () => {
    cloud.addSecret({ name: "prod-a" });
    cloud.addSecret({ name: "prod-b" });
    const fault = { kind: "blank-row", field: "tags" } as const;
    cloud.addFault({ operation: "ListResourceInstances", times: Infinity, fault });
    const { exit, err } = await plan();
    expect(exit).toBe(2);
    expect(err).toContain("could not be read: secret prod-a");
    expect(err.replaceAll("\n", " ")).toContain(
      "not every secret was examined: the API counts 2, examined 1, unreadable 1",
    );
  });

  test("is 4 where permission is denied", async () => {
    cloud.allowOnly("poor", []);
    const env = environmentOf(cloud, cloud.agency("poor"));
    const { exit } = await tagwarden(["plan", "--policy", SAMPLE], { env });
    expect(exit).toBe(4);
  });

  test("is 3 where --rps is no rate", async () => {
    expect((await plan("--rps", "fast")).exit).toBe(3);
    expect((await plan("--rps", "0.1")).err).toContain("TAGWARDEN_RPS must be a number");
    expect(cloud.seen).toEqual([]);
  });

  test("is 3 where credentials are missing", async () => {
    expect((await tagwarden(["plan", "--policy", SAMPLE])).exit).toBe(3);
  });
});
