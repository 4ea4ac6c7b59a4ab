import type { Budget } from "../io/cloud.ts";
import { dependencies, disconnect } from "../io/connect.ts";
import { readEnvironment } from "./environment.ts";
import type { World } from "./world.ts";

/** How long a command waits for the cloud altogether. */
const BUDGET_MS = 120_000;

/** What a command reaches the cloud with: the user's own credentials, and time. */
export type CloudAccess = ReturnType<typeof dependencies> & { readonly budget: Budget };

/**
 * Connects as the environment says, runs a task, and closes the connections. Throws a `ConfigError`
 * where settings or credentials are missing; the user's interruption ends the task's calls.
 */
export async function withCloud<T>(
  { env, signal }: Pick<World, "env" | "signal">,
  task: (cloud: CloudAccess) => Promise<T>,
): Promise<T> {
  const { config, project, credentials } = readEnvironment(env);
  const access = dependencies(config, project, credentials);
  const budget: Budget = {
    signal: AbortSignal.any([signal, AbortSignal.timeout(BUDGET_MS)]),
    deadlineMs: access.clock.now() + BUDGET_MS,
    countCall: () => {},
  };
  try {
    return await task({ ...access, budget });
  } finally {
    await disconnect();
  }
}
