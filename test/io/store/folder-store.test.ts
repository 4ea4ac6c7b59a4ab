/**
 * Goal: a folder is a store whatever happens to the process, and says what is wrong with the disk.
 * Method: real files. A process that writes without end is killed between two lines that it prints; it
 * runs the bundled store, as somebody who is not root.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, readdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { build } from "esbuild";
import { describe, expect, test } from "vitest";
import { folderFault } from "../../../shared/io/store/folder-fault.ts";
import { TEMPORARY } from "../../../shared/io/store/store-name.ts";
import { all, failureOf, useStores } from "./fixture.ts";

const stores = useStores();
const NOBODY = 65_534;

const mode = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);

test("files and folders are their owner's only", async () => {
  const root = join(stores.folder(), "deep", "store");
  await stores.inFolder(root).write("runs/1/plan.json", "{}");
  expect(await mode(join(root, "runs/1/plan.json"))).toBe("600");
  for (const folder of ["..", ".", "runs", "runs/1"])
    expect(await mode(join(root, folder)), folder).toBe("700");
});

test("a write leaves nothing beside what it wrote, whether or not it succeeds", async () => {
  const root = stores.folder();
  const store = stores.inFolder(root);
  await store.write("a", "1");
  await store.write("a", "2");
  await mkdir(join(root, "b"));
  expect(await failureOf(store.write("b", "3"))).toMatchObject({ code: "misplaced" });
  expect((await readdir(root)).sort()).toEqual(["a", "b"]);
});

test("what a killed write left behind is not listed, not read and not in the way", async () => {
  const root = stores.folder();
  const store = stores.inFolder(root);
  await store.write("runs/1/plan.json", "whole");
  await writeFile(join(root, "runs/1", `${TEMPORARY}1`), "ha");
  await mkdir(join(root, "runs/2"));
  await writeFile(join(root, "runs/2", `${TEMPORARY}2`), "");
  expect(await all(store.list(""))).toEqual(["runs/1/plan.json"]);
  expect(await all(store.folders("runs/"))).toEqual(["runs/1/"]);
  await expect(store.read(`runs/2/${TEMPORARY}2`)).rejects.toThrow(TypeError);
  await store.write("runs/2/plan.json", "whole");
  expect(await all(store.folders("runs/"))).toEqual(["runs/1/", "runs/2/"]);
});

test("links and others' files do no harm: links are not listed, files are", async () => {
  const root = stores.folder();
  const store = stores.inFolder(root);
  await store.write("a/b", "1");
  await symlink(root, join(root, "loop"));
  await writeFile(join(root, "a", "an odd name: é"), "2");
  expect(await all(store.list(""))).toEqual(["a/an odd name: é", "a/b"]);
  expect(await store.read("a/an odd name: é")).toBe("2");
});

describe("what stands in the way is named, with what was expected", () => {
  test("a file where a folder is expected", async () => {
    const root = stores.folder();
    await writeFile(join(root, "runs"), "");
    const store = stores.inFolder(root);
    const place = join(root, "runs/1");
    const expected = {
      code: "misplaced",
      place,
      detail: expect.stringContaining("expected a folder"),
    };
    expect(await failureOf(store.write("runs/1", ""))).toMatchObject(expected);
    expect(await failureOf(store.read("runs/1"))).toMatchObject(expected);
    expect(await failureOf(store.remove("runs/1"))).toMatchObject(expected);
    const inFile = stores.inFolder(join(root, "runs"));
    expect(await failureOf(all(inFile.list("")))).toMatchObject({ code: "misplaced" });
    expect(await failureOf(inFile.write("x", ""))).toMatchObject({ code: "misplaced" });
  });

  test("a folder where a file is expected", async () => {
    const root = stores.folder();
    await mkdir(join(root, "runs"));
    const store = stores.inFolder(root);
    const work = [
      () => store.write("runs", "x"),
      () => store.read("runs"),
      () => store.remove("runs"),
    ];
    for (const run of work)
      expect(await failureOf(run())).toMatchObject({
        ...{ code: "misplaced", place: join(root, "runs") },
        detail: expect.stringContaining("expected a file"),
      });
  });

  test.each([
    ["ENOSPC", "full", "expected room on the disk (ENOSPC)"],
    ["EDQUOT", "full", "expected room in the disk quota (EDQUOT)"],
    ["EROFS", "denied", "expected a file system that can be written (EROFS)"],
    ["EIO", "unexpected", "EIO"],
  ])("%s", (code, kind, detail) => {
    const fault = folderFault("write", "/store/x", Object.assign(new Error("SECRET"), { code }));
    expect(fault).toMatchObject({ code: kind, operation: "write", place: "/store/x", detail });
    expect(String(fault)).not.toContain("SECRET");
  });

  test("what is no fault of the file system passes through", () => {
    const defect = new TypeError("x is not a function");
    expect(folderFault("write", "/x", defect)).toBe(defect);
  });
});

/** Runs a script with the store bundled as `openStore`, as nobody; yields the lines that it prints. */
async function run(script: string) {
  const folder = stores.folder();
  await chmod(folder, 0o755);
  const file = join(folder, "script.cjs");
  await build({
    stdin: {
      contents: `import { createFolderStore } from "./shared/io/store/folder-store.ts"; ${script}`,
      resolveDir: new URL("../../..", import.meta.url).pathname,
      loader: "ts",
    },
    outfile: file,
    ...{ bundle: true, platform: "node", format: "cjs", logLevel: "silent" },
  });
  const ids = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  const child = spawn(process.execPath, [file], {
    cwd: "/",
    stdio: ["ignore", "pipe", "inherit"],
    ...ids,
  });
  stores.stopLater(() => child.kill("SIGKILL"));
  return { child, lines: createInterface({ input: child.stdout }) };
}

