import { join } from "node:path";
import { wallClock } from "../io/clock.ts";
import { loadTool } from "./built.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { interruptionOf } from "./interruption.ts";
import { examples, type Session, type Verb } from "./verb.ts";

/** Built beside the command line from the checkout's tests; not part of the command line itself. */
const LOCAL_CLOUD = "local-cloud.cjs";

/** Starts the local cloud and keeps it running. */
export const dev: Verb = {
  name: "dev",
  define: (command, act) =>
    command
      .description("Run the local cloud with its page, for trying things out without an account.")
      .argument("[options...]", "handed on to the local cloud")
      .allowUnknownOption()
      .addHelpText(
        "after",
        examples([
          ["dev", "run until Ctrl-C; prints the address of its page"],
          ["dev --port 8080 --timer 10m", "the page's port, and when the audit runs by itself"],
          ["dev -- --help", "all that may be set"],
        ]),
      )
      .action((argv: readonly string[]) => act((session) => run(session, argv))),
};

/** How long the local cloud may take to end after an interruption. */
const CLOSING_MS = 3_000;

async function run({ world }: Session, argv: readonly string[]): Promise<ExitCode> {
  const main = loadTool(join(world.home, LOCAL_CLOUD), "main", "dev works in a checkout");
  const cut = interruptionOf(world.signal).then(() => wallClock.sleep(CLOSING_MS));
  const answer = await Promise.race([main(argv), cut]);
  if (answer === undefined) return EXIT.clean;
  return Object.values(EXIT).find((code) => code === answer) ?? EXIT.internal;
}
