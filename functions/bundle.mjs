// How the functions are bundled: each into one CommonJS file that needs nothing but Node and starts fast.
// What is replaced here pays for itself in the cold start (`npm run bench`); where a dependency has
// changed so that a replacement no longer fits, the build fails.
import { readdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

// `import` would read all nine megabytes of it twice more, for the names of its exports.
const ts = createRequire(import.meta.url)("typescript");

export const ROOT = fileURLToPath(new URL("..", import.meta.url));

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

/**
 * A large client that most functions of its kind never need: its code is a text in the bundle until somebody
 * asks for it, because V8 has to read all code of a file that is loaded, called or not.
 */
const SELDOM = /^kafka-ts$/;
const SELDOM_NAMESPACE = "seldom";
const seldom = (noteInputs) => ({
  name: "seldom",
  setup(build) {
    build.onResolve({ filter: SELDOM }, ({ path, kind }) => {
      if (kind !== "dynamic-import")
        throw new Error(`${path} must be loaded by import(), when it is needed`);
      return { path, namespace: SELDOM_NAMESPACE };
    });
    build.onLoad({ filter: SELDOM, namespace: SELDOM_NAMESPACE }, async ({ path }) => {
      const entry = { contents: `module.exports = require("${path}");`, resolveDir: ROOT };
      const { outputFiles, metafile } = await esbuild.build({
        ...COMMON,
        stdin: entry,
        minify: true,
        write: false,
        metafile: true,
      });
      noteInputs(`${SELDOM_NAMESPACE}:${path}`, Object.values(metafile.outputs).flatMap(inputsOf));
      const code = JSON.stringify(outputFiles[0].text);
      return { contents: `new Function("module", "require", ${code})(module, require);` };
    });
  },
});

/** The files of which something is in an output. */
function inputsOf({ inputs }) {
  return Object.entries(inputs).flatMap(([path, { bytesInOutput }]) =>
    bytesInOutput > 0 ? path : [],
  );
}

/** What all bundles have in common. */
export const COMMON = {
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
  const entries = await readdir(new URL(".", import.meta.url), { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

/**
 * Puts parentheses around the function of each CommonJS module in a bundle, all of which run at start:
 * V8 compiles such a function at once, and reads any other twice, first only for its end.
 */
function compileAtOnce(bundle) {
  const wrapper = /\bvar ([\w$]+)=\(\w+,\w+\)=>\(\)=>\{try\{return/.exec(bundle)?.[1];
  if (wrapper === undefined) throw new Error("esbuild wraps modules in another way: look again");
  const { statements } = ts.createSourceFile(
    "index.js",
    bundle,
    { languageVersion: ts.ScriptTarget.ES2022, jsDocParsingMode: ts.JSDocParsingMode.ParseNone },
    false,
    ts.ScriptKind.JS,
  );
  const parts = [];
  let end = 0;
  // Each is a variable of the bundle itself, and nothing inside of a function is one.
  for (const { initializer } of statements.flatMap(
    (statement) => statement.declarationList?.declarations ?? [],
  )) {
    const [module] = initializer?.arguments ?? [];
    if (initializer?.expression?.text !== wrapper || !ts.isArrowFunction(module)) continue;
    const { equalsGreaterThanToken: arrow, body, pos } = module;
    const parameters = bundle.slice(pos, arrow.end - 2).replace(/^[^(].*$/, "($&)");
    parts.push(
      bundle.slice(end, pos),
      `(function${parameters}`,
      bundle.slice(body.pos, module.end),
      ")",
    );
    end = module.end;
  }
  return [...parts, bundle.slice(end)].join("");
}

/**
 * Bundles functions, all in one go, so that what they share is read once; answers with the text of each one's
 * index.js, and the files of which something is in it.
 */
export async function bundleFunctions(names) {
  const behindSeldom = new Map();
  const { version } = JSON.parse(
    await readFile(new URL("../package.json", import.meta.url), "utf8"),
  );
  const { outputFiles, metafile } = await esbuild.build({
    ...COMMON,
    entryPoints: names.map((name) => ({ in: `functions/${name}/index.ts`, out: name })),
    outdir: ROOT,
    plugins: [replacements, seldom((entry, inputs) => behindSeldom.set(entry, inputs))],
    define: { TAGWARDEN_VERSION: JSON.stringify(version) },
    minify: true,
    write: false,
    metafile: true,
  });
  return names.map((name) => {
    const { text } = outputFiles.find(({ path }) => path === join(ROOT, `${name}.js`));
    const inputs = inputsOf(metafile.outputs[`${name}.js`]);
    const more = inputs.flatMap((input) => behindSeldom.get(input) ?? []);
    return { name, text: compileAtOnce(text), inputs: [...more, ...inputs] };
  });
}

/** Bundles one function; answers with the text of its index.js. */
export async function bundleFunction(name) {
  const [{ text }] = await bundleFunctions([name]);
  return text;
}
