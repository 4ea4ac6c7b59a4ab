// Breaks the core in every way that Stryker knows, one at a time, and sees whether its tests notice:
// npm run mutate [-- <part or file>... [--own] [--keep]]
// A part is a folder of shared/core, or `root` for the files beside them; without any, all. What nobody notices
// needs a sentence in survivors/. With --own only the tests of the named parts are run, which is quick and notices
// less. With --keep the figures of whole parts go to results.json, which the README shows.
import { readFile, writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Stryker } from "@stryker-mutator/core";
import { formatParts, globOf, PARTS, partOf, SCORE_MIN, scoreOf } from "./parts.mjs";
import { nameMutant, readSurvivors } from "./survivors.mjs";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const RESULTS = new URL("results.json", import.meta.url);

const NOTICED = ["Killed", "Timeout"];
const UNNOTICED = ["Survived", "NoCoverage"];

const { values, positionals } = parseArgs({
  options: {
    own: { type: "boolean", default: false },
    keep: { type: "boolean", default: false },
  },
  allowPositionals: true,
});
const unknown = positionals.filter(
  (name) => !PARTS.includes(name) && !name.startsWith("shared/core/"),
);
if (unknown.length > 0) {
  console.error(`no such part: ${unknown.join(", ")}; the parts are ${PARTS.join(", ")}`);
  process.exit(2);
}
if (values.keep && (values.own || positionals.some((name) => !PARTS.includes(name)))) {
  console.error("--keep keeps what all tests notice of whole parts");
  process.exit(2);
}

process.chdir(ROOT);
// Test runners are processes of their own, which inherit this.
if (values.own) process.env.MUTATED_FILES = positionals.map(globOf).join(" ");
const mutants = await new Stryker({
  configFile: fileURLToPath(new URL("stryker.config.mjs", import.meta.url)),
  mutate: positionals.length === 0 ? ["shared/core/**/*.ts"] : positionals.map(globOf),
  concurrency: cpus().length,
}).runMutationTest();

const parts = new Map();
const unnoticed = [];
for (const mutant of mutants) {
  const file = fileOf(mutant);
  const part = partOf(file);
  const row = parts.get(part) ?? { part, mutants: 0, noticed: 0, unnoticed: 0, unjudged: 0 };
  parts.set(part, row);
  row.mutants += 1;
  if (NOTICED.includes(mutant.status)) row.noticed += 1;
  else if (UNNOTICED.includes(mutant.status)) {
    row.unnoticed += 1;
    unnoticed.push({ file, ...mutant });
  } else row.unjudged += 1;
}

const explained = await readSurvivors([...parts.keys()]);
const open = [];
for (const mutant of unnoticed) {
  const source = await readFile(mutant.file, "utf8");
  const name = nameMutant(source, mutant);
  const sentence = explained.find(
    (entry) => entry.file === mutant.file && entry.name === name && !entry.isMet,
  );
  if (sentence === undefined) open.push({ ...mutant, name });
  else sentence.isMet = true;
}
// Where files are named, those beside them were not tried.
const tried = new Set(mutants.map(fileOf));
const killed = explained.filter(({ file, isMet }) => !isMet && tried.has(file));

const rows = inOrder([...parts.values()]);
console.log(`\n${formatParts(rows)}\n`);
for (const { file, location, status, name } of open)
  console.log(`no sentence for ${file}:${location.start.line} (${status}): ${name}`);
for (const { file, name } of killed)
  console.log(`noticed by now, so it needs no sentence: ${file}: ${name}`);

if (values.keep) {
  const kept = JSON.parse(await readFile(RESULTS, "utf8").catch(() => "[]"));
  const others = kept.filter(({ part }) => PARTS.includes(part) && !parts.has(part));
  await writeFile(RESULTS, `${JSON.stringify(inOrder([...others, ...rows]), null, 2)}\n`);
}
const unjudged = rows.reduce((sum, row) => sum + row.unjudged, 0);
const isGood =
  scoreOf(rows) >= SCORE_MIN && open.length === 0 && killed.length === 0 && unjudged === 0;
console.log(
  `${scoreOf(rows).toFixed(2)} % noticed, ${SCORE_MIN} % wanted; without a sentence: ${open.length}`,
);
process.exitCode = isGood ? 0 : 1;

function fileOf({ fileName }) {
  return relative(ROOT, fileName).replaceAll("\\", "/");
}

function inOrder(some) {
  return some.sort((one, other) => PARTS.indexOf(one.part) - PARTS.indexOf(other.part));
}
