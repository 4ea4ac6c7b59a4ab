import { setMaxListeners } from "node:events";
import { isAbsolute, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { ReadSetting } from "../io/config.ts";
import { disconnect } from "../io/connect.ts";
import { connectRuns, type RunAccess } from "../io/run/connect.ts";
import { readEnvironment, settingsOf } from "./environment.ts";
import type { RunOptions } from "./run-options.ts";
import type { World } from "./world.ts";

/** Where runs are kept when nothing else is said. */
export const DEFAULT_STORE = ".tagwarden";
/** After an interruption, what is being written may take this long to be finished. */
const FINISH_MS = 10_000;

/** The run store, the queue, and time: what commands about runs work with. */
export type CliRuns = RunAccess & {
  /** Aborts when the user interrupts: begin nothing more. */
  readonly stop: AbortSignal;
};

/**
 * Connects to the run store and, where the environment has credentials, to the cloud; runs a task and
 * closes the connections. An interruption stops the task softly, and for good some seconds later.
 */
export async function withRuns<T>(
  world: World,
  options: RunOptions,
  task: (runs: CliRuns) => Promise<T>,
): Promise<T> {
  const hard = new AbortController();
  // Each call that is under way listens to it: that is no leak.
  setMaxListeners(0, hard.signal);
  const { env, cwd, signal: stop } = world;
  const read = withOptions(settingsOf(env), options, cwd);
  const runs = connectRuns(read, readEnvironment(env), {
    signal: hard.signal,
    deadlineMs: Number.POSITIVE_INFINITY,
  });
  const finish = () => {
    void runs.clock.sleep(FINISH_MS, hard.signal).then(
      () => hard.abort(),
      () => undefined,
    );
  };
  stop.addEventListener("abort", finish, { once: true });
  try {
    return await task({ ...runs, stop });
  } finally {
    stop.removeEventListener("abort", finish);
    hard.abort();
    await disconnect();
  }
}

/** Settings with the command's options in their place; a store may be given as a plain path. */
export function withOptions(
  read: ReadSetting,
  { store, queue, rps }: RunOptions,
  cwd: string,
): ReadSetting {
  const url = storeUrl(store ?? (read("TAGWARDEN_STORE")?.trim() || DEFAULT_STORE), cwd);
  const given: { readonly [name: string]: string | undefined } = {
    TAGWARDEN_STORE: url,
    TAGWARDEN_QUEUE: queue === true ? undefined : queue,
    TAGWARDEN_RPS: rps === undefined ? undefined : `${rps}`,
  };
  return (name) => (Object.hasOwn(given, name) ? given[name] : undefined) ?? read(name);
}

function storeUrl(text: string, cwd: string): string {
  // Whatever looks like an URL is one: a typo in it must not become a folder beside us.
  if (/^[a-z][a-z0-9+.-]*:/i.test(text)) return text;
  return pathToFileURL(isAbsolute(text) ? text : resolve(cwd, text)).href;
}
