// The core's tests as one program: bundled once, loaded as often as mutants need it, each test a function to call.
import { readdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { constants, Script } from "node:vm";
import * as runner from "@vitest/runner";
import { build } from "esbuild";
import fc from "fast-check";
import { expect } from "./expect.mjs";

/** Tests that run the core in their own process, and take milliseconds. */
const FOLDERS = ["test/core", "test/report", "test/io/policy"];
/** These start processes or whole functions. */
const LEFT_OUT = ["test/io/policy/redos.test.ts", "test/core/policy-test/agreement.test.ts"];

/** Counts what chance brings, and needs many cases for that. */
const LEFT_OUT_TEST = "what is told at a glance is what the plan says";

/**
 * Properties take few cases, and the same ones each time: whether a mutant is noticed must not be a matter of chance.
 */
const CHANCE = { seed: 1, cases: 100 };

function assertSome(property, { numRuns = CHANCE.cases, ...parameters } = {}) {
  const { seed, cases } = CHANCE;
  return fc.assert(property, { ...parameters, seed, numRuns: Math.min(numRuns, cases) });
}

/** What the tests import as "fast-check". */
const FAST_CHECK = { ...fc, assert: assertSome, default: { ...fc, assert: assertSome } };

/**
 * What the tests import as "vitest"; `finish` does what a test left to be done at its end.
 */
function vitestOfTests() {
  let leftToDo = [];
  const onTestFinished = (act) => void leftToDo.push(act);
  const finish = async () => {
    const acts = leftToDo;
    leftToDo = [];
    for (const act of acts) await act();
  };
  return { vitest: { ...runner, expect, onTestFinished }, finish };
}

async function listTests(root) {
  const found = await Promise.all(
    FOLDERS.map(async (folder) => {
      const names = await readdir(join(root, folder), { recursive: true });
      return names.filter((name) => name.endsWith(".test.ts")).map((name) => `${folder}/${name}`);
    }),
  );
  return found
    .flat()
    .filter((path) => !LEFT_OUT.includes(path))
    .sort();
}

/** A bundle has no place of its own, so each test file is told where it was. */
const PLACES = {
  name: "places",
  setup({ onLoad }) {
    onLoad({ filter: /[/\\]test[/\\].*\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, "utf8");
      const contents = text
        .replaceAll("import.meta.url", JSON.stringify(pathToFileURL(path).href))
        .replaceAll("import.meta.dirname", JSON.stringify(dirname(path)));
      return { contents, loader: "ts" };
    });
  },
};

/** Bundles the tests below a folder; answers the files and what loads them all anew. */
export async function bundleTests(root) {
  const paths = await listTests(root);
  const entries = paths.map((path) => `${JSON.stringify(path)}: () => require("./${path}")`);
  const { outputFiles } = await build({
    stdin: { contents: `module.exports = {${entries.join(",\n")}}`, resolveDir: root },
    bundle: true,
    write: false,
    platform: "node",
    target: "node20",
    format: "cjs",
    packages: "external",
    logLevel: "silent",
    plugins: [PLACES],
  });
  const filename = join(root, "tests.cjs");
  const script = new Script(
    `(function (require, module, exports) {${outputFiles[0]?.text ?? ""}\n})`,
    { filename, importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER },
  );
  const requireReal = createRequire(filename);
  const { vitest, finish } = vitestOfTests();
  const given = { vitest, "fast-check": { __esModule: true, ...FAST_CHECK } };
  const requireForTests = (name) => given[name] ?? requireReal(name);
  return {
    paths,
    finish,
    load() {
      const module = { exports: {} };
      script.runInThisContext()(requireForTests, module, module.exports);
      return module.exports;
    },
  };
}

/**
 * Loads files anew, all or those that are asked for, and answers their tests; a file that cannot be loaded is one
 * test that fails.
 */
export async function collectTests(root, { paths, load, finish }, wanted = () => true) {
  const files = load();
  const collected = await runner.collectTests(paths.filter(wanted), {
    config: {
      root,
      name: "",
      setupFiles: [],
      sequence: { shuffle: false, hooks: "stack" },
      testTimeout: 60_000,
      hookTimeout: 60_000,
      allowOnly: true,
      tags: [],
    },
    trace: (_name, attributes, act) => (act ?? attributes)(),
    importFile: (path) => files[path](),
  });
  const tests = [];
  for (const file of collected) {
    if (file.result?.state === "fail") {
      const [error] = file.result.errors;
      tests.push({
        id: `${file.name} loads`,
        run: () => Promise.reject(new Error(error?.message)),
      });
    } else await addTests(file, file.name, tests);
  }
  return tests.map(({ id, run }) => ({ id, run: () => run().finally(finish) }));
}

/** What stands before all tests of a suite is run as they are collected: it is part of loading. */
async function addTests(suite, path, tests) {
  const { beforeAll, ...others } = runner.getHooks(suite);
  const ignored = Object.keys(others).filter((name) => others[name].length > 0);
  if (ignored.length > 0) throw new Error(`${path}: ${ignored.join(", ")} would not be run`);
  try {
    for (const hook of beforeAll) await hook(suite);
  } catch (error) {
    tests.push({ id: `${path} is ready`, run: () => Promise.reject(error) });
    return;
  }
  for (const [index, task] of suite.tasks.entries()) {
    const id = `${path} > ${task.name} (${index})`;
    if (task.mode === "skip" || task.mode === "todo") continue;
    if (task.name.startsWith(LEFT_OUT_TEST)) continue;
    if (task.type === "test") tests.push({ id, run: runner.getFn(task) });
    else await addTests(task, id, tests);
  }
}
