// Runs Terraform itself over infra/: npm run test:terraform [-- --provider]
// Needs `terraform` (1.7 or newer) or `tofu` on the PATH. Checks the format, validates the module and every
// example, and runs the module's own tests. The provider is a stand-in that knows the documented schema
// (provider.mjs); with --provider it is the real one, which Terraform fetches from its registry.
// Exit code 3: something that it needs is missing.
import { spawn, spawnSync } from "node:child_process";
import { cp, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { build } from "../../esbuild.config.mjs";
import { startProvider } from "./provider.mjs";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const INFRA = join(HERE, "..", "..", "infra");

class MissingError extends Error {}

/** The first of the two that answers. */
function findTool() {
  const tool = ["terraform", "tofu"].find((name) => spawnSync(name, ["version"]).status === 0);
  if (tool === undefined)
    throw new MissingError("no terraform and no tofu on the PATH: install Terraform or OpenTofu");
  return tool;
}

/** Not `spawnSync`: the provider answers in this process. */
function run(tool, args, cwd, environment) {
  process.stdout.write(`\n${tool} ${args.join(" ")}   ${cwd.replace(/^.*\/infra/, "infra")}\n`);
  return new Promise((resolve, reject) => {
    const env = { ...process.env, ...environment, CHECKPOINT_DISABLE: "1", TF_IN_AUTOMATION: "1" };
    const child = spawn(tool, args, { cwd, env, stdio: "inherit" });
    child.on("error", reject);
    child.on("exit", (code) => resolve(code === 0));
  });
}

/** A copy beside built functions, because Terraform writes where it works. */
async function prepare(folder) {
  await cp(INFRA, join(folder, "infra"), { recursive: true });
  await build({ outdir: join(folder, "dist"), withTools: false });
}

async function checkAll(tool, environment, folder) {
  const module = join(folder, "infra");
  const names = await readdir(join(module, "examples"));
  const examples = names.map((name) => join(module, "examples", name));
  const results = [await run(tool, ["fmt", "-check", "-diff", "-recursive"], INFRA, environment)];
  for (const cwd of [module, ...examples]) {
    const isReady = await run(tool, ["init", "-input=false", "-backend=false"], cwd, environment);
    results.push(isReady && (await run(tool, ["validate"], cwd, environment)));
  }
  results.push(await run(tool, ["test"], module, environment));
  return results.every((passed) => passed);
}

async function main() {
  const { values } = parseArgs({ options: { provider: { type: "boolean" } } });
  const tool = findTool();
  const folder = await mkdtemp(join(tmpdir(), "tagwarden-infra-"));
  const provider = values.provider ? null : await startProvider();
  try {
    await prepare(folder);
    return await checkAll(tool, provider?.environment ?? {}, folder);
  } finally {
    provider?.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

try {
  process.exitCode = (await main()) ? 0 : 1;
} catch (error) {
  if (!(error instanceof MissingError)) throw error;
  process.stderr.write(`test:terraform: ${error.message}\n`);
  process.exitCode = 3;
}
