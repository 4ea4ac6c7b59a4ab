import { Command, CommanderError, Option } from "commander";
import { EXIT, type ExitCode, exitCodeOf, Stop } from "./exit-code.ts";
import { openTerminal, type Terminal } from "./terminal.ts";
import { type Act, examples, type GlobalOptions, type Verb } from "./verb.ts";
import { VERBS } from "./verbs.ts";
import type { World } from "./world.ts";

/** Help is readable in a narrow terminal and does not sprawl in a wide one. */
const HELP_WIDTH_MAX = 80;

/**
 * Runs one command line, without the name of the program, and answers with its exit code. Never
 * throws: what goes wrong is said on stderr.
 */
export async function run(argv: readonly string[], world: World): Promise<ExitCode> {
  let exit: ExitCode = EXIT.clean;
  const program = createProgram(world, VERBS, (found) => {
    exit = found;
  });
  try {
    await program.parseAsync([...argv], { from: "user" });
    return world.signal.aborted ? EXIT.interrupted : exit;
  } catch (error) {
    if (error instanceof CommanderError) return exitOfUsage(error);
    if (world.signal.aborted) return EXIT.interrupted;
    const options = program.opts<GlobalOptions>();
    return explainFailure(error, openTerminal(world, options), options.debug);
  }
}

function createProgram(
  world: World,
  verbs: readonly Verb[],
  end: (exit: ExitCode) => void,
): Command {
  const program = new Command("tagwarden")
    .description("Keeps every CSMS secret and KMS key tagged as your policy says.")
    .version(world.version, "--version", "print the version")
    .helpOption("-h, --help", "print this help")
    .helpCommand(false)
    .option("--policy <file>", "policy file (default: infra/policy/tag-policy.yaml)")
    .addOption(
      new Option("--format <format>", "form of the data on stdout")
        .choices(["text", "json"])
        .default("text"),
    )
    .option("--quiet", "only data and errors, no notes")
    .option("--no-color", "no colours (also: NO_COLOR=1)")
    .option("--debug", "say more when something fails")
    .exitOverride()
    .showHelpAfterError("(tagwarden --help lists verbs and options)")
    .configureHelp({
      showGlobalOptions: true,
      helpWidth: Math.min(HELP_WIDTH_MAX, world.width ?? HELP_WIDTH_MAX),
    })
    .configureOutput({
      writeOut: (text) => world.stdout.write(text),
      writeErr: (text) => world.stderr.write(text),
    })
    .addHelpText(
      "after",
      examples([
        ["validate", "check the policy and list its rules"],
        ["explain secret:prod-db-password", "which tag comes from which source, and why"],
        ["replay event.json --dry-run", "what a creation function would write"],
      ]),
    );

  const act: Act = async (task) => {
    const options = program.opts<GlobalOptions>();
    end(await task({ world, options, terminal: openTerminal(world, options) }));
  };
  for (const { name, define } of verbs) define(program.command(name), act);
  return program;
}

/** Help and version end well; everything else that the parser stops at is bad usage. */
function exitOfUsage({ code, exitCode }: CommanderError): ExitCode {
  // Help that was not asked for is printed where the verb is missing.
  return exitCode === 0 && code !== "commander.help" ? EXIT.clean : EXIT.usage;
}

function explainFailure(error: unknown, terminal: Terminal, debug = false): ExitCode {
  const exit = exitCodeOf(error);
  const message = error instanceof Error ? error.message : String(error);
  if (exit === EXIT.internal) {
    terminal.fail(`${message === "" ? "unknown" : message} (a defect of tagwarden)`);
    if (!debug) terminal.fail("run again with --debug and report what it says");
  } else {
    terminal.fail(error instanceof Stop ? message : inWords(exit, message));
  }
  if (debug && error instanceof Error) terminal.trace(error.stack ?? message);
  return exit;
}

/** What the cloud refused is told as what it means, then in its own words. */
function inWords(exit: ExitCode, message: string): string {
  return exit === EXIT.denied ? `credentials or permissions were refused: ${message}` : message;
}
