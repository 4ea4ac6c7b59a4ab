// Drives the local cloud with the vendor's own clients for Python: npm run test:conformance [-- <vitest arguments>]
// Needs Python 3.8 or newer with venv; the network only to fetch the clients, once, into .local/python.
// Exit code 3: something that it needs is missing.
import { spawnSync } from "node:child_process";
import { cp, mkdir, readFile, rename, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const require = createRequire(import.meta.url);
const MINOR_MIN = 8;
const FETCH_MS_MAX = 5 * 60_000;
const HERE = fileURLToPath(new URL(".", import.meta.url));
const ROOT = join(HERE, "..", "..");
const HOME = join(ROOT, ".local", "python");
const WANTED = join(HERE, "requirements.txt");
const FETCHED = join(HOME, "requirements.txt");

class MissingError extends Error {}

function requirePython() {
  const { error, stdout = "" } = spawnSync("python3", ["--version"], { encoding: "utf8" });
  const minor = /^Python 3\.(\d+)/.exec(stdout)?.[1];
  if (error || minor === undefined) throw new MissingError("no python3: install Python 3");
  if (Number(minor) < MINOR_MIN)
    throw new MissingError(`python3 is 3.${minor}: the clients need 3.${MINOR_MIN} or newer`);
}

/** Are the clients there that this list asks for? */
async function isFetched() {
  try {
    const [wanted, fetched] = await Promise.all(
      [WANTED, FETCHED].map((path) => readFile(path, "utf8")),
    );
    return wanted === fetched;
  } catch {
    return false;
  }
}

async function fetchClients() {
  await rm(HOME, { recursive: true, force: true });
  await mkdir(dirname(HOME), { recursive: true });
  const made = spawnSync("python3", ["-m", "venv", HOME], { encoding: "utf8" });
  if (made.status !== 0) throw new MissingError("python3 has no venv: install python3-venv");
  process.stderr.write("fetching the vendor's clients into .local/python …\n");
  const pip = [
    join(HOME, "bin", "pip"),
    "install",
    "--quiet",
    "--disable-pip-version-check",
    "-r",
    WANTED,
  ];
  const { status, stderr } = spawnSync(pip[0], pip.slice(1), {
    encoding: "utf8",
    timeout: FETCH_MS_MAX,
  });
  if (status !== 0) {
    process.stderr.write(`${stderr.slice(0, 1000)}\n`);
    throw new MissingError("the clients cannot be fetched: no network, or no package index");
  }
  // Copied last, so that what was fetched in part never looks complete.
  await cp(WANTED, `${FETCHED}.part`);
  await rename(`${FETCHED}.part`, FETCHED);
}

try {
  requirePython();
  if (!(await isFetched())) await fetchClients();
  const vitest = join(dirname(require.resolve("vitest/package.json")), "vitest.mjs");
  const { status } = spawnSync(
    process.execPath,
    [vitest, "run", "--config", join(HERE, "vitest.config.ts"), ...process.argv.slice(2)],
    { stdio: "inherit", cwd: ROOT },
  );
  process.exitCode = status ?? 1;
} catch (error) {
  if (!(error instanceof MissingError)) throw error;
  process.stderr.write(`test:conformance: ${error.message}\n`);
  process.exitCode = 3;
}
