import type { Command } from "commander";
import { ConfigError } from "../io/config.ts";
import { QueueError } from "../io/queue/error.ts";
import { dropLost, type Lost, listLost, readLost } from "../io/run/dead-letter.ts";
import { redrive } from "../io/run/redrive.ts";
import { EXIT, type ExitCode, exitCodeOf, gravestExit, Stop } from "./exit-code.ts";
import { type CliRuns, withRuns } from "./run-access.ts";
import { type RunOptions, withStoreOption } from "./run-options.ts";
import { type Act, examples, type Session, type Verb } from "./verb.ts";

type Options = RunOptions & { readonly all?: boolean };

/** Looks after messages that could not be done, and events that the platform gave up on. */
export const dlq: Verb = {
  name: "dlq",
  define: (command, act) => {
    command
      .description("List, show, send again or drop what could not be done.")
      .helpCommand(false)
      .addHelpText(
        "after",
        examples([
          ["dlq list", "dead letters, and events that the platform gave up on"],
          ["dlq show 20261121T101500123Z-a1b2c3", "one of them, values included"],
          ["dlq redrive --all", "send all of them again, once the cause is mended"],
          ["dlq drop 20261121T101500123Z-a1b2c3", "nobody wants it any more"],
        ]),
      );
    withStoreOption(command.command("list"))
      .description("List them with their causes.")
      .action((options: Options) => start(act, options, list));
    withStoreOption(command.command("show"))
      .description("Show one as it came: it may hold tag values.")
      .argument("<id>")
      .action((id: string, options: Options) =>
        start(act, options, (session, runs) => show(id, session, runs)),
      );
    many(command, "redrive", "Send them again, from the first attempt, and take them out.")
      .option("--queue [url]", "where to (default: TAGWARDEN_QUEUE)")
      .action((ids: readonly string[], options: Options) =>
        start(act, options, (session, runs) =>
          forEach(ids, options, session, runs, async (lost) => {
            await redrive(lost, runs);
            return `${lost.id}: sent again`;
          }),
        ),
      );
    many(command, "drop", "Take them out for good.").action(
      (ids: readonly string[], options: Options) =>
        start(act, options, (session, runs) =>
          forEach(ids, options, session, runs, async (lost) => {
            await dropLost(runs.store, lost);
            return `${lost.id}: dropped`;
          }),
        ),
    );
  },
};

function many(command: Command, name: string, description: string): Command {
  return withStoreOption(command.command(name))
    .description(description)
    .argument("[ids...]")
    .option("--all", "every one there is");
}

function start(
  act: Act,
  options: Options,
  task: (session: Session, runs: CliRuns) => Promise<ExitCode>,
): Promise<void> {
  return act((session) => withRuns(session.world, options, (runs) => task(session, runs)));
}

async function list({ terminal, options }: Session, runs: CliRuns): Promise<ExitCode> {
  const found: Lost[] = [];
  for await (const lost of listLost(runs.store)) found.push(lost);
  if (options.format === "json") terminal.json({ store: runs.store.url, lost: found.map(headOf) });
  else if (found.length === 0)
    terminal.note(`nothing was lost: no dead letters in ${runs.store.url}`);
  else
    terminal.table({
      head: ["Id", "Function", "Attempts", "Cause"],
      rows: found
        .map(headOf)
        .map(({ id, function: name, attempts, cause }) => [id, name, `${attempts ?? ""}`, cause]),
    });
  return EXIT.clean;
}

async function show(id: string, { terminal }: Session, runs: CliRuns): Promise<ExitCode> {
  const lost = await requireLost(id, runs);
  terminal.json(contentOf(lost));
  return EXIT.clean;
}

function contentOf(lost: Lost): unknown {
  switch (lost.from) {
    case "function":
      return lost.letter;
    case "platform":
      return lost.failure;
    case "unreadable":
      return { id: lost.id, problem: "neither a dead letter nor a failed event", text: lost.text };
  }
}

/** What a list tells: no message, no value. */
function headOf(lost: Lost) {
  const { id } = lost;
  switch (lost.from) {
    case "function": {
      const { time, function: name, cause, attempts } = lost.letter;
      return { id, time, function: name, attempts, cause: `${cause.kind}: ${cause.reason}` };
    }
    case "platform": {
      const { timestamp: time, request_context: context } = lost.failure;
      const [, name = "unknown"] = /:function:[^:]+:([^:]+)/.exec(context.function_urn) ?? [];
      const attempts = context.approximate_invoke_count;
      return { id, time, function: name, attempts, cause: context.condition || "not known" };
    }
    case "unreadable":
      return { id, time: null, function: "unknown", attempts: null, cause: "not readable" };
  }
}

async function forEach(
  ids: readonly string[],
  { all }: Options,
  { terminal, options }: Session,
  runs: CliRuns,
  treat: (lost: Lost) => Promise<string>,
): Promise<ExitCode> {
  if ((ids.length === 0) === (all !== true))
    throw new Stop(EXIT.usage, "expected ids, or --all; tagwarden dlq list shows what there is");
  const done: string[] = [];
  const failed: ExitCode[] = [];
  for await (const lost of all ? listLost(runs.store) : named(ids, runs)) {
    if (runs.stop.aborted) break;
    try {
      const told = await treat(lost);
      done.push(lost.id);
      if (options.format === "text") terminal.data(told);
    } catch (error) {
      // One that cannot be sent does not keep the others from it; a store that fails fails for all of them.
      if (!(error instanceof ConfigError || error instanceof QueueError)) throw error;
      failed.push(exitCodeOf(error));
      terminal.fail(`${lost.id}: ${error.message}`);
    }
  }
  if (options.format === "json") terminal.json({ done });
  if (all && done.length + failed.length === 0) terminal.note("there is none");
  return gravestExit(failed);
}

async function* named(ids: readonly string[], runs: CliRuns): AsyncGenerator<Lost> {
  for (const id of ids) yield await requireLost(id, runs);
}

async function requireLost(id: string, runs: CliRuns): Promise<Lost> {
  const lost = await readLost(runs.store, id);
  if (lost === null)
    throw new Stop(EXIT.usage, `no dead letter is called ${id}; see tagwarden dlq list`);
  return lost;
}
