import { dirname } from "node:path";
import { parseArgs } from "node:util";
import { listTargets } from "./targets.ts";

const CASES = 100_000;

/**
 * `npm run fuzz [-- --cases 100000] [--seed 1] [--only <words of a name>]`: feeds every reader of what comes from
 * outside. The seed is of the day unless one is given; a failure prints it with the smallest case.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { cases: { type: "string" }, seed: { type: "string" }, only: { type: "string" } },
  });
  const cases = Number(values.cases ?? CASES);
  const seed = Number(values.seed ?? Math.floor(Date.now() / 86_400_000));
  if (!Number.isInteger(cases) || cases < 1 || !Number.isInteger(seed))
    throw new Error("--cases and --seed: expected whole numbers");
  // The build puts this file into a folder of the checkout.
  const targets = listTargets(dirname(__dirname)).filter(({ name }) =>
    name.includes(values.only ?? ""),
  );
  let failed = 0;
  let fed = 0;
  for (const { name, share, feed } of targets) {
    const own = Math.max(1, Math.ceil((cases * share) / 1_000));
    try {
      await feed(cases, seed);
      fed += own;
      process.stdout.write(`ok      ${String(own).padStart(8)}  ${name}\n`);
    } catch (error) {
      failed += 1;
      const text = error instanceof Error ? error.message : String(error);
      process.stdout.write(
        `FAILED  ${String(own).padStart(8)}  ${name}\n${text.slice(0, 4_000)}\n`,
      );
    }
  }
  process.stdout.write(
    `${fed} cases from seed ${seed}; ${failed} of ${targets.length} readers failed\n`,
  );
  process.exitCode = failed === 0 ? 0 : 1;
}

void main();
