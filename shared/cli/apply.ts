import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { type Outcome, type Report, summarise } from "../core/outcome.ts";
import type { Policy } from "../core/policy/policy.ts";
import { brokenGuards, type RunGuards } from "../core/run/guard.ts";
import type { RunPlan } from "../core/run/run-plan.ts";
import { announceRun, endLease } from "../io/run/lease.ts";
import { type RunDeps, type RunEnding, workOnRun } from "../io/run/run.ts";
import { newRunName, parsePlan, readRun, requireMatch, storeRun } from "../io/run/run-store.ts";
import { exitOfEnding, showApplied } from "./apply-text.ts";
import { requireConsent } from "./confirmation.ts";
import { EXIT, type ExitCode, Stop } from "./exit-code.ts";
import { requirePolicy } from "./policy-choice.ts";
import { openProgress } from "./progress.ts";
import { type CliRuns, withRuns } from "./run-access.ts";
import {
  positive,
  type RunOptions,
  wholeNumber,
  withRateOption,
  withStoreOption,
} from "./run-options.ts";
import { waitForLease } from "./run-waiting.ts";
import { examples, type Session, type Verb } from "./verb.ts";

type Options = RunOptions & {
  readonly yes?: boolean;
  readonly resume?: string;
  readonly maxChanges?: number;
  readonly maxPercent?: number;
};

/** Applies a plan, here or through the queue, or goes on with a run that was not finished. */
export const apply: Verb = {
  name: "apply",
  define: (command, act) =>
    withRateOption(withStoreOption(command))
      .description("Apply a plan: each resource is read again just before its write.")
      .argument("[plan.json]", "what tagwarden plan wrote")
      .option("--yes", "do not ask")
      .option("--resume <run>", "go on with a run that was interrupted")
      .option("--queue [url]", "hand the run to the function retag (default: TAGWARDEN_QUEUE)")
      .option("--max-changes <n>", "allow so many changes (default: the policy's)", wholeNumber)
      .option(
        "--max-percent <n>",
        "allow so many percent to change (default: the policy's)",
        positive,
      )
      .addHelpText(
        "after",
        examples([
          ["apply plan.json", "look at the totals, say yes, watch it"],
          ["apply plan.json --yes --max-changes 2000", "more than the policy's guard allows"],
          ["apply --resume 20261121-101500-a1b2c3", "after Ctrl-C, or a crash"],
          ["apply plan.json --queue", "let the deployed function do it"],
        ]),
      )
      .action((file: string | undefined, options: Options) =>
        act((session) => run(session, file, options)),
      ),
};

async function run(session: Session, named: string | undefined, given: Options): Promise<ExitCode> {
  // `--queue plan.json`: an option that may have a value takes the file for it.
  const isFile = typeof given.queue === "string" && !/^[a-z]+:/.test(given.queue);
  const taken = named === undefined && isFile;
  const file = taken ? String(given.queue) : named;
  const options = taken ? { ...given, queue: true as const } : given;
  const { resume } = options;
  if ((file === undefined) === (resume === undefined))
    throw new Stop(EXIT.usage, "expected a plan's file, or --resume <run>");
  const { policy } = await requirePolicy(session);
  return withRuns(session.world, options, (runs) => {
    const parts = { session, policy, runs, options };
    return resume === undefined ? applyFile(file ?? "", parts) : resumeRun(resume, parts);
  });
}

type Parts = {
  readonly session: Session;
  readonly policy: Policy;
  readonly runs: CliRuns;
  readonly options: Options;
};

