// Builds dist/: one bundle and one zip for each function, and the command line.
//   npm run build [-- --policy <file>]
// The same input gives the same bytes: no time, no path and no host goes into what is written.
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import * as esbuild from "esbuild";
import { zipSync } from "fflate";

const ROOT = fileURLToPath(new URL(".", import.meta.url));
const require = createRequire(import.meta.url);
export const DEFAULT_POLICY = "infra/policy/tag-policy.yaml";

/**
 * What stands behind our dependencies and is never used by a function, replaced at bundle time by the
 * part that is. Each row pays for itself in the cold start; test/bundle.test.ts holds the signer to
 * the untouched SDK's signatures.
 */
const REPLACED = {
  // The SDK's signer formats `X-Sdk-Date`, which we always set in the only form that it may have.
  moment: `module.exports = (date) => {
    if (!/^\\d{8}T\\d{6}Z$/.test(date)) throw new TypeError("X-Sdk-Date must look like 20260102T030405Z");
    const utc = { utcOffset: () => utc, format: () => date.slice(0, 15) };
    return utc;
  };`,
  // The SDK's signer sorts header names.
  lodash: `exports.sortBy = (list, by) => [...list].sort((a, b) => (by(a) < by(b) ? -1 : by(a) > by(b) ? 1 : 0));`,
  // The SDK's signer takes host and path from an URL that we built; `url.parse` is the slow, legacy way.
  url: `exports.parse = (text) => {
    const [, host, pathname] = /^https?:\\/\\/([^/?#]+)([^?#]*)$/.exec(text);
    return { host, pathname };
  };`,
  // A pool and its request(): not the fetch, WebSocket, cookies, cache and mocks of undici's index.
  // Its HTTP parser is WebAssembly, which V8 would optimise in the background after the first few
  // hundred kilobytes: twice the CPU time of the whole first event. The budget puts that off.
  undici: `require("node:v8").setFlagsFromString("--wasm-tiering-budget=50000000");
    const Dispatcher = require("undici/lib/dispatcher/dispatcher.js");
    Dispatcher.prototype.request = require("undici/lib/api/api-request.js");
    exports.Pool = require("undici/lib/dispatcher/pool.js");`,
};

/** Files inside undici that a function never reaches: HTTP/2, form data, and the parser for machines without SIMD. */
const UNREACHED =
  /undici[\\/]lib[\\/](dispatcher[\\/]client-h2|web[\\/]fetch[\\/]body|llhttp[\\/]llhttp-wasm)\.js$/;

const SIGNER = /huaweicloud-sdk-core[\\/]auth[\\/]AKSKSigner\.js$/;
const LOCALE_ORDER = "a.key.toLocaleLowerCase().localeCompare(b.key.toLocaleLowerCase())";

/**
 * The signer's one use of a locale's order, for header names: the first comparison loads the tables of
 * ICU, a sixth of the whole cold start. Header names are ASCII and its other list of them is sorted so.
 */
function sortWithoutLocale(source) {
  if (source.split(LOCALE_ORDER).length !== 2)
    throw new Error("the SDK's signer has changed: look again");
  return source.replace(LOCALE_ORDER, "(a.key.toLowerCase() < b.key.toLowerCase() ? -1 : 1)");
}

export const replacements = {
  name: "replacements",
  setup(build) {
    const names = new RegExp(`^(${Object.keys(REPLACED).join("|")})$`);
    build.onResolve({ filter: names }, ({ path, importer }) =>
      path === "url" && !SIGNER.test(importer) ? undefined : { path, namespace: "replaced" },
    );
    build.onLoad({ filter: SIGNER }, async ({ path }) => ({
      contents: sortWithoutLocale(await readFile(path, "utf8")),
    }));
    build.onLoad({ filter: /.*/, namespace: "replaced" }, ({ path }) => ({
      contents: REPLACED[path],
      resolveDir: ROOT,
    }));
    build.onLoad({ filter: UNREACHED }, () => ({
      contents: `module.exports = () => { throw new Error("not part of this bundle"); };`,
    }));
  },
};

const COMMON = {
  absWorkingDir: ROOT,
  bundle: true,
  platform: "node",
  format: "cjs",
  // FunctionGraph's Node.js20.15. Native async functions must stay native: the runtime looks at them.
  target: "node20.15",
  charset: "utf8",
  legalComments: "none",
  logLevel: "error",
};

export async function functionNames() {
  const entries = await readdir(join(ROOT, "functions"), { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

/** Bundles one function; answers with the text of its index.js. */
export async function bundleFunction(name) {
  const result = await esbuild.build({
    ...COMMON,
    entryPoints: [`functions/${name}/index.ts`],
    plugins: [replacements],
    minify: true,
    write: false,
  });
  return result.outputFiles[0].text;
}

/** Checks and compiles a policy with the code that the command line uses; throws with all problems. */
export async function compilePolicyFile(path, outdir) {
  const compiler = join(outdir, ".policy-compiler.mjs");
  await esbuild.build({
    ...COMMON,
    entryPoints: ["shared/io/policy/file.ts"],
    format: "esm",
    packages: "external",
    outfile: compiler,
  });
  const { readPolicy, formatProblem } = await import(pathToFileURL(compiler).href);
  const result = await readPolicy(path);
  await rm(compiler);
  if (!result.ok) throw new PolicyError(result.problems.map(formatProblem).join("\n"));
  return result.policy;
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
}

export async function build({
  policy = join(ROOT, DEFAULT_POLICY),
  outdir = join(ROOT, "dist"),
} = {}) {
  await mkdir(outdir, { recursive: true });
  const compiled = await compilePolicyFile(policy, outdir);
  const functions = (await functionNames()).map((name) => buildFunction(name, compiled, outdir));
  const tools = Object.entries(TOOLS).map(([file, entry]) => buildTool(file, entry, outdir));
  await Promise.all([...functions, ...tools]);
  return { policy: compiled.hash };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    const { values } = parseArgs({
      options: { policy: { type: "string" }, outdir: { type: "string" } },
    });
    const { policy, outdir } = values;
    await build({
      ...(policy === undefined ? {} : { policy: resolve(policy) }),
      ...(outdir === undefined ? {} : { outdir: resolve(outdir) }),
    });
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode =
      error instanceof PolicyError || error.code?.startsWith("ERR_PARSE_ARGS") ? 3 : 6;
  }
}
