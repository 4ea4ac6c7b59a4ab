// Builds dist/: one bundle and one zip for each function, and the command line.
//   npm run build [-- --policy <file>] [--outdir <folder>]
// With --keep, functions that are built already are left as they are (after an installation).
// The same input gives the same bytes: no time, no path and no host goes into what is written.
import { existsSync } from "node:fs";
import { chmod, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import * as esbuild from "esbuild";
import { zipSync } from "fflate";

const ROOT = fileURLToPath(new URL(".", import.meta.url));
const require = createRequire(import.meta.url);
export const DEFAULT_POLICY = "infra/policy/tag-policy.yaml";

const SIGNER = /huaweicloud-sdk-core[\\/]auth[\\/]AKSKSigner\.js$/;
const UNDICI = /node_modules[\\/]undici[\\/]/;

/**
 * What stands behind our dependencies and is hardly used by a function, replaced at bundle time by the
 * part that is. Each row pays for itself in the cold start; test/sign.test.ts holds the signer to the
 * untouched SDK's signatures.
 */
const REPLACED = [
  // The signer formats `X-Sdk-Date`, which we always set in the only form that it may have.
  {
    name: "moment",
    behind: SIGNER,
    text: `module.exports = (date) => {
      if (!/^\\d{8}T\\d{6}Z$/.test(date)) throw new TypeError("X-Sdk-Date must look like 20260102T030405Z");
      const utc = { utcOffset: () => utc, format: () => date.slice(0, 15) };
      return utc;
    };`,
  },
  // The signer sorts header names.
  {
    name: "lodash",
    behind: SIGNER,
    text: `exports.sortBy = (list, by) => [...list].sort((a, b) => (by(a) < by(b) ? -1 : by(a) > by(b) ? 1 : 0));`,
  },
  // The signer takes host and path from an URL that we built; `url.parse` is the slow, legacy way.
  {
    name: "url",
    behind: SIGNER,
    text: `exports.parse = (text) => {
      const [, host, pathname] = /^https?:\\/\\/([^/?#]+)([^?#]*)$/.exec(text);
      return { host, pathname };
    };`,
  },
  // The signer copies all of its crypto module, and WebCrypto is loaded by being looked at.
  {
    name: "crypto",
    behind: SIGNER,
    text: `const { createHash, createHmac } = require("node:crypto");
      module.exports = { __esModule: true, createHash, createHmac };`,
  },
  // undici asserts; the module behind it prepares coloured differences for test runners.
  {
    name: "node:assert",
    behind: UNDICI,
    text: `module.exports = (holds, message) => {
        if (!holds) throw new Error(message ?? "an assertion of undici does not hold");
      };
      module.exports.strictEqual = (one, other) => module.exports(Object.is(one, other));`,
  },
  // undici looks up two names there, and has a parser of its own.
  {
    name: "node:http",
    behind: UNDICI,
    text: `exports.IncomingMessage = class {};
      exports.maxHeaderSize = 16_384;`,
  },
  // A pool and its request(): not the fetch, WebSocket, cookies, cache and mocks of undici's index.
  {
    name: "undici",
    behind: /./,
    text: `const Dispatcher = require("undici/lib/dispatcher/dispatcher.js");
      Dispatcher.prototype.request = require("undici/lib/api/api-request.js");
      exports.Pool = require("undici/lib/dispatcher/pool.js");`,
  },
];

/** Files inside undici that a function never reaches: HTTP/2, form data, and the parser for machines without SIMD. */
const UNREACHED =
  /undici[\\/]lib[\\/](dispatcher[\\/]client-h2|web[\\/]fetch[\\/]body|llhttp[\\/]llhttp-wasm)\.js$/;

/** Sources in which one expression is replaced; the build fails when a new version has changed it. */
const REWRITTEN = [
  {
    // The first comparison in a locale's order loads the tables of ICU, a sixth of the whole cold start.
    // Header names are ASCII, and the signer's other list of them is sorted without a locale.
    file: SIGNER,
    from: "a.key.toLocaleLowerCase().localeCompare(b.key.toLocaleLowerCase())",
    to: "(a.key.toLowerCase() < b.key.toLowerCase() ? -1 : 1)",
  },
  {
    // undici's HTTP parser is WebAssembly, which V8 would optimise in the background after the first few
    // hundred kilobytes: as much CPU time as the whole first event. A larger budget, for this module
    // only, puts that off until it pays. (With a flag changed, Node cannot use its code cache.)
    file: /undici[\\/]lib[\\/]dispatcher[\\/]client-h1\.js$/,
    from: "await WebAssembly.compile(require('../llhttp/llhttp_simd-wasm.js'))",
    to: `((bytes) => {
      const { setFlagsFromString } = require("node:v8");
      setFlagsFromString("--wasm-tiering-budget=50000000");
      const parser = new WebAssembly.Module(bytes);
      setFlagsFromString("--wasm-tiering-budget=1800000");
      return parser;
    })(require('../llhttp/llhttp_simd-wasm.js'))`,
  },
];
async function rewrite(path, { from, to }) {
  const parts = (await readFile(path, "utf8")).split(from);
  if (parts.length !== 2)
    throw new Error(`${path} has changed: look again at what is replaced in it`);
  return { contents: parts.join(to) };
}

export const replacements = {
  name: "replacements",
  setup(build) {
    const namespace = "replaced";
    for (const { name, behind, text } of REPLACED) {
      build.onResolve({ filter: new RegExp(`^${name}$`) }, ({ importer }) =>
        behind.test(importer) ? { path: name, namespace } : undefined,
      );
      const filter = new RegExp(`^${name}$`);
      build.onLoad({ filter, namespace }, () => ({ contents: text, resolveDir: ROOT }));
    }
    for (const change of REWRITTEN)
      build.onLoad({ filter: change.file }, ({ path }) => rewrite(path, change));
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
  // One character beyond Latin-1 would make the whole source two bytes wide: slower to read and compile.
  charset: "ascii",
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