async function applyFile(file: string, parts: Parts): Promise<ExitCode> {
  const { session, policy, runs, options } = parts;
  const { world, terminal } = session;
  const plan = parsePlan(await readPlanFile(file, session), file);
  requireMatch(plan, { policyHash: policy.hash, project: runs.project });
  if (plan.resources.length === 0) {
    if (session.options.format === "json")
      terminal.json({ run: null, ...summarise([], policy.hash) });
    terminal.note(`${file} changes nothing`);
    return EXIT.clean;
  }
  const guards = { ...policy.guards, ...given(options) };
  requireGuards(plan, guards);
  const total = plan.resources.length;
  const what = `Change the tags of ${total} ${total === 1 ? "resource" : "resources"}?`;
  if (!options.yes) await requireConsent(what, world);

  const queue = options.queue === undefined ? null : runs.openQueue();
  if (options.queue !== undefined && queue === null)
    throw new Stop(EXIT.usage, "no queue: name one with --queue <url> or TAGWARDEN_QUEUE");
  const name = newRunName(runs.clock.now(), runs.random());
  await storeRun(runs.store, name, plan, guards, runs.clock.now());
  if (queue === null) return work(name, plan, null, parts);
  // Before the function can have it: afterwards this could take the lease from under it.
  await announceRun(name, runs);
  try {
    await queue.publish([JSON.stringify({ kind: "run", version: 1, run: name })]);
  } catch (error) {
    // Nobody is to take it up by itself that was told to somebody as failed.
    await endLease(name, runs.store);
    terminal.note(
      `it was not handed over for certain; do it here: tagwarden apply --resume ${name}`,
    );
    throw error;
  } finally {
    await queue.close();
  }
  if (session.options.format === "json") terminal.json({ run: name, queue: queue.url, total });
  else terminal.data(`run ${name}: handed to ${queue.url}`);
  terminal.note(`see how far it is: tagwarden status ${name}`);
  return EXIT.clean;
}

async function resumeRun(run: string, parts: Parts): Promise<ExitCode> {
  const { policy, runs, options, session } = parts;
  const { plan, order } = await readRun(runs.store, run);
  requireMatch(plan, { policyHash: policy.hash, project: runs.project });
  const guards = { ...(order?.guards ?? policy.guards), ...given(options) };
  requireGuards(plan, guards);
  await waitForLease(run, runs, session);
  return work(run, plan, guards, parts);
}

/** Options that were given take the place of the guards of policy or run. */
function given({ maxChanges, maxPercent }: Options): Partial<RunGuards> {
  return {
    ...(maxChanges !== undefined && { maxChanges }),
    ...(maxPercent !== undefined && { maxPercent }),
  };
}

function requireGuards(plan: RunPlan, guards: RunGuards): void {
  const broken = brokenGuards(plan, guards);
  if (broken.length > 0)
    throw new Stop(
      EXIT.guard,
      `a guard stops this run: ${broken.join("; ")}. Nothing was changed. If it is meant, raise it with --max-changes or --max-percent.`,
    );
}

async function work(
  run: string,
  plan: RunPlan,
  guards: RunGuards | null,
  { session, policy, runs }: Parts,
): Promise<ExitCode> {
  const { world, terminal, options } = session;
  terminal.note(`run ${run}, kept in ${runs.store.url}`);
  const outcomes: Outcome[] = [];
  const progress = openProgress(plan.resources.length, world, options.quiet);
  const startedMs = runs.clock.now();
  const deps: RunDeps = {
    ...runs,
    policy,
    lastStartMs: 0,
    noteOutcome: (outcome) => {
      outcomes.push(outcome);
      progress.show(outcomes.length, rateOf(outcomes.length, plan, runs.clock.now() - startedMs));
    },
  };
  let ending: RunEnding;
  try {
    ending = await workOnRun(run, guards, deps);
  } finally {
    progress.end();
  }
  const report: Report = summarise(outcomes, policy.hash, { run });
  showApplied(report, ending, session);
  return exitOfEnding(report, ending);
}

function rateOf(done: number, plan: RunPlan, elapsedMs: number) {
  if (elapsedMs <= 0) return { perSecond: null, secondsLeft: null };
  const perSecond = (done * 1_000) / elapsedMs;
  return { perSecond, secondsLeft: (plan.resources.length - done) / perSecond };
}

async function readPlanFile(file: string, { world }: Session): Promise<string> {
  try {
    return await readFile(resolve(world.cwd, file), "utf8");
  } catch {
    throw new Stop(EXIT.usage, `cannot read ${file}: expected a plan that tagwarden plan -o wrote`);
  }
}
