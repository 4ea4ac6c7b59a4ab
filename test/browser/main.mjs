// Runs the browser tests: npm run test:browser [-- <vitest arguments>]. They need a Chromium or Chrome on
// this machine; without one they say so and end with 3. CHROMIUM names it where it is somewhere else.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findBrowser, MISSING } from "./chromium.mjs";

const browser = findBrowser("test:browser");
if (browser === undefined) {
  process.exitCode = MISSING;
} else {
  const root = fileURLToPath(new URL("../..", import.meta.url));
  const vitest = join(root, "node_modules", "vitest", "vitest.mjs");
  const config = join(root, "test", "browser", "vitest.config.ts");
  const child = spawn(
    process.execPath,
    [vitest, "run", "--config", config, ...process.argv.slice(2)],
    { cwd: root, stdio: "inherit", env: { ...process.env, CHROMIUM: browser } },
  );
  child.on("exit", (code) => {
    process.exitCode = code ?? 1;
  });
}
