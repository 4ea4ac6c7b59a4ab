import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createLookout } from "./processes.ts";

test("a process that has ended, before it is asked or because it is, is left out", async () => {
  const folder = mkdtempSync(join(tmpdir(), "lookout-"));
  const ended = spawn(process.execPath, ["-e", ""]);
  await once(ended, "exit");
  // Nobody listens to the signal there, so it ends this one.
  const living = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
  const exited = once(living, "exit");
  try {
    const pids = [ended.pid, living.pid].filter((pid) => pid !== undefined);
    const { ask } = createLookout(folder, () => pids.map((pid) => ({ function: "audit", pid })));
    expect(await ask()).toEqual([]);
    expect((await exited)[1]).toBe("SIGUSR2");
  } finally {
    living.kill("SIGKILL");
    rmSync(folder, { recursive: true });
  }
});
