// Builds dist/: one bundle, one zip and one bill of materials for each function, what their agencies must be
// allowed (permissions.json), and the command line.
//   npm run build [-- --policy <file>] [--outdir <folder>]
// With --keep, functions that are built already are left as they are (after an installation).
// The same input gives the same bytes: no time, no path and no host goes into what is written.
import { existsSync } from "node:fs";
import { chmod, copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import * as esbuild from "esbuild";
import { zipSync } from "fflate";
import { bundleFunctions, COMMON, functionNames, ROOT, replacements } from "./functions/bundle.mjs";
import { billOfMaterials, noticesText, packagesOf } from "./functions/notices.mjs";

const require = createRequire(import.meta.url);
export const DEFAULT_POLICY = "infra/policy/tag-policy.yaml";

const READERS = [
  "shared/io/policy/file.ts",
  "shared/io/audit/scopes-file.ts",
  "shared/core/permission/demand.ts",
  "shared/core/permission/document.ts",
];

/** Runs a task with the code that the command line uses to read policies and scopes. */
async function withReaders(task) {
  const readers = join(ROOT, "node_modules", ".cache", "tagwarden", `policy-${process.pid}.mjs`);
  try {
    await esbuild.build({
      ...COMMON,
      stdin: {
        contents: READERS.map((file) => `export * from "./${file}";`).join(""),
        resolveDir: ROOT,
      },
      format: "esm",
      packages: "external",
      outfile: readers,
    });
    return await task(await import(pathToFileURL(readers).href));
  } finally {
    await rm(readers, { force: true });
  }
}

/** Checks and compiles a policy; throws with all problems. */
async function compilePolicy(path, readPolicy, formatProblem) {
  const result = await readPolicy(path);
  if (!result.ok) throw new PolicyError(result.problems.map(formatProblem).join("\n"));
  return result.policy;
}

/** Regions and projects beside the policy, which the audit covers; `null` where there is no such file. */
async function packScopes(policy, readScopes) {
  const files = ["scopes.yaml", "scopes.json"].map((name) => join(dirname(policy), name));
  const [path, other] = files.filter((file) => existsSync(file));
  if (path === undefined) return null;
  if (other !== undefined) throw new PolicyError(`${path} and ${other}: expected one of them`);
  const read = await readScopes(path);
  if (!read.ok) throw new PolicyError(`${path}: ${read.problem}`);
  return read.scopes;
}

/** What travels with the functions, and what their agencies must be allowed. */
function compileAll(path) {
  return withReaders(async ({ readPolicy, formatProblem, readScopes, ...permission }) => {
    const policy = await compilePolicy(path, readPolicy, formatProblem);
    const { permissionsOf, ANY_DEPLOYMENT } = permission;
    const permissions = permissionsOf(policy, ANY_DEPLOYMENT);
    return { policy, scopes: await packScopes(path, readScopes), permissions };
  });
}

class PolicyError extends Error {}

/** The function that covers several regions and projects. */
const SCOPED = "audit";

async function buildFunctions(names, compiled, outdir) {
  const bundles = await bundleFunctions(names);
  await Promise.all(bundles.map((bundle) => packFunction(bundle, compiled, outdir)));
}

async function packFunction({ name, text, inputs }, { policy, scopes }, outdir) {
  const { version } = require("./package.json");
  const packages = await packagesOf(inputs);
  const files = {
    "index.js": text,
    "policy.json": JSON.stringify(policy),
    "tagwarden.json": JSON.stringify({ name, version, policyHash: policy.hash }),
    LICENSE: await readFile(join(ROOT, "LICENSE"), "utf8"),
    "THIRD-PARTY-LICENSES.txt": noticesText(packages),
  };
  if (name === SCOPED && scopes !== null) files["scopes.json"] = JSON.stringify(scopes);
  const folder = join(outdir, name);
  await mkdir(folder, { recursive: true });
  // Of an earlier build: it would go on covering what nobody names any more.
  await rm(join(folder, "scopes.json"), { force: true });
  const zipped = {};
  for (const [file, text] of Object.entries(files)) {
    await writeFile(join(folder, file), text);
    zipped[file] = Buffer.from(text);
  }
  const bill = billOfMaterials({ name, version, text, packages });
  await writeJson(join(outdir, `${name}.sbom.json`), bill);
  // The zip format's earliest date: the time of the build would change the bytes.
  await writeFile(
    join(outdir, `${name}.zip`),
    zipSync(zipped, { level: 9, mtime: "1980-01-01T12:00:00" }),
  );
}

function writeJson(path, value) {
  return writeFile(path, `${JSON.stringify(value, null, 2)}\n`);
}

/** Tools that run on a developer's machine: the command line, and what it starts from a checkout. */
const TOOLS = {
  tagwarden: "shared/cli/main.ts",
  "local-cloud": "test/cloud/main.ts",
  demo: "test/demo/main.ts",
  bench: "test/bench/main.ts",
  fuzz: "test/fuzz/main.ts",
  simulate: "test/simulation/main.ts",
  soak: "test/soak/main.ts",
  "soak-instance": "test/soak/instance.ts",
};

/** All in one go, so that what several of them hold is read once. */
async function buildTools(outdir) {
  const { version } = require("./package.json");
  await esbuild.build({
    ...COMMON,
    entryPoints: Object.entries(TOOLS).map(([out, entry]) => ({ in: entry, out })),
    // The same transport as in the functions, so that what is measured and shown is what ships.
    plugins: [replacements],
    outdir,
    outExtension: { ".js": ".cjs" },
    define: { TAGWARDEN_VERSION: JSON.stringify(version) },
    banner: { js: "#!/usr/bin/env node" },
  });
  for (const name of Object.keys(TOOLS)) await chmod(join(outdir, `${name}.cjs`), 0o755);
}

/** The page of the local cloud, beside it: its script for a browser, its markup and style as they are. */
async function buildConsole(outdir) {
  const page = join(ROOT, "test", "cloud", "console", "page");
  const folder = join(outdir, "console");
  await mkdir(folder, { recursive: true });
  await esbuild.build({
    ...COMMON,
    entryPoints: [join(page, "main.ts")],
    platform: "browser",
    format: "iife",
    target: "es2022",
    minify: true,
    outfile: join(folder, "page.js"),
  });
  for (const name of ["page.html", "page.css"])
    await copyFile(join(page, name), join(folder, name));
}

export async function build({
  policy = join(ROOT, DEFAULT_POLICY),
  outdir = join(ROOT, "dist"),
  keep = false,
  withTools = true,
} = {}) {
  await mkdir(outdir, { recursive: true });
  const names = await functionNames();
  const wanted = keep ? names.filter((name) => !existsSync(join(outdir, `${name}.zip`))) : names;
  const compiled = wanted.length > 0 ? await compileAll(policy) : null;
  if (compiled !== null) await writeJson(join(outdir, "permissions.json"), compiled.permissions);
  const functions = compiled === null ? [] : [buildFunctions(wanted, compiled, outdir)];
  const tools = withTools ? [buildTools(outdir), buildConsole(outdir)] : [];
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
