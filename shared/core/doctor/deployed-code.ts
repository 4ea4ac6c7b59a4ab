import { type Diagnosis, ok, problem, unknown } from "./diagnosis.ts";
import type { FunctionConfig } from "./function-answer.ts";

/** What is built here for a function. */
export type BuiltCode = {
  /** SHA-512 (hex) of its zip. */
  readonly digest: string;
  /** Of the policy that travels in it. */
  readonly policyHash: string;
};

/** A beginning of a policy's hash, as people write it into a description. */
const POLICY_IN_TEXT = /\bpolicy[ :=]+([0-9a-f]{8,64})\b/i;
const VERSION_IN_TEXT = /\btagwarden[ :=@v]+(\d+\.\d+\.\d[\w.-]*)/i;

/**
 * Whether the deployed code is what is built here. The service tells a SHA-512 of the code, "to judge whether
 * it has changed" (functiongraph_06_0106); that it is the zip's own is not documented, so only an equal
 * digest is proof. A description may tell version and policy: `Tagwarden 1.2.3, policy 0a1b2c3d4e5f`.
 */
export function judgeCode(
  { digest, description }: FunctionConfig,
  built: BuiltCode | null,
  version: string,
): Diagnosis {
  if (built === null)
    return unknown("nothing is built here to compare with", "npm run build -- --policy <file>");
  if (digest !== null && digest.toLowerCase() === built.digest)
    return ok(`the build's, policy ${built.policyHash.slice(0, 12)}`);

  const deploy = "deploy what is built here, or build what is deployed";
  const hash = POLICY_IN_TEXT.exec(description)?.[1];
  if (hash !== undefined && !built.policyHash.startsWith(hash.toLowerCase()))
    return problem(`policy ${hash.slice(0, 12)}, here ${built.policyHash.slice(0, 12)}`, deploy);
  const theirs = VERSION_IN_TEXT.exec(description)?.[1];
  if (theirs !== undefined && theirs !== version)
    return problem(`version ${theirs}, here ${version}`, deploy);
  return unknown(
    digest === null ? "the service tells no digest" : "other code than the build, by its digest",
    `${deploy}; the service may also hash it differently`,
  );
}

/** Whether what is built here holds the policy that is chosen. */
export function judgeBuild(
  built: ReadonlyMap<string, BuiltCode | null>,
  policyHash: string,
): Diagnosis {
  const missing = [...built].filter(([, code]) => code === null).map(([name]) => name);
  const advice = "npm run build -- --policy <file>";
  if (missing.length > 0) return unknown(`not built: ${missing.join(", ")}`, advice);
  const other = [...built].filter(([, code]) => code?.policyHash !== policyHash);
  if (other.length > 0)
    return problem(`built from another policy: ${other.map(([name]) => name).join(", ")}`, advice);
  return ok(`from policy ${policyHash.slice(0, 12)}`);
}
