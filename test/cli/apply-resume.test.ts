import { readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { runFile, useBulk } from "./bulk.ts";

const bulk = useBulk();
const UNKNOWN = "20260101-000000-abcdef";

describe("--resume", () => {
  test("of a finished run changes nothing, and ends as the run did", async () => {
    const { run, json, apply, cloud, writes } = bulk();
    const name = await apply();
    cloud.clearSeen();
    const again = await json(["apply", "--resume", name]);
    expect(again.exit).toBe(0);
    expect(again.data).toMatchObject({
      run: name,
      state: "finished",
      left: 0,
      whole: { tagged: 4 },
    });
    expect(cloud.seen).toEqual([]);
    expect((await run(["apply", "--resume", name])).out).toContain("before: 4 tagged");
    expect(writes()).toBe(0);
  });

  test("of a finished run in which something was left undone is no success", async () => {
    const { run, json, cloud } = bulk();
    await run(["plan", "-o", "plan.json"]);
    cloud.tagDirectly(cloud.secret("variant")?.id ?? "", { Other: "by somebody" });
    const { data, exit } = await json(["apply", "plan.json", "--yes"]);
    expect(exit).toBe(2);
    expect((await run(["apply", "--resume", data.run])).exit).toBe(2);
  });

  test("of a run that lost its report and its lease finishes it without a write", async () => {
    const { run, json, apply, writes, path, cloud } = bulk();
    const name = await apply();
    await rm(runFile(path, name, "report.json"));
    cloud.clearSeen();
    expect((await json(["status", name])).data.state).toBe("waiting");
    expect((await run(["apply", "--resume", name])).exit).toBe(0);
    expect(writes()).toBe(0);
    expect((await json(["status", name])).data.state).toBe("finished");
  });

  test("leaves no run behind that the timer would take up for ever", async () => {
    const { run, apply, path } = bulk();
    const name = await apply();
    const active = join(path, ".tagwarden", "active");
    await writeFile(
      join(active, `${name}.json`),
      JSON.stringify({ run: name, worker: "gone", until: "2026-01-01T00:00:00.000Z" }),
    );
    await run(["apply", "--resume", name]);
    expect(await readdir(active)).toEqual([]);
  });

  test.each([UNKNOWN, "../plan", "a b"])(
    "of a run that is not there (%s) is bad usage",
    async (name) => {
      const { run, cloud } = bulk();
      for (const argv of [
        ["apply", "--resume", name],
        ["status", name],
        ["undo", name],
      ]) {
        const { exit, err, out } = await run(argv);
        expect([argv[0], exit, out]).toEqual([argv[0], 3, ""]);
        expect(err).toContain(name);
      }
      expect(cloud.seen).toEqual([]);
    },
  );

  test("of a run of another policy, or of another project, is refused", async () => {
    const { run, apply, cloud, path } = bulk();
    const name = await apply();
    await rm(runFile(path, name, "report.json"));
    cloud.clearSeen();
    const other = join(path, "other.yaml");
    await writeFile(other, "version: 1\ntags: { Owner: {} }\n");
    const policy = await run(["--policy", other, "apply", "--resume", name]);
    expect(policy.exit).toBe(3);
    expect(policy.err).toMatch(/made by policy/);
    const env = { HUAWEICLOUD_SDK_PROJECT_ID: "f".repeat(32) };
    const project = await run(["apply", "--resume", name], { env });
    expect(project.exit).toBe(3);
    expect(project.err).toMatch(/another project/);
    expect(cloud.seen).toEqual([]);
  });

  test("needs a run or a plan, not both, and knows no other option", async () => {
    const { run } = bulk();
    for (const argv of [
      ["apply"],
      ["apply", "plan.json", "--resume", UNKNOWN],
      ["apply", "--force"],
    ])
      expect((await run(argv)).exit).toBe(3);
  });

  test("waits for a worker that has the run, until somebody interrupts", async () => {
    const { run, json, apply, path } = bulk();
    const name = await apply();
    await rm(runFile(path, name, "report.json"));
    const until = new Date(Date.now() + 60_000).toISOString();
    const lease = { run: name, worker: "elsewhere.1.abc", until };
    await writeFile(join(path, ".tagwarden/active", `${name}.json`), JSON.stringify(lease));
    expect((await json(["status", name])).data.state).toBe("running");
    const { exit, err } = await run(["apply", "--resume", name], {
      signal: AbortSignal.timeout(100),
    });
    expect(exit).toBe(130);
    expect(err).toMatch(/another worker has the run/);
  });
});

describe("a plan of another project", () => {
  test("is not applied", async () => {
    const { run, writes } = bulk();
    await run(["plan", "-o", "plan.json"]);
    const env = { HUAWEICLOUD_SDK_PROJECT_ID: "f".repeat(32) };
    const { exit, err } = await run(["apply", "plan.json", "--yes"], { env });
    expect([exit, writes()]).toEqual([3, 0]);
    expect(err).toMatch(/another project/);
  });
});

describe("what is shown", () => {
  test("is one JSON document on stdout wherever it is asked for, with talk beside it", async () => {
    const { json, run } = bulk();
    const planned = await json(["plan", "-o", "plan.json"]);
    expect(planned.data).toMatchObject({ kind: "plan" });
    const applied = await json(["apply", "plan.json", "--yes"]);
    const undone = await json(["undo", applied.data.run, "-o", "undo.json"]);
    expect(undone.data).toMatchObject({ kind: "plan", origin: { by: "undo" } });
    expect((await json(["status"])).data.runs).toHaveLength(1);
    expect((await json(["status", applied.data.run])).data.state).toBe("finished");
    expect((await json(["dlq", "list"])).data).toMatchObject({ lost: [] });
    expect((await json(["dlq", "drop", "--all"])).data).toEqual({ done: [] });
    expect((await json(["apply", "undo.json", "--yes"])).exit).toBe(0);
    await run(["plan", "-o", "plan.json"]);
    await run(["apply", "plan.json", "--yes"]);
    await run(["plan", "-o", "plan.json"]);
    const nothing = await json(["apply", "plan.json", "--yes"]);
    expect(nothing.data).toMatchObject({ run: null, summary: { tagged: 0 } });
  });

  test("fits into 80 columns", async () => {
    const { run, apply } = bulk();
    const name = await apply();
    for (const argv of [["status"], ["status", name], ["undo", name], ["dlq", "list"], ["plan"]]) {
      const { out, err } = await run(argv, { width: 80 });
      for (const line of `${out}${err}`.split("\n").filter((it) => !it.includes("tagwarden-cli-")))
        expect(line.length).toBeLessThanOrEqual(80);
    }
  });

  test("has a progress bar on a terminal's stderr, and none elsewhere or with --quiet", async () => {
    const { run } = bulk();
    const bar = /\[[#-]{24}\] \d+\/\d+/;
    const applied = async (argv: readonly string[], terminal: boolean) => {
      await run(["plan", ...["--set", `Round=${terminal}${argv.length}`], "-o", "plan.json"]);
      return run([...argv, "apply", "plan.json", "--yes"], { terminal });
    };
    const shown = await applied([], true);
    expect(shown.err).toMatch(bar);
    expect(shown.out).not.toMatch(bar);
    expect((await applied([], false)).err).not.toMatch(bar);
    expect((await applied(["--quiet"], true)).err).not.toMatch(bar);
  });
});
