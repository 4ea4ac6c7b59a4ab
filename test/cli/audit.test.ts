import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import Ajv2020 from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { FORMAT_NAMES, FORMATS } from "../../shared/core/report/formats.ts";
import { useBulk } from "./bulk.ts";
import { linesOf, ROOT } from "./fixture.ts";

const bulk = useBulk();
const FORBIDDEN = { kind: "answer", status: 403, body: '{"error_code":"KMS.0303"}' } as const;
const UNAVAILABLE = { kind: "answer", status: 400, body: '{"error_code":"KMS.9999"}' } as const;
const always = (
  fault: typeof FORBIDDEN | typeof UNAVAILABLE,
  operation = "ListResourceInstances",
) => bulk().cloud.addFault({ operation, times: Number.POSITIVE_INFINITY, fault });

/** Puts right what would be found. */
function cleanUp(): void {
  const { cloud } = bulk();
  for (const { id, tags } of cloud.resources()) {
    cloud.untagDirectly(id, [...tags.keys()]);
    cloud.tagDirectly(id, { Owner: "zoe", Environment: "dev" });
  }
}

async function readJson(file: string) {
  return JSON.parse(await readFile(join(bulk().path, file), "utf8"));
}

describe("tagwarden audit", () => {
  test("tells how complete it is, how it stands, and the gravest findings, in 80 columns", async () => {
    const { exit, out, err } = await bulk().run(["audit"]);
    expect(exit).toBe(1);
    const lines = linesOf(out);
    expect(lines[0]).toBe("secrets: the API counts 5, examined 5, skipped 0");
    expect(out).toContain("Owner.required");
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    expect(err).toContain("tag-policy.yaml");
  });

  test("names the tag key of what no rule of a tag finds", async () => {
    const { out } = await bulk().run(["audit"]);
    expect(out).toMatch(/project\.vocabulary +undeclared +Foreign$/m);
    expect(out).toMatch(/Owner\.alias +alias +owner: ann → Owner$/m);
  });

  test("needs no store, and leaves no trace of one", async () => {
    await bulk().run(["audit"]);
    expect(await readdir(bulk().path)).toEqual([]);
  });

  test("of what is all right ends with 0", async () => {
    cleanUp();
    const { exit, data } = await bulk().json(["audit", "--fail-on", "medium"]);
    expect(data.summary).toMatchObject({ pass: 5, fail: 0, score: 100 });
    expect(exit).toBe(0);
  });

  test("has colours on a terminal only, and none with NO_COLOR", async () => {
    always(UNAVAILABLE);
    const code = "\u001b[";
    expect((await bulk().run(["audit"], { terminal: true })).out).toContain(code);
    for (const change of [{}, { terminal: true, env: { NO_COLOR: "1" } }])
      expect((await bulk().run(["audit"], change)).out).not.toContain(code);
    expect((await bulk().run(["--no-color", "audit"], { terminal: true })).out).not.toContain(code);
  });

  test("prints one JSON document that its schema accepts, the same that --out writes", async () => {
    const { out } = await bulk().run(["--format", "json", "audit", "--out", "json=report.json"]);
    const schema = JSON.parse(await readFile(join(ROOT, "infra/schema/audit.schema.json"), "utf8"));
    const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(schema);
    validate(JSON.parse(out));
    expect(validate.errors).toBeNull();
    expect(await readFile(join(bulk().path, "report.json"), "utf8")).toBe(out);
  });
});

describe("--out", () => {
  test("writes every format that it names, for the user's eyes only", async () => {
    const argv = FORMAT_NAMES.flatMap((name) => ["--out", `${name}=${FORMATS[name].file}`]);
    await bulk().run(["audit", ...argv]);
    const files = FORMAT_NAMES.map((name) => FORMATS[name].file).sort();
    expect((await readdir(bulk().path)).sort()).toEqual(files);
    for (const file of files)
      expect((await stat(join(bulk().path, file))).mode & 0o777).toBe(0o600);
  });

  test.each([
    ["pdf=report.pdf", "--out expects format=file"],
    ["report.html", "--out expects format=file"],
    ["html=", "--out expects format=file"],
    ["html=nowhere/report.html", "there is no folder"],
    ["html=.", "is a folder"],
  ])("%s is refused before anything is asked", async (given, words) => {
    const { exit, err } = await bulk().run(["audit", "--out", given]);
    expect(exit).toBe(3);
    expect(err).toContain(words);
    expect(bulk().cloud.seen).toEqual([]);
  });

  test("takes names that are as long as names can be", async () => {
    const name = "r".repeat(255);
    expect((await bulk().run(["audit", "--out", `md=${name}`])).exit).toBe(1);
    expect(await readdir(bulk().path)).toEqual([name]);
  });

  test("twice to the same file is refused", async () => {
    const { exit } = await bulk().run(["audit", "--out", "csv=a", "--out", "html=./a"]);
    expect(exit).toBe(3);
  });
});

