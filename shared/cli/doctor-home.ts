import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import type { BuiltCode } from "../core/doctor/deployed-code.ts";
import { type Diagnosis, ok, problem } from "../core/doctor/diagnosis.ts";
import { isJsonObject, parseJson } from "../core/json-value.ts";
import { FUNCTION_NAMES } from "../core/permission/demand.ts";
import type { Policy } from "../core/policy/policy.ts";
import { Stop } from "./exit-code.ts";
import { checkPolicy, choosePolicy } from "./policy-choice.ts";
import type { Session } from "./verb.ts";

/** The chosen policy, or why there is none: that does not keep the rest from being checked. */
export async function examinePolicy({ world, options }: Session): Promise<{
  readonly policy: Policy | null;
  readonly diagnosis: Diagnosis;
}> {
  const advice = "see tagwarden validate, or name another with --policy <file>";
  let file: string;
  try {
    file = choosePolicy(options.policy, world);
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    return { policy: null, diagnosis: problem(error.message, advice, "settings") };
  }
  const result = await checkPolicy(file, world);
  if (result.ok)
    return {
      policy: result.policy,
      diagnosis: ok(`${result.policy.hash.slice(0, 12)} (${basename(file)})`),
    };
  const count = result.problems.length;
  const found = `${file} does not hold: ${count} ${count === 1 ? "problem" : "problems"}`;
  return { policy: null, diagnosis: problem(found, advice, "settings") };
}

/** What the build put beside the command line, by function; `null` where it did not. */
export async function readBuilt(home: string): Promise<ReadonlyMap<string, BuiltCode | null>> {
  const rows = FUNCTION_NAMES.map(async (name) => [name, await readCode(home, name)] as const);
  return new Map(await Promise.all(rows));
}

async function readCode(home: string, name: string): Promise<BuiltCode | null> {
  try {
    const zip = await readFile(join(home, `${name}.zip`));
    const policy = parseJson(await readFile(join(home, name, "policy.json"), "utf8"));
    if (!isJsonObject(policy) || typeof policy.hash !== "string") return null;
    return { digest: createHash("sha512").update(zip).digest("hex"), policyHash: policy.hash };
  } catch {
    return null;
  }
}
