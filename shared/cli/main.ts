import { wallClock } from "../io/clock.ts";
import { faultCode } from "../io/failure.ts";
import { EXIT } from "./exit-code.ts";
import { run } from "./run.ts";
import type { World } from "./world.ts";

/** Put here by the build. */
declare const TAGWARDEN_VERSION: string;

const interruption = new AbortController();

/** Whoever reads our output may stop early (`| head`): what comes after goes nowhere, quietly. */
function endQuietly(error: Error): void {
  if (faultCode(error) !== "EPIPE") throw error;
}

process.stdout.on("error", endQuietly);
process.stderr.on("error", endQuietly);
const interrupt = () => interruption.abort();
// The first interruption lets the verb end; the second one is the system's.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, interrupt);
process.on("uncaughtException", (error) => {
  process.stderr.write(`error: ${error.message} (a defect of tagwarden)\n`);
  process.exit(EXIT.internal);
});

const world: World = {
  env: process.env,
  stdout: {
    write: (text) => process.stdout.write(text),
    isTerminal: process.stdout.isTTY === true,
  },
  stderr: {
    write: (text) => process.stderr.write(text),
    isTerminal: process.stderr.isTTY === true,
  },
  get stdin() {
    return process.stdin;
  },
  // Some terminals do not know their width and say 0.
  width: process.stdout.columns || null,
  cwd: process.cwd(),
  home: __dirname,
  version: TAGWARDEN_VERSION,
  now: () => wallClock.now(),
  signal: interruption.signal,
};

void run(process.argv.slice(2), world).then((exit) => {
  process.exitCode = exit;
  // What a verb started may keep the process alive; then an interruption ends it.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.removeListener(signal, interrupt);
  if (exit === EXIT.interrupted) process.exit();
});