describe("what fails", () => {
  // Everything that the policy of these tests finds is of medium severity, or low.
  test.each([
    ["low", 1],
    ["medium", 1],
    ["high", 0],
    ["critical", 0],
    ["never", 0],
  ])("--fail-on %s ends with %d", async (severity, expected) => {
    const { cloud, json } = bulk();
    cloud.untagDirectly(cloud.secret("forbidden")?.id ?? "", ["Password"]);
    const { exit, data } = await json(["audit", "--fail-on", severity]);
    expect(data.summary.fail).toBe(3);
    expect(exit).toBe(expected);
  });

  test("is only what a baseline does not have", async () => {
    const { cloud, run } = bulk();
    await run(["audit", "--out", "json=base.json"]);
    const same = await run(["audit", "--baseline", "base.json"]);
    expect(same.exit).toBe(0);
    expect(same.out).toMatch(/^Nothing new since the baseline\.$/m);
    cloud.addSecret({ name: "newcomer" });
    const { exit, out } = await run(["audit", "--baseline", "base.json"]);
    expect(exit).toBe(1);
    const told = out.slice(out.indexOf("New since the baseline"));
    expect(told).toContain("newcomer");
    expect(told).not.toContain("secret untagged");
  });

  test.each([
    ["missing", null],
    ["no JSON", "{"],
    ["no report", "{}"],
  ])("is not decided by a baseline that is %s", async (_, text) => {
    if (text !== null) await writeFile(join(bulk().path, "base.json"), text);
    const { exit, err } = await bulk().run(["audit", "--baseline", "base.json"]);
    expect(exit).toBe(3);
    expect(err).toContain("base.json");
  });
});

describe("an audit that is not complete", () => {
  test("says so first, ends with 2, and is never 100 %", async () => {
    cleanUp();
    always(UNAVAILABLE, "ListKmsTags");
    const { exit, out } = await bulk().run(["audit"]);
    expect(exit).toBe(2);
    expect(linesOf(out)[0]).toBe("INCOMPLETE: not everything could be examined");
    expect(out).toContain("KMS.9999");
    expect(out).toContain("score 99.9 %");
    expect(linesOf(out).filter((line) => line.length > 80)).toEqual([]);
  });

  test("because nothing may be read ends with 4", async () => {
    for (const operation of ["ListResourceInstances", "ListKmsByTags", "ListKeys", "ListKmsTags"])
      always(FORBIDDEN, operation);
    const { exit, data } = await bulk().json(["audit"]);
    expect(exit).toBe(4);
    expect(data.complete).toBe(false);
  });

  test("because it was interrupted ends with 130, leaves files as they were, and begins no run", async () => {
    const { path, run } = bulk();
    await writeFile(join(path, "last.json"), "the one before");
    const argv = ["audit", "--out", "json=last.json", "--remediate", "apply"];
    const { exit, out, err } = await run(argv, { signal: AbortSignal.abort() });
    expect(exit).toBe(130);
    expect(out).toBe("");
    expect(err).toContain("interrupted");
    expect(await readFile(join(path, "last.json"), "utf8")).toBe("the one before");
    expect(await readdir(path)).toEqual(["last.json"]);
  });
});

