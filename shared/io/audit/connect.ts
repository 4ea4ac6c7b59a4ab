import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type AuditScopes, auditScopesSchema } from "../../core/audit/audit-scopes.ts";
import { parseJson } from "../../core/json-value.ts";
import { ConfigError } from "../config.ts";
import { connect, random, readCredentials, settingsOf } from "../connect.ts";
import type { FunctionContext, TimeLeft } from "../function.ts";
import { readSettings } from "../run/config.ts";
import { queueAt, storeAt, workTime } from "../run/connect.ts";
import { nameWorker } from "../run/worker.ts";
import { connectPlaces } from "./places.ts";
import type { AuditFunctionDeps } from "./timed-audit.ts";

/** Builds what the function `audit` works with from its context. */
export function connectAudit(
  context: FunctionContext,
  time: TimeLeft,
  version: string,
): AuditFunctionDeps {
  const { config, runs } = readSettings(settingsOf(context), false);
  if (runs.storeUrl === null) throw new ConfigError(["TAGWARDEN_STORE must be set"]);
  const deps = connect(context, time);
  const { project, region, tags, clock, signal } = deps;
  const identity = { project, credentials: readCredentials(context) };
  const scopes = readPackedScopes(__dirname);
  const places =
    scopes === null
      ? [{ region, project, tags }]
      : connectPlaces(scopes, config, identity.credentials);
  return {
    ...deps,
    store: storeAt(runs.storeUrl, runs, identity, deps, false),
    topic: runs.topic === null ? null : queueAt(runs.topic, config, runs, identity, deps),
    remediate: runs.remediate,
    places,
    version,
    random,
    worker: nameWorker(random()),
    work: {
      clock,
      signal,
      ...workTime(deps.deadlineMs, time.budgetMs),
      stop: new AbortController().signal,
    },
  };
}

/** The regions and projects that the build packed beside the code; `null` where there are none. */
function readPackedScopes(folder: string): AuditScopes | null {
  let text: string;
  try {
    text = readFileSync(join(folder, "scopes.json"), "utf8");
  } catch {
    return null;
  }
  const parsed = auditScopesSchema.safeParse(parseJson(text));
  if (!parsed.success) throw new ConfigError(["scopes.json beside the function's code is damaged"]);
  return parsed.data;
}
