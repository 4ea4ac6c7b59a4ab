import type { OutcomeKind } from "../core/outcome.ts";
import { ADHOC, listRuns } from "../io/run/run-store.ts";
import { type RunStatus, readStatus } from "../io/run/status.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { durationText } from "./progress.ts";
import { type CliRuns, withRuns } from "./run-access.ts";
import { type RunOptions, withStoreOption } from "./run-options.ts";
import { examples, type Session, type Verb } from "./verb.ts";

/** Runs that are listed when none is named. */
const LISTED_MAX = 20;
const UNDONE: readonly OutcomeKind[] = ["failed", "stale", "skipped"];

/** Says how far a run is, or lists the latest ones. */
export const status: Verb = {
  name: "status",
  define: (command, act) =>
    withStoreOption(command)
      .description("Say how far a run is: done, left, stale, failed, rate and time left.")
      .argument("[run]", "name of a run; without one the latest are listed")
      .addHelpText(
        "after",
        examples([
          ["status", "the latest runs"],
          ["status 20261121-101500-a1b2c3", "one of them"],
        ]),
      )
      .action((run: string | undefined, options: RunOptions) =>
        act((session) =>
          withRuns(session.world, options, (runs) =>
            run === undefined ? list(session, runs) : tell(run, session, runs),
          ),
        ),
      ),
};

async function tell(run: string, { terminal, options }: Session, runs: CliRuns): Promise<ExitCode> {
  const found = await readStatus(runs.store, run, runs.clock);
  if (options.format === "json") terminal.json(found);
  else terminal.list(rowsOf(found));
  if (found.state === "waiting") terminal.note(`go on with: tagwarden apply --resume ${run}`);
  return exitOf(found);
}

async function list({ terminal, options }: Session, runs: CliRuns): Promise<ExitCode> {
  const names: string[] = [];
  let single = 0;
  for await (const name of listRuns(runs.store)) {
    if (name.startsWith(ADHOC)) single += 1;
    else names.push(name);
  }
  const latest: RunStatus[] = [];
  for (const name of names.slice(-LISTED_MAX))
    latest.push(await readStatus(runs.store, name, runs.clock));
  const older = names.length - latest.length;
  if (older > 0) terminal.note(`${older} older runs are not shown`);
  if (single > 0)
    terminal.note(
      `${single} runs of single messages are not shown; their names begin with ${ADHOC}`,
    );
  if (options.format === "json")
    terminal.json({ store: runs.store.url, runs: latest, notShown: { older, single } });
  else if (latest.length === 0) terminal.note(`no runs in ${runs.store.url}`);
  else
    terminal.table({
      head: ["Run", "State", "Done", "Left", "Outcomes"],
      rows: latest.map(({ run, state, done, left, summary }) => [
        run,
        state,
        `${done}`,
        `${left}`,
        countsText(summary),
      ]),
    });
  return EXIT.clean;
}

function rowsOf(found: RunStatus): readonly (readonly [string, string])[] {
  const { run, state, done, total, left, failedSoFar, summary, calls } = found;
  const rate =
    found.perSecond === null ? "not known yet" : `${found.perSecond.toFixed(1)} resources/s`;
  return [
    ["run", run],
    ["state", found.finishedAt === null ? state : `${state} at ${found.finishedAt}`],
    ["done", `${done} of ${total}`],
    ["left", `${left}${failedSoFar > 0 ? `, of them ${failedSoFar} failed so far` : ""}`],
    ["outcomes", countsText(summary) || "none yet"],
    ["calls", `${calls}`],
    ["rate", rate],
    ...(left > 0 && found.secondsLeft !== null
      ? [["time left", durationText(found.secondsLeft)] as const]
      : []),
  ];
}

function countsText(summary: RunStatus["summary"]): string {
  return Object.entries(summary)
    .map(([kind, count]) => `${count} ${kind}`)
    .join(", ");
}

/** A run that is over and left something undone is no success; one that goes on is no failure. */
function exitOf({ state, summary }: RunStatus): ExitCode {
  const undone = UNDONE.some((kind) => (summary[kind] ?? 0) > 0);
  return state === "finished" && undone ? EXIT.incomplete : EXIT.clean;
}
