// Runs the browser tests: npm run test:browser [-- <vitest arguments>]. They need a Chromium or Chrome on
// this machine; without one they say so and end with 3. CHROMIUM names it where it is somewhere else.
import { spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const MISSING = 3;

const isProgram = (path) => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

const folders = (process.env.PATH ?? "").split(delimiter);
const found = folders.flatMap((folder) => NAMES.map((name) => join(folder, name)));
const browser = [process.env.CHROMIUM ?? "", ...found].find(isProgram);

if (browser === undefined) {
  process.stderr.write(
    "test:browser needs a Chromium or Chrome: on Debian `apt-get install chromium`, or CHROMIUM=<path>\n",
  );
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
