import picocolors from "picocolors";
import { DEMO_EXIT, runDemo } from "./demo.ts";

const interruption = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => interruption.abort());

// Whoever reads our output may stop early (`| head`): what comes after goes nowhere, quietly.
for (const stream of [process.stdout, process.stderr])
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });

const { NO_COLOR, TERM } = process.env;
const colored = process.stdout.isTTY === true && !NO_COLOR && TERM !== "dumb";

const complain = (line: string) => process.stderr.write(`${line}\n`);

runDemo({
  // The build puts this file beside the functions' folders.
  bundles: __dirname,
  paint: picocolors.createColors(colored),
  show: (line) => process.stdout.write(`${line}\n`),
  complain,
  draw: process.stdout.isTTY === true ? (text) => process.stdout.write(text) : null,
  signal: interruption.signal,
}).then(
  (exit) => {
    process.exitCode = exit;
  },
  (error) => {
    complain(`The demonstration broke off: ${error instanceof Error ? error.message : error}`);
    process.exitCode = DEMO_EXIT.wrong;
  },
);
