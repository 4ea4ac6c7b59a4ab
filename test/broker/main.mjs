// Tests the Kafka transport against a real Apache Kafka: npm run test:broker [-- <vitest arguments>]
// Needs Java 17 or newer; Maven and the network only to fetch the broker, once, into .local/kafka.
// Exit code 3: something that it needs is missing.
import { spawnSync } from "node:child_process";
import { cp, mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const require = createRequire(import.meta.url);
const JAVA_MIN = 17;
const FETCH_MS_MAX = 5 * 60_000;
const HERE = fileURLToPath(new URL(".", import.meta.url));
const ROOT = join(HERE, "..", "..");
const CACHE = join(ROOT, ".local", "kafka");
const POM = join(HERE, "pom.xml");

class MissingError extends Error {}

function requireJava() {
  const { error, stderr = "" } = spawnSync("java", ["-version"], { encoding: "utf8" });
  const version = /version "(\d+)/.exec(stderr)?.[1];
  if (error || version === undefined)
    throw new MissingError(`no java: install a Java runtime, ${JAVA_MIN} or newer`);
  if (Number(version) < JAVA_MIN)
    throw new MissingError(`java is ${version}: the broker needs ${JAVA_MIN} or newer`);
}

/** Are the jars there that this pom asks for? */
async function isFetched() {
  try {
    const [asked, fetched] = await Promise.all(
      [POM, join(CACHE, "pom.xml")].map((path) => readFile(path, "utf8")),
    );
    return asked === fetched && (await readdir(join(CACHE, "lib"))).length > 0;
  } catch {
    return false;
  }
}

async function fetchBroker() {
  const { error } = spawnSync("mvn", ["-version"]);
  if (error) throw new MissingError("no mvn: install Maven, which fetches the broker");

  // Beside its place and then moved, so that what was fetched in part never looks complete.
  const part = `${CACHE}.${process.pid}`;
  await mkdir(part, { recursive: true });
  process.stderr.write("fetching the broker into .local/kafka …\n");
  const { status, stdout } = spawnSync(
    "mvn",
    [
      ...["-q", "-B", "-f", POM, "dependency:copy-dependencies"],
      ...["-DincludeScope=runtime", `-DoutputDirectory=${join(part, "lib")}`],
    ],
    { encoding: "utf8", timeout: FETCH_MS_MAX },
  );
  if (status !== 0) {
    await rm(part, { recursive: true, force: true });
    process.stderr.write(`${stdout.slice(0, 1000)}\n`);
    throw new MissingError("the broker cannot be fetched: no network, or no repository of Maven");
  }
  await cp(POM, join(part, "pom.xml"));
  await rm(CACHE, { recursive: true, force: true });
  await rename(part, CACHE);
}

try {
  requireJava();
  if (!(await isFetched())) await fetchBroker();
  const vitest = join(dirname(require.resolve("vitest/package.json")), "vitest.mjs");
  const config = join(HERE, "vitest.config.ts");
  const { status } = spawnSync(
    process.execPath,
    [vitest, "run", "--config", config, ...process.argv.slice(2)],
    { stdio: "inherit", cwd: ROOT },
  );
  process.exitCode = status ?? 1;
} catch (error) {
  if (!(error instanceof MissingError)) throw error;
  process.stderr.write(`test:broker: ${error.message}\n`);
  process.exitCode = 3;
}
