/**
 * Goal: what only the process itself can show: streams that close, signals, the real exit code.
 * Method: the command line that the build made, started with Node.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { expect, test } from "vitest";
import { version } from "../../package.json";
import { EVENTS, ROOT, SAMPLE } from "./fixture.ts";

const BUILT = join(ROOT, ".local/tagwarden.cjs");

// Build machines set CI, which some programs take for a terminal that shows colours.
function start(...argv: string[]): ChildProcess {
  const env = { PATH: process.env.PATH, CI: "true" };
  return spawn(process.execPath, [BUILT, ...argv], { cwd: ROOT, env });
}

async function run(...argv: string[]) {
  const child = start(...argv);
  let out = "";
  let err = "";
  child.stdout?.on("data", (chunk) => {
    out += chunk;
  });
  child.stderr?.on("data", (chunk) => {
    err += chunk;
  });
  const [exit] = await once(child, "close");
  return { exit, out, err };
}

test("the bundle runs, and knows its version", async () => {
  expect(await run("--version")).toEqual({ exit: 0, out: `${version}\n`, err: "" });
});

test.each([
  [0, ["validate", SAMPLE]],
  [2, ["explain", `${EVENTS}/no-trace.json`, "--policy", SAMPLE]],
  [3, ["validate", "no-such-policy.yaml"]],
])("the exit code is the process's: %i", async (exit, argv) => {
  expect((await run(...argv)).exit).toBe(exit);
});

test("what goes into a pipe has no colours, on a build machine neither", async () => {
  const { out, err } = await run("validate", SAMPLE);
  expect(out).toContain("Owner.required");
  expect(`${out}${err}`).not.toContain("\u001b");
});

test("a reader that stops early is no error", async () => {
  const child = start("explain", `${EVENTS}/smn-create-keys.json`, "--policy", SAMPLE, "--quiet");
  let err = "";
  child.stderr?.on("data", (chunk) => {
    err += chunk;
  });
  child.stdout?.destroy();
  const [exit, signal] = await once(child, "close");
  expect(signal).toBeNull();
  expect(exit).toBe(2);
  expect(err).not.toContain("EPIPE");
});

test("an interruption ends it with 130", async () => {
  const child = start("explain", "-", "--policy", SAMPLE);
  // More than a pipe holds: once it is written, the verb is running and waits for the rest.
  child.stdin?.write(" ".repeat(1_000_000), () => child.kill("SIGINT"));
  const [exit, signal] = await once(child, "close");
  expect([exit, signal]).toEqual([130, null]);
});
