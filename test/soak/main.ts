import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { DEFECTS, type DefectName, defectOf } from "./defects.ts";
import { type Criterion, judge } from "./judge.ts";
import { type Soaked, soak } from "./soak.ts";
import {
  type KeptSoak,
  lineOf,
  PROCESS_HEAD,
  PROCESS_WIDTHS,
  processCells,
  STORE_HEAD,
  STORE_WIDTHS,
  storeCells,
  verdictLines,
} from "./table.ts";

const OPTIONS = {
  hours: { type: "string", default: "24" },
  seed: { type: "string", default: "1" },
  broken: { type: "boolean", default: false },
  defect: { type: "string" },
  keep: { type: "boolean", default: false },
} as const;

/** The fewest in which there are early hours and late ones. */
const HOURS_MIN = 4;
const BROKEN_HOURS = 6;
const PROBLEMS_SHOWN = 20;
/** What the last kept run came to; the README shows it. */
const KEPT = "test/soak/results.json";

const say = (line: string) => void process.stdout.write(`${line}\n`);

/** `npm run soak -- --hours 6`; `--broken` looks for known defects, `--defect heap` for one; `--keep` keeps the figures. */
async function main(): Promise<boolean> {
  const { values } = parseArgs({ options: OPTIONS });
  if (process.platform !== "linux") throw new Error("this needs Linux: it looks into /proc");
  const seed = whole(values.seed, 0);
  if (values.broken) return findDefects(seed);
  const hours = whole(values.hours, HOURS_MIN);
  const defect = values.defect === undefined ? null : defectOf(values.defect);
  const { criteria, soaked } = await run(hours, seed, defect);
  if (values.keep) await keep(hours, criteria, soaked);
  return criteria.every(({ holds }) => holds);
}

function whole(text: string, least: number): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < least)
    throw new Error(`${text} is not a whole number of ${least} or more`);
  return number;
}

async function run(hours: number, seed: number, defect: DefectName | null) {
  const startedMs = performance.now();
  say(lineOf(PROCESS_HEAD, PROCESS_WIDTHS));
  const soaked = await soak({
    ...{ hours, seed, defect },
    bundles: dirname(__filename),
    events: join(process.cwd(), "test", "events"),
    onHour: (sample) => say(lineOf(processCells(sample), PROCESS_WIDTHS)),
  });
  say("  c: secret-created, key-created, r: retag, a: audit; the largest process of each");
  say("");
  say(lineOf(STORE_HEAD, STORE_WIDTHS));
  for (const sample of soaked.samples) say(lineOf(storeCells(sample), STORE_WIDTHS));
  const { retentionHours } = soaked.bounds;
  say(`  a/w/c: active, waiting, claims; what was older than ${retentionHours} h was taken away`);
  say("");
  const criteria = [...judge(soaked.samples, soaked.bounds), isRight(soaked.problems)];
  for (const line of verdictLines(criteria)) say(line);
  for (const problem of soaked.problems.slice(0, PROBLEMS_SHOWN)) say(`       ${problem}`);
  const seconds = (performance.now() - startedMs) / 1000;
  const failed = criteria.filter(({ holds }) => !holds).length;
  say(`${hours} hours, ${failed} criteria failed, ${seconds.toFixed(0)} s`);
  return { criteria, soaked };
}

function isRight(problems: readonly string[]): Criterion {
  return {
    name: "right",
    holds: problems.length === 0,
    asks: "each resource tagged, each event accounted for, nothing left to write",
    seen: `${problems.length} problems`,
  };
}

/** Each defect has to fail its criterion. */
async function findDefects(seed: number): Promise<boolean> {
  const found: string[] = [];
  const names = Object.keys(DEFECTS).map(defectOf);
  for (const name of names) {
    say(`== ${name}`);
    const { criteria } = await run(BROKEN_HOURS, seed, name);
    if (criteria.some((one) => one.name === DEFECTS[name].criterion && !one.holds))
      found.push(name);
  }
  for (const name of names)
    say(`${found.includes(name) ? "found    " : "NOT FOUND"} ${DEFECTS[name].criterion}: ${name}`);
  return found.length === names.length;
}

async function keep(
  hours: number,
  criteria: readonly Criterion[],
  { samples, resources }: Soaked,
): Promise<void> {
  const sum = (pick: (sample: (typeof samples)[number]) => number) =>
    samples.reduce((total, sample) => total + pick(sample), 0);
  const kept: KeptSoak = {
    node: process.version,
    ...{ hours, resources },
    calls: sum(({ calls }) => calls),
    faults: sum(({ faults }) => faults),
    invocations: sum(({ invocations }) => invocations),
    criteria,
  };
  await writeFile(KEPT, `${JSON.stringify(kept, null, 2)}\n`);
}

main().then(
  (holds) => {
    process.exitCode = holds ? 0 : 1;
  },
  (error) => {
    process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
    process.exitCode = 2;
  },
);
