import { type BuiltCode, judgeCode } from "../../core/doctor/deployed-code.ts";
import { type Diagnosis, skipped, unknown } from "../../core/doctor/diagnosis.ts";
import {
  type FunctionConfig,
  readAsyncConfig,
  readFunctionConfig,
  readTriggers,
} from "../../core/doctor/function-answer.ts";
import { type Expected, INSTALLED, judgeFunction } from "../../core/doctor/installed.ts";
import { judgeAsync, judgeTriggers } from "../../core/doctor/invocation.ts";
import { judgeUnseen } from "../../core/doctor/probe-answer.ts";
import { readOperations } from "../../core/doctor/trace-operation.ts";
import type { FunctionName } from "../../core/permission/demand.ts";
import { ConfigError, readConfig } from "../config.ts";
import { readSettings } from "../run/config.ts";
import type { Evidence } from "./evidence.ts";

/** What is known here, beside the cloud. */
export type AtHome = {
  readonly version: string;
  /** Longest grace of the policy; `null` where none is at hand. */
  readonly graceMs: number | null;
  readonly built: ReadonlyMap<string, BuiltCode | null>;
  /** Region and store of the command line, where they are set. */
  readonly region: string | null;
  readonly store: string | null;
};

type Examine = (name: FunctionName, evidence: Evidence, home: AtHome) => Promise<Diagnosis>;

/** The checks of a function, by the beginning of their ids. */
export const FUNCTION_CHECKS: { readonly [kind: string]: Examine } = {
  async function(name, evidence, home) {
    const deployed = await evidence.deployed(name);
    if (!deployed.ok) return deployed.diagnosis;
    const answer = await evidence.config(deployed.urn);
    const config = readFunctionConfig(answer);
    if (config === null) return judgeUnseen(answer, "functiongraph:function:getConfig");
    return judgeFunction(name, config, { ...home, ...understood(name, config) });
  },
  async code(name, evidence, home) {
    const deployed = await evidence.deployed(name);
    if (!deployed.ok) return skipped(`see function.${name}`);
    const config = readFunctionConfig(await evidence.config(deployed.urn));
    if (config === null) return skipped(`see function.${name}`);
    return judgeCode(config, home.built.get(name) ?? null, home.version);
  },
  async trigger(name, evidence) {
    const deployed = await evidence.deployed(name);
    if (!deployed.ok) return skipped(`see function.${name}`);
    const answer = await evidence.triggers(deployed.urn);
    const triggers = readTriggers(answer);
    if (triggers === null) return judgeUnseen(answer, "functiongraph:trigger:list");
    const known = readOperations(await evidence.operations());
    const config = readFunctionConfig(await evidence.config(deployed.urn));
    return judgeTriggers(name, triggers, known, config?.userData.get("TAGWARDEN_QUEUE") ?? null);
  },
  async async(name, evidence) {
    const deployed = await evidence.deployed(name);
    if (!deployed.ok) return skipped(`see function.${name}`);
    const answer = await evidence.asyncConfig(deployed.urn);
    const config = readAsyncConfig(answer);
    if (config !== null) return judgeAsync(config);
    // The function is there, so that this is about its configuration; no page says what the answer is then.
    if (answer.kind === "answered" && answer.status === 404) return judgeAsync(null);
    if (answer.kind === "answered" && answer.status === 200)
      return unknown("the answer cannot be read", "look at the function's configuration");
    return judgeUnseen(answer, "to read the function's asynchronous configuration");
  },
};

/** Reads a function's settings as it does itself. */
function understood(
  name: FunctionName,
  { userData }: FunctionConfig,
): Pick<Expected, "settingProblems" | "rps" | "ownGraceMs"> {
  const read = (setting: string) => userData.get(setting);
  try {
    const config = INSTALLED[name].waits ? readConfig(read) : readSettings(read, false).config;
    return { settingProblems: [], rps: config.rps, ownGraceMs: config.graceMs };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { settingProblems: error.problems, rps: null, ownGraceMs: null };
  }
}
