/**
 * Goal: a store that cannot be used keeps every tag as it is, and the message says why.
 * Method: the real command line; stores in folders and in the local cloud's buckets.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Bulk, useBulk } from "./bulk.ts";
import { environmentOf } from "./fixture.ts";

const bulk = useBulk();
const KMS_ACTIONS = [
  "csms:*",
  "kms:*",
  "csms:tag:batch",
  "csms:tag:getBySecret",
  "csms:tag:getSecretByTag",
];

async function planned(): Promise<Bulk> {
  const all = bulk();
  await all.run(["plan", "-o", "plan.json"]);
  return all;
}

describe("nothing is written", () => {
  test("where the store's bucket is not there", async () => {
    const { run, writes } = await planned();
    const { exit, err } = await run([
      "apply",
      "plan.json",
      "--yes",
      "--store",
      "obs://no-bucket/x",
    ]);
    expect([exit, writes()]).toEqual([2, 0]);
    expect(err).toMatch(/no-bucket/);
  });

  test("where the agency may not use the bucket", async () => {
    const { run, writes, cloud } = await planned();
    cloud.objects.createBucket("runs");
    const agency = environmentOf(cloud, cloud.agency("tagger"));
    cloud.allowOnly("tagger", KMS_ACTIONS);
    const { exit, err } = await run(["apply", "plan.json", "--yes", "--store", "obs://runs/x"], {
      env: agency,
    });
    expect([exit, writes()]).toEqual([4, 0]);
    expect(err).toMatch(/permissions were refused/);
    expect(cloud.objects.keys("runs")).toEqual([]);
  });

  test("where a file stands in the store's place", async () => {
    const { run, writes, path } = await planned();
    await writeFile(join(path, "file"), "");
    for (const store of ["file", "file/below"]) {
      const { exit, err } = await run(["apply", "plan.json", "--yes", "--store", store]);
      expect([exit, writes()]).toEqual([2, 0]);
      expect(err).toMatch(/expected a folder where there is a file/);
    }
  });

  // Root may write anywhere.
  test.skipIf(process.getuid?.() === 0)("where nobody may write into the folder", async () => {
    const { run, writes, path } = await planned();
    const store = join(path, "closed");
    await mkdir(store, { mode: 0o500 });
    const { exit, err } = await run(["apply", "plan.json", "--yes", "--store", store]);
    expect([exit, writes()]).toEqual([4, 0]);
    expect(err).toMatch(/permission to read and write/);
  });

  test.each(["ftp://x/y", "obs://", "obs://UPPER_case/x"])(
    "where the store is called %s",
    async (store) => {
      const { run, writes } = await planned();
      const { exit, out } = await run(["apply", "plan.json", "--yes", "--store", store]);
      expect([exit, writes(), out]).toEqual([3, 0, ""]);
    },
  );
});

describe("a bucket as the store", () => {
  test("keeps a run from its plan to the undo of its undo, with temporary credentials", async () => {
    const { json, run, cloud, tagsOf } = await planned();
    cloud.objects.createBucket("runs");
    const env = {
      ...environmentOf(cloud, cloud.agency("tagger")),
      TAGWARDEN_STORE: "obs://runs/tagwarden",
    };
    const before = tagsOf("alias");
    const applied = await json(["apply", "plan.json", "--yes"], { env });
    expect(applied.exit).toBe(0);
    expect(applied.data.summary).toMatchObject({ tagged: 4 });
    const after = tagsOf("alias");
    const keys = cloud.objects.keys("runs");
    for (const file of ["plan.json", "run.json", "report.json"])
      expect(keys).toContain(`tagwarden/runs/${applied.data.run}/${file}`);
    expect(keys.filter((key) => key.includes("/active/"))).toEqual([]);

    expect((await json(["status"], { env })).data.runs).toMatchObject([{ state: "finished" }]);
    expect((await run(["undo", applied.data.run, "-o", "undo.json"], { env })).exit).toBe(1);
    const undone = await json(["apply", "undo.json", "--yes"], { env });
    expect(tagsOf("alias")).toEqual(before);
    await run(["undo", undone.data.run, "-o", "redo.json"], { env });
    expect((await run(["apply", "redo.json", "--yes"], { env })).exit).toBe(0);
    expect(tagsOf("alias")).toEqual(after);
  });

  test("that refuses the journal stops the run before its first write, and whoever resumes it need not wait", async () => {
    const { json, run, cloud, writes } = await planned();
    cloud.objects.createBucket("runs");
    const env = { TAGWARDEN_STORE: "obs://runs/tagwarden" };
    // The plan and its order are stored, then the lease, then the first segment is refused.
    cloud.addFault({
      operation: "PutObject",
      after: 3,
      times: 1,
      fault: { kind: "answer", status: 403, body: "" },
    });
    const refused = await run(["apply", "plan.json", "--yes"], { env });
    expect([refused.exit, writes()]).toEqual([4, 0]);
    cloud.clearFaults();
    const [name] = (await json(["status"], { env })).data.runs.map(
      (one: { run: string }) => one.run,
    );
    expect((await run(["apply", "--resume", name], { env })).exit).toBe(0);
    expect((await json(["status", name], { env })).data.summary).toEqual({ tagged: 4 });
  });
});
