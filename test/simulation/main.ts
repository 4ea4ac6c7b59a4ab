import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import type { Policy } from "../../shared/core/policy/policy.ts";
import { serveCrew, simulateAll } from "./crew.ts";
import { DEFECTS } from "./defects.ts";
import { readSimulationPolicy } from "./policy.ts";
import { simulateSeed } from "./world.ts";

const SEEDS = 1_000;
/** A defect that hides in this many seeds is not found. */
const BROKEN_SEEDS_MAX = 200;

const OPTIONS = {
  seeds: { type: "string", default: `${SEEDS}` },
  from: { type: "string", default: "1" },
  seed: { type: "string" },
  trace: { type: "boolean", default: false },
  broken: { type: "boolean", default: false },
  workers: { type: "string", default: `${availableParallelism()}` },
  worker: { type: "boolean", default: false },
} as const;

const say = (line: string) => void process.stdout.write(`${line}\n`);

/** `npm run simulate -- --seeds 10000`; `--seed 17 --trace` shows one; `--broken` looks for known defects. */
async function main(): Promise<boolean> {
  const { values } = parseArgs({ options: OPTIONS });
  const policy = await readSimulationPolicy(process.cwd());
  if (values.worker) {
    serveCrew(async (seed) => (await simulateSeed(seed, policy)).violations);
    return true;
  }
  if (values.broken) return findDefects(policy);
  if (values.seed !== undefined) return showSeed(whole(values.seed), values.trace, policy);
  return simulateMany(whole(values.from), whole(values.seeds), whole(values.workers));
}

function whole(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 0) throw new Error(`${text} is not a whole number`);
  return number;
}

async function showSeed(seed: number, isTraced: boolean, policy: Policy): Promise<boolean> {
  const { lines, violations, hash } = await simulateSeed(seed, policy);
  if (isTraced) for (const line of lines) say(line);
  for (const { invariant, what } of violations) say(`${invariant}: ${what}`);
  say(`seed ${seed}: ${violations.length} violations, history ${hash}`);
  return violations.length === 0;
}

async function simulateMany(from: number, count: number, workers: number): Promise<boolean> {
  const startedMs = performance.now();
  let told = 0;
  const failing = await simulateAll({
    ...{ script: __filename, from, count, workers },
    onProgress(done, soFar) {
      for (const { seed, violations } of soFar.slice(told))
        say(`npm run simulate -- --seed ${seed} --trace   # ${violations[0]?.invariant}`);
      told = soFar.length;
      if (process.stderr.isTTY) process.stderr.write(`\r${done} of ${count} seeds`);
    },
  });
  const ms = performance.now() - startedMs;
  say(
    `${count} seeds, ${failing.length} with violations, ${(ms / 1_000).toFixed(0)} s, ${(ms / count).toFixed(1)} ms a seed`,
  );
  return failing.length === 0;
}

/** Each defect has to break its invariant within so many seeds. */
async function findDefects(policy: Policy): Promise<boolean> {
  let isEachFound = true;
  for (const [name, { invariant, make }] of Object.entries(DEFECTS)) {
    let seed = 1;
    const finds = async () => {
      const { violations } = await simulateSeed(seed, policy, make());
      return violations.some((violation) => violation.invariant === invariant);
    };
    while (seed <= BROKEN_SEEDS_MAX && !(await finds())) seed += 1;
    const isFound = seed <= BROKEN_SEEDS_MAX;
    isEachFound &&= isFound;
    const place = isFound ? `seed ${seed}` : "NOT FOUND";
    say(`${place.padEnd(10)} ${invariant}: ${name}`);
  }
  return isEachFound;
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