/** A folder that the script may write into. */
async function openFolder(): Promise<string> {
  const root = stores.folder();
  await chmod(root, 0o777);
  return root;
}

test("a folder without permission is named", async () => {
  const root = stores.folder();
  await writeFile(join(root, "x"), "");
  await chmod(root, 0o500);
  stores.stopLater(() => chmod(root, 0o700));
  const { lines } = await run(`
    const store = createFolderStore(${JSON.stringify(root)});
    const list = async () => { for await (const name of store.list("")) name; };
    (async () => {
      for (const work of [() => store.write("a/b", ""), () => store.write("a", ""), () => store.remove("x")])
        await work().then(() => console.log("done"), ({ code, place }) => console.log(code, place));
      await list().then(() => console.log("listed"), ({ code, place }) => console.log(code, place));
    })();`);
  const said: string[] = [];
  for await (const line of lines) said.push(line);
  const reading = process.getuid?.() === 0 ? `denied ${root}` : "listed";
  expect(said).toEqual([...["a/b", "a", "x"].map((name) => `denied ${join(root, name)}`), reading]);
});

test("a process that is killed while it writes leaves one whole text or the other", async () => {
  const root = await openFolder();
  const { child, lines } = await run(`
    const store = createFolderStore(${JSON.stringify(root)});
    const texts = ["0", "1", "2", "3"].map((text) => text.repeat(2_000_000));
    (async () => {
      for (let i = 0; ; i++) { await store.write("runs/1/state.json", texts[i % 4]); console.log(i); }
    })();`);
  const store = stores.inFolder(root);
  for await (const line of lines) {
    const text = await readFile(join(root, "runs/1/state.json"), "utf8");
    expect(new Set(text).size, line).toBe(1);
    expect(text).toHaveLength(2_000_000);
    if (Number(line) >= 12) break;
  }
  child.kill("SIGKILL");
  await once(child, "exit");
  const text = (await store.read("runs/1/state.json")) ?? "";
  expect([text.length, new Set(text).size]).toEqual([2_000_000, 1]);
  expect(await all(store.list(""))).toEqual(["runs/1/state.json"]);
});

test("a folder that a file system denies and does not have is an error, and not an endless try", async () => {
  const store = stores.inFolder("/proc/tagwarden/store");
  expect(await failureOf(store.write("a.json", "{}"))).toMatchObject({ name: "StoreError" });
});
