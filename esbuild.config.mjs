// Builds dist/: one bundle and one zip for each function, and the command line.
//   npm run build [-- --policy <file>] [--outdir <folder>]
// With --keep, functions that are built already are left as they are (after an installation).
// The same input gives the same bytes: no time, no path and no host goes into what is written.
import { existsSync } from "node:fs";
import { chmod, mkdir, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import * as esbuild from "esbuild";
import { zipSync } from "fflate";
import { bundleFunction, COMMON, functionNames, ROOT, replacements } from "./functions/bundle.mjs";

const require = createRequire(import.meta.url);
export const DEFAULT_POLICY = "infra/policy/tag-policy.yaml";

/** Checks and compiles a policy with the code that the command line uses; throws with all problems. */
export async function compilePolicyFile(path) {
  const compiler = join(ROOT, "node_modules", ".cache", "tagwarden", `policy-${process.pid}.mjs`);
  try {
    await esbuild.build({
      ...COMMON,
      entryPoints: ["shared/io/policy/file.ts"],
      format: "esm",
      packages: "external",
      outfile: compiler,
    });
    const { readPolicy, formatProblem } = await import(pathToFileURL(compiler).href);
    const result = await readPolicy(path);
    if (!result.ok) throw new PolicyError(result.problems.map(formatProblem).join("\n"));
    return result.policy;
  } finally {
    await rm(compiler, { force: true });
  }
}

class PolicyError extends Error {}

async function buildFunction(name, policy, outdir) {
  const files = { "index.js": await bundleFunction(name), "policy.json": JSON.stringify(policy) };
  const folder = join(outdir, name);
  await mkdir(folder, { recursive: true });
  const zipped = {};
  for (const [file, text] of Object.entries(files)) {
    await writeFile(join(folder, file), text);
    zipped[file] = Buffer.from(text);
  }
  // The zip format's earliest date: the time of the build would change the bytes.
  await writeFile(
    join(outdir, `${name}.zip`),
    zipSync(zipped, { level: 9, mtime: "1980-01-01T12:00:00" }),
  );
}

/** Tools that run on a developer's machine: the command line, and what it starts from a checkout. */
const TOOLS = {
  "tagwarden.cjs": "shared/cli/main.ts",
  "local-cloud.cjs": "test/cloud/main.ts",
  "demo.cjs": "test/demo/main.ts",
  "bench.cjs": "test/bench/main.ts",
};

async function buildTool(file, entry, outdir) {
  const { version } = require("./package.json");
  await esbuild.build({
    ...COMMON,
    entryPoints: [entry],
    // The same transport as in the functions, so that what is measured and shown is what ships.
    plugins: [replacements],
    outfile: join(outdir, file),
    define: { TAGWARDEN_VERSION: JSON.stringify(version) },
    banner: { js: "#!/usr/bin/env node" },
  });
  await chmod(join(outdir, file), 0o755);
}

export async function build({
  policy = join(ROOT, DEFAULT_POLICY),
  outdir = join(ROOT, "dist"),
  keep = false,
} = {}) {
  await mkdir(outdir, { recursive: true });
  const names = await functionNames();
  const wanted = keep ? names.filter((name) => !existsSync(join(outdir, `${name}.zip`))) : names;
  const compiled = wanted.length > 0 ? await compilePolicyFile(policy) : null;
  const functions = wanted.map((name) => buildFunction(name, compiled, outdir));
  const tools = Object.entries(TOOLS).map(([file, entry]) => buildTool(file, entry, outdir));
  await Promise.all([...functions, ...tools]);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    const options = {
      policy: { type: "string" },
      outdir: { type: "string" },
      keep: { type: "boolean" },
    };
    const { policy, outdir, keep } = parseArgs({ options }).values;
    await build({
      ...(policy === undefined ? {} : { policy: resolve(policy) }),
      ...(outdir === undefined ? {} : { outdir: resolve(outdir) }),
      keep,
    });
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode =
      error instanceof PolicyError || error.code?.startsWith("ERR_PARSE_ARGS") ? 3 : 6;
  }
}
