import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { wallClock } from "../../../shared/io/clock.ts";
import type { FunctionSetup } from "../contract.ts";
import { createFunctionGraph, type FunctionGraph, type FunctionGraphOptions } from "./index.ts";

/** Folder of all code that tests deploy; several files may share it, so it is removed with the process. */
export const root = mkdtempSync(join(tmpdir(), "functiongraph-"));
process.once("exit", () => rmSync(root, { recursive: true, force: true }));
let folders = 0;

/** Time that passes only while somebody waits, or when a test says so. */
export const clock = {
  nowMs: Date.UTC(2026, 0, 2, 3, 4, 5),
  delaysMs: [] as number[],
  now: () => clock.nowMs,
  async sleep(ms: number, signal?: AbortSignal) {
    signal?.throwIfAborted();
    clock.delaysMs.push(ms);
    clock.nowMs += ms;
  },
  after: wallClock.after,
};

/** Starts a function graph that is stopped at the end of the test. */
export function startGraph(options: Partial<FunctionGraphOptions> = {}): FunctionGraph {
  const credentialsOf = (agency: string) => ({ ak: `ak-${agency}`, sk: "sk", token: "token" });
  const graph = createFunctionGraph({ project: "p1", clock, credentialsOf, ...options });
  onTestFinished(async () => {
    await graph.stop();
    clock.delaysMs = [];
  });
  return graph;
}

/** Writes `code` as an `index.js` and describes a function of that: one instance, no retry, no trigger. */
export function setUp(code: string, changes: Partial<FunctionSetup> = {}): FunctionSetup {
  const folder = join(root, String(folders++));
  mkdirSync(folder);
  writeFileSync(join(folder, "index.js"), code);
  return {
    name: "f",
    code: folder,
    userData: {},
    agency: "reader",
    timeoutMs: 20_000,
    memoryMb: 128,
    maxInstances: 1,
    async: { maxRetries: 0, maxAgeSeconds: 3600, retryDelayMs: 1000 },
    traces: [],
    ...changes,
  };
}

/** Starts a function graph with one function, called `f`. */
export function deploy(code: string, changes: Partial<FunctionSetup> = {}): FunctionGraph {
  const graph = startGraph();
  graph.deploy(setUp(code, changes));
  return graph;
}

/** Says whether a process is alive. */
export function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Part of a set-up: so many retries, a second apart. */
export const retrying = (maxRetries: number, maxAgeSeconds = 3600) => ({
  async: { maxRetries, maxAgeSeconds, retryDelayMs: 1000 },
});

/** The result of a request that failed in the function. */
export const userError = (errorMessage: unknown) => ({
  errorMessage,
  errorType: "UserFunctionError",
});

export const ECHO = "exports.handler = async (event) => event;";
export const FAIL = 'exports.handler = async () => { throw new TypeError("no luck"); };';
