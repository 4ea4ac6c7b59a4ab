import { type Command, InvalidArgumentError } from "commander";

/** Options of the verbs that work with runs; they take the place of settings. */
export type RunOptions = {
  readonly store?: string;
  readonly queue?: string | true;
  readonly rps?: number;
};

/** Declares where the run store is. */
export function withStoreOption(command: Command): Command {
  return command.option(
    "--store <url>",
    "run store: a folder, file:///folder or obs://bucket/prefix (default: TAGWARDEN_STORE, else .tagwarden)",
  );
}

/** Declares how many calls a second are made at most. */
export function withRateOption(command: Command): Command {
  return command.option("--rps <n>", "calls a second at most (default: 18)", positive);
}

/** A number above zero, of an option. */
export function positive(text: string): number {
  const number = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text) || number <= 0)
    throw new InvalidArgumentError("Expected a number above 0.");
  return number;
}

/** A whole number of zero or more, of an option. */
export function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError("Expected a whole number.");
  return Number(text);
}
