import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { makeFolder, tagwarden } from "./fixture.ts";

let home = "";
let remove = async () => {};
beforeEach(async () => {
  const made = await makeFolder();
  home = made.path;
  remove = made.remove;
});
afterEach(() => remove());

test("dev starts the local cloud that was built beside it, and hands its options on", async () => {
  const code = `exports.main = async (argv) => {
    require("node:fs").writeFileSync(${JSON.stringify(join(home, "argv"))}, argv.join(" "));
  };`;
  await writeFile(join(home, "local-cloud.cjs"), code);
  const { exit } = await tagwarden(["dev", "--port", "8080", "x"], { home });
  expect(exit).toBe(0);
  expect(await readFile(join(home, "argv"), "utf8")).toBe("--port 8080 x");
});

test.each([
  ["0", 0],
  ["2", 2],
  ["undefined", 0],
  ["77", 6],
])("what the local cloud answers is the exit code: %s", async (answer, exit) => {
  await writeFile(join(home, "local-cloud.cjs"), `exports.main = async () => ${answer};`);
  expect((await tagwarden(["dev"], { home })).exit).toBe(exit);
});

test("dev ends with 130 when it is interrupted, once the local cloud has ended", async () => {
  const signal = AbortSignal.abort();
  await writeFile(join(home, "local-cloud.cjs"), "exports.main = async () => 0;");
  expect((await tagwarden(["dev"], { home, signal })).exit).toBe(130);
});

test("dev says where it works when there is no local cloud", async () => {
  const { exit, err } = await tagwarden(["dev"], { home });
  expect(exit).toBe(3);
  expect(err).toBe("error: dev works in a checkout, after: npm run build\n");
});

test("dev passes on what goes wrong in the local cloud", async () => {
  const code = `exports.main = async () => { throw new Error("the port is taken"); };`;
  await writeFile(join(home, "local-cloud.cjs"), code);
  const { exit, err } = await tagwarden(["dev"], { home });
  expect(exit).toBe(6);
  expect(err).toContain("the port is taken");
});
