import { randomUUID } from "node:crypto";
import type { FunctionContext } from "../io/function.ts";
import { readEnvironment, settingsOf } from "./environment.ts";
import type { World } from "./world.ts";

/** Longer than a usual grace: somebody who replays a fresh event wants to see it done. */
export const REPLAY_MS = 300_000;

/** What FunctionGraph's context has beside what we use (functiongraph.md section 2). */
type ReplayContext = FunctionContext & {
  getFunctionName(): string;
  getVersion(): string;
  getRunningTimeInSeconds(): number;
};

/**
 * The context that FunctionGraph would give, with the environment for its user data and the user's
 * own keys for the agency's. Throws a `ConfigError` that names all that is missing.
 */
export function createContext(functionName: string, { env, now }: World): ReplayContext {
  const { project, credentials } = readEnvironment(env);
  const read = settingsOf(env);
  const request = randomUUID();
  const endMs = now() + REPLAY_MS;
  return {
    getRequestID: () => request,
    getRemainingTimeInMilliSeconds: () => Math.max(0, endMs - now()),
    getRunningTimeInSeconds: () => REPLAY_MS / 1000,
    getUserData: (name) => (/^(HUAWEICLOUD|TAGWARDEN)_/.test(name) ? read(name) : undefined),
    getProjectID: () => project,
    getFunctionName: () => functionName,
    getVersion: () => "latest",
    getSecurityAccessKey: () => credentials.ak,
    getSecuritySecretKey: () => credentials.sk,
    getSecurityToken: () => credentials.token ?? "",
  };
}
