import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import type { Policy } from "../../shared/core/policy/policy.ts";
import { formatProblem, readPolicy } from "../../shared/io/policy/file.ts";

/** Files by name, in a folder that goes with the test. */
export type Files = { readonly [name: string]: string | Uint8Array };

export async function makeFolder(files: Files): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "policy-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  return folder;
}

/** The problems of a policy as lines, with files as they are named in the folder. */
export async function problemsOf(policy: string, files: Files = {}): Promise<readonly string[]> {
  const folder = await makeFolder({ "policy.yaml": policy, ...files });
  const result = await readPolicy(join(folder, "policy.yaml"));
  const found = result.ok ? [] : result.problems;
  return found.map((problem) => formatProblem(problem).replace(`${folder}/`, ""));
}

/** A policy without problems, and its warnings as lines. */
export async function readGood(policy: string, files: Files = {}, name = "policy.yaml") {
  const folder = await makeFolder({ [name]: policy, ...files });
  const result = await readPolicy(join(folder, name));
  if (!result.ok) throw new Error(result.problems.map(formatProblem).join("\n"));
  const warnings = result.warnings.map((warning) =>
    formatProblem(warning).replace(`${folder}/`, ""),
  );
  return { policy: result.policy, warnings };
}

/** The compiled policy alone. */
export async function compileGood(policy: string, files: Files = {}): Promise<Policy> {
  return (await readGood(policy, files)).policy;
}