describe("--scopes", () => {
  const scope = (region: string, project = bulk().cloud.project) => ({
    region,
    project,
    endpoint: bulk().cloud.endpoint,
  });

  test("audits each place, and one that fails does not hide the other", async () => {
    const { cloud, path, json, run } = bulk();
    const scopes = [scope(cloud.region), scope("eu-west-101", "c".repeat(32))];
    await writeFile(join(path, "scopes.json"), JSON.stringify({ version: 1, scopes }));
    const { exit, data } = await json(["audit", "--scopes", "scopes.json"]);
    expect(exit).toBe(2);
    expect(data.scopes.map((one: { complete: boolean }) => one.complete)).toEqual([true, false]);
    expect(data.scopes[0].types.secret.examined).toBe(5);
    expect(data.types.secret).toMatchObject({ counted: null, examined: 5 });

    const { out } = await run(["audit", "--scopes", "scopes.json"]);
    expect(linesOf(out)[0]).toContain("INCOMPLETE");
    expect(out).toContain(`${cloud.region} ${cloud.project}\n  secrets: the API counts 5`);
    expect(out).toContain("all together");
    expect(linesOf(out).filter((line) => line.length > 80)).toEqual([]);
  });

  test.each([
    ["version: 1", "scopes: expected"],
    ["version: 1\nscopes: []", "scopes: expected"],
    ["{", "neither YAML nor JSON"],
    [
      "version: 1\nscopes: [{ region: eu-west-101, project: p, endpoint: http://x.example }]",
      "scopes.0.endpoint",
    ],
    [
      "version: 1\nscopes: [{ region: eu-west-101, project: p }, { region: eu-west-101, project: p }]",
      "scopes.1: the same",
    ],
  ])("refuses %j", async (text, words) => {
    await writeFile(join(bulk().path, "scopes.yaml"), text);
    const { exit, err } = await bulk().run(["audit", "--scopes", "scopes.yaml"]);
    expect(exit).toBe(3);
    expect(err).toContain(words);
    expect(bulk().cloud.seen).toEqual([]);
  });
});

describe("--remediate", () => {
  const runIn = (err: string) => /\d{8}-\d{6}-[0-9a-f]{6}/.exec(err)?.[0] ?? "no run";

  test("plan stores what apply --resume carries out", async () => {
    const { run, writes } = bulk();
    const { exit, err } = await run(["audit", "--remediate", "plan"]);
    expect(exit).toBe(1);
    expect(writes()).toBe(0);
    expect((await run(["apply", "--resume", runIn(err), "--yes"])).exit).toBe(0);
    const { data } = await bulk().json(["audit", "--out", "json=after.json"]);
    expect(data.findings.filter((one: { fixable: boolean }) => one.fixable)).toEqual([]);
  });

  test("apply puts right what is fixable, and the second time there is nothing to do", async () => {
    const { run, writes, tagsOf } = bulk();
    const { err } = await run(["audit", "--remediate", "apply"]);
    expect(err).toContain("finished");
    expect(tagsOf("alias")).toEqual({ Owner: "ann", Environment: "dev", Foreign: "x" });
    expect(tagsOf("forbidden")).toEqual({ Owner: "eve", Environment: "dev" });
    const before = writes();
    await run(["audit", "--remediate", "apply", "--out", "json=after.json"]);
    expect(writes()).toBe(before);
    const { findings } = await readJson("after.json");
    expect(findings.filter((one: { fixable: boolean }) => one.fixable)).toEqual([]);
  });

  test("changes nothing where a report cannot be written", async () => {
    const { path, run, writes } = bulk();
    const file = `/proc/tagwarden-${process.pid}`;
    const { exit, err } = await run(["audit", "--remediate", "apply", "--out", `html=${file}`]);
    expect(exit).toBe(3);
    expect(err).toContain(file);
    expect(writes()).toBe(0);
    expect(await readdir(path)).toEqual([]);
  });

  test("is stopped by a guard with 5, and the plan waits", async () => {
    const { path, run, writes } = bulk();
    const text = await readFile(join(ROOT, "test/policies/bulk/tag-policy.yaml"), "utf8");
    await writeFile(join(path, "strict.yaml"), text.replace("maxChanges: 500", "maxChanges: 1"));
    const argv = ["--policy", "strict.yaml", "audit", "--remediate", "apply"];
    const { exit, err } = await run(argv);
    expect(exit).toBe(5);
    expect(err).toContain("guard");
    expect(writes()).toBe(0);
    expect(await readdir(join(path, ".tagwarden", "runs"))).toHaveLength(1);
  });
});

test("a store that cannot be read does not stop an audit that only reads", async () => {
  const { exit, err } = await bulk().run(["audit", "--store", "obs://nowhere/at-all"]);
  expect(exit).toBe(1);
  expect(err).toContain("warning: earlier audits are not shown");
});
