import { CloudError } from "../core/error.ts";
import { ConfigError } from "../io/config.ts";
import { QueueError } from "../io/queue/error.ts";
import { RunError } from "../io/run/run-store.ts";
import { StoreError } from "../io/store/store-error.ts";

/** How a command ends; scripts rely on these numbers. Never a count, never 0 on partial failure. */
export const EXIT = {
  /** Done, and nothing is wrong. */
  clean: 0,
  /** Violations, or a plan that is not empty. */
  violations: 1,
  /** Something could not be examined or changed; takes precedence over `violations`. */
  incomplete: 2,
  /** Bad usage, settings, input or policy. */
  usage: 3,
  /** Credentials or permissions. */
  denied: 4,
  /** A guard stopped the run. */
  guard: 5,
  /** A defect of this program. */
  internal: 6,
  /** Interrupted (SIGINT); what was done is consistent. */
  interrupted: 130,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Ends a command with a sentence for the user and an exit code. Holds no tag value. */
export class Stop extends Error {
  readonly exit: ExitCode;

  constructor(exit: ExitCode, message: string) {
    super(message);
    this.name = "Stop";
    this.exit = exit;
  }
}

/** The exit code that an error means; `internal` for what is none of ours. */
export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof Stop) return error.exit;
  if (error instanceof ConfigError) return EXIT.usage;
  if (error instanceof RunError) return error.code === "taken" ? EXIT.incomplete : EXIT.usage;
  if (error instanceof StoreError && error.code === "bad-url") return EXIT.usage;
  if (error instanceof CloudError || error instanceof StoreError || error instanceof QueueError)
    return error.code === "denied" ? EXIT.denied : EXIT.incomplete;
  return EXIT.internal;
}

/** From the one that needs a person most to the one that needs nobody. */
const GRAVITY: readonly ExitCode[] = [
  EXIT.interrupted,
  EXIT.internal,
  EXIT.denied,
  EXIT.usage,
  EXIT.guard,
  EXIT.incomplete,
  EXIT.violations,
];

/** The code to end with where several parts ended with codes of their own. */
export function gravestExit(codes: readonly ExitCode[]): ExitCode {
  return GRAVITY.find((code) => codes.includes(code)) ?? EXIT.clean;
}
