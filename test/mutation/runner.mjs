// A test runner for Stryker that keeps its process: starting vitest for each of many thousand mutants takes far
// longer than the tests do.
import { readFile, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { INSTRUMENTER_CONSTANTS } from "@stryker-mutator/api/core";
import { declareClassPlugin, PluginKind } from "@stryker-mutator/api/plugin";
import { DryRunStatus, MutantRunStatus, TestStatus } from "@stryker-mutator/api/test-runner";
import { bundleTests, collectTests } from "./suite.mjs";

/** What the first run tells the others: how long each test took, and which tests reach what is also run on loading. */
const NOTES = "notes.json";

/** Where the tests of a part of the core stand, besides the folder of its name in test/core. */
const MORE_TESTS = { report: ["test/report/"], policy: ["test/io/policy/"] };

class CoreRunner {
  #root = process.cwd();
  #bundle;
  #notes = { durations: {}, reachedBy: {} };
  #tests = null;

  constructor() {
    const { NAMESPACE } = INSTRUMENTER_CONSTANTS;
    globalThis[NAMESPACE] ??= {};
    this.state = globalThis[NAMESPACE];
  }

  capabilities() {
    return { reloadEnvironment: true };
  }

  async init() {
    const bundle = await bundleTests(this.#root);
    const isWanted = wantedTests();
    this.#bundle = { ...bundle, paths: bundle.paths.filter(isWanted) };
  }

  async dryRun() {
    const tests = await this.#load();
    const results = [];
    const durations = {};
    for (const { id, run } of tests) {
      this.state.currentTestId = id;
      const startMs = performance.now();
      const failure = await failureOf(run);
      const timeSpentMs = performance.now() - startMs;
      durations[id] = timeSpentMs;
      const about = { id, name: id, timeSpentMs };
      results.push(
        failure === null
          ? { ...about, status: TestStatus.Success }
          : { ...about, status: TestStatus.Failed, failureMessage: failure },
      );
    }
    this.state.currentTestId = undefined;
    const { mutantCoverage } = this.state;
    const notes = { durations, reachedBy: reachedBy(mutantCoverage) };
    await writeFile(join(this.#root, NOTES), JSON.stringify(notes));
    return { status: DryRunStatus.Complete, tests: results, mutantCoverage };
  }

  /** What is run on loading alone is judged, loaded anew, by the tests of its own part: all would take too long. */
  async mutantRun({ activeMutant, testFilter, hitLimit, mutantActivation, sandboxFileName }) {
    const { state } = this;
    state.activeMutant = undefined;
    state.hitLimit = undefined;
    if (this.#tests === null) {
      const text = await readFile(join(this.#root, NOTES), "utf8");
      this.#notes = JSON.parse(text);
      await this.#loadAll();
    }
    state.hitCount = hitLimit === undefined ? undefined : 0;
    state.hitLimit = hitLimit;
    state.activeMutant = activeMutant.id;
    const isStatic = mutantActivation === "static";
    const wanted = new Set(testFilter ?? this.#notes.reachedBy[activeMutant.id] ?? []);
    const judge = () => this.#judge(this.#tests.filter(({ id }) => wanted.has(id)));
    let first = await judge();
    if (await this.#isDoubtful(first, activeMutant)) {
      await this.#loadAll(activeMutant);
      first = await judge();
    }
    if (!isStatic || first.status !== MutantRunStatus.Survived) return first;
    const path = relative(join(this.#root, "shared/core"), sandboxFileName);
    return this.#judge(inOrder(await this.#load(testsOf(path)), this.#notes));
  }

  /**
   * What a module remembers outlives a mutant: it may hide the next one, or fail its tests. So the test that failed
   * is run without the mutant, and what no test noticed is tried on modules that remember nothing.
   */
  async #isDoubtful({ status, killedBy = [] }, activeMutant) {
    if (status === MutantRunStatus.Survived) return true;
    const [killer] = this.#tests.filter(({ id }) => killedBy.includes(id));
    if (killer === undefined) return false;
    this.state.activeMutant = undefined;
    const failure = await failureOf(killer.run);
    this.state.activeMutant = activeMutant.id;
    return failure !== null;
  }

  async #loadAll(activeMutant) {
    this.state.activeMutant = undefined;
    this.#tests = inOrder(await this.#load(), this.#notes);
    this.state.activeMutant = activeMutant?.id;
    if (this.state.hitLimit !== undefined) this.state.hitCount = 0;
  }

  async #judge(tests) {
    const { state } = this;
    let nrOfTests = 0;
    for (const { id, run } of tests) {
      nrOfTests += 1;
      const failureMessage = await failureOf(run);
      if (state.hitLimit !== undefined && state.hitCount > state.hitLimit)
        return { status: MutantRunStatus.Timeout, reason: "it was reached too often" };
      if (failureMessage !== null)
        return { status: MutantRunStatus.Killed, killedBy: [id], failureMessage, nrOfTests };
    }
    return { status: MutantRunStatus.Survived, nrOfTests };
  }

  async #load(wanted) {
    return collectTests(this.#root, this.#bundle, wanted);
  }
}

/** All, or those of the files that were named. */
function wantedTests() {
  const files = (process.env.MUTATED_FILES ?? "").split(" ").filter((file) => file !== "");
  const wanted = files.map((file) => testsOf(file.replace("shared/core/", "")));
  return (test) => wanted.length === 0 || wanted.some((isOwn) => isOwn(test));
}

/** Of what is run on loading too: the tests that reach it by themselves. */
function reachedBy(coverage) {
  const found = {};
  for (const [test, reached] of Object.entries(coverage?.perTest ?? {}))
    for (const mutant of Object.keys(reached))
      if (mutant in coverage.static) {
        found[mutant] ??= [];
        found[mutant].push(test);
      }
  return found;
}

/** The tests of the part of the core that a file belongs to; of a file of no part: the tests of such files. */
function testsOf(path) {
  const [part, rest] = path.split(/[/\\]/);
  if (rest === undefined) return (test) => /^test\/core\/[^/]+$/.test(test);
  const folders = [`test/core/${part}/`, ...(MORE_TESTS[part] ?? [])];
  return (test) => folders.some((folder) => test.startsWith(folder));
}

function inOrder(tests, { durations }) {
  return tests.toSorted((one, other) => (durations[one.id] ?? 0) - (durations[other.id] ?? 0));
}

async function failureOf(run) {
  try {
    await run();
    return null;
  } catch (error) {
    return String(error instanceof Error ? error.message : error).slice(0, 500);
  }
}

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, "core", CoreRunner)];
