import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Pool } from "undici";
import { createLimiter } from "../core/limiter.ts";
import type { Policy } from "../core/policy/policy.ts";
import { isProjectId } from "../core/project.ts";
import { wallClock } from "./clock.ts";
import { type Cloud, TRY_TIMEOUT_MS } from "./cloud.ts";
import { type Config, ConfigError, type ReadSetting, readConfig } from "./config.ts";
import type { Deps, FunctionContext, TimeLeft } from "./function.ts";
import { createPacer } from "./pacer.ts";
import type { Credentials } from "./sign.ts";
import { createTagApi } from "./tag-api.ts";

/** Connections to the one host; a function handles one request at a time, bulk work several. */
const CONNECTIONS_MAX = 8;
const CONNECT_TIMEOUT_MS = 5_000;
/** Below a minute, which is what gateways commonly allow an idle connection. */
const KEEP_ALIVE_MS = 30_000;

// The two things that outlive an invocation: neither holds anything of one.
let policyOfThisBundle: Policy | undefined;
const poolsOfThisProcess: Map<string, Pool> = new Map();

/** Builds what a function works with from its context: its settings and temporary credentials. */
export function connect(context: FunctionContext, { signal, budgetMs }: TimeLeft): Deps {
  const config = readConfig(settingsOf(context));
  const project = context.getProjectID();
  if (!isProjectId(project)) throw new ConfigError(["the context has no project id"]);
  const reached = dependencies(config, project, readCredentials(context));
  const deadlineMs = reached.clock.now() + budgetMs;
  return { ...reached, policy: readCompiledPolicy(), signal, deadlineMs };
}

/** A function's settings, plain and encrypted user data alike (functiongraph.md section 2). */
export function settingsOf(context: FunctionContext): ReadSetting {
  return (name) => context.getUserData(name);
}

/** The same for any caller that brings its own credentials. */
export function dependencies(config: Config, project: string, credentials: Credentials) {
  const { endpoint, region, graceMs } = config;
  const tags = createTagApi(cloudAt(endpoint, config, project, credentials));
  return { tags, clock: wallClock, region, project, graceMs };
}

/** A host, reached with these credentials over the connections that this process has to it. */
export function cloudAt(
  endpoint: string,
  { rps }: Pick<Config, "rps">,
  project: string,
  credentials: Credentials,
): Cloud {
  const clock = wallClock;
  return {
    endpoint,
    project,
    credentials,
    pool: poolFor(endpoint),
    clock,
    random,
    // Of this invocation alone: what it learns of the rate is no other's to use.
    pacer: createPacer(createLimiter({ rps, nowMs: clock.now() }), clock, random),
    tryTimeoutMs: TRY_TIMEOUT_MS,
  };
}

/** Chance, in [0, 1). */
export function random(): number {
  return Math.random();
}

/** Closes the connections, so that a command line can end. */
export async function disconnect(): Promise<void> {
  const open = [...poolsOfThisProcess.values()];
  poolsOfThisProcess.clear();
  await Promise.all(open.map((pool) => pool.close()));
}

/** One pool an endpoint; a function has one endpoint, unless its settings change while it is warm. */
export function poolFor(endpoint: string): Pool {
  const pool =
    poolsOfThisProcess.get(endpoint) ??
    new Pool(endpoint, {
      connections: CONNECTIONS_MAX,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connect: { timeout: CONNECT_TIMEOUT_MS },
    });
  poolsOfThisProcess.set(endpoint, pool);
  return pool;
}

/**
 * An agency's temporary credentials: three that belong together and live for 24 hours at most, so they
 * are read at each invocation (functiongraph.md section 2). Long-term keys, in a replay, have no token.
 */
export function readCredentials(context: FunctionContext): Credentials {
  const ak = context.getSecurityAccessKey();
  const sk = context.getSecuritySecretKey();
  const token = context.getSecurityToken();
  if (!ak || !sk) throw new ConfigError(["the function has no credentials: give it an agency"]);
  return token ? { ak, sk, token } : { ak, sk };
}

/** The policy that the build compiled into `policy.json` beside the bundle. */
function readCompiledPolicy(): Policy {
  policyOfThisBundle ??= readPolicyBeside(__dirname);
  return policyOfThisBundle;
}

function readPolicyBeside(folder: string): Policy {
  const problem = "policy.json beside the function's code is not a compiled policy of this version";
  let compiled: Policy;
  try {
    compiled = JSON.parse(readFileSync(join(folder, "policy.json"), "utf8"));
  } catch {
    throw new ConfigError([problem]);
  }
  if (compiled?.version !== 1 || typeof compiled.hash !== "string")
    throw new ConfigError([problem]);
  return compiled;
}
