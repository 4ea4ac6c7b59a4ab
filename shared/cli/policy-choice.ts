import { existsSync } from "node:fs";
import { isAbsolute, relative, resolve } from "node:path";
import type { Policy } from "../core/policy/policy.ts";
import type { PolicyLines } from "../core/policy/policy-lines.ts";
import { formatProblem, readPolicy } from "../io/policy/file.ts";
import { EXIT, Stop } from "./exit-code.ts";
import type { Session } from "./verb.ts";
import type { World } from "./world.ts";

/** Where a policy is looked for when none is named. */
export const DEFAULT_POLICIES = ["infra/policy/tag-policy.yaml", "tag-policy.yaml"] as const;

/** The policy file that is meant: the named one, else the first default that exists. */
export function choosePolicy(named: string | undefined, { cwd }: World): string {
  const found = named ?? DEFAULT_POLICIES.find((file) => existsSync(resolve(cwd, file)));
  if (found !== undefined) return found;
  const looked = DEFAULT_POLICIES.map((file) => `./${file}`).join(" and ");
  throw new Stop(EXIT.usage, `no policy: looked for ${looked}; name one with --policy <file>`);
}

/** Reads and checks a policy; its problems name files as the user does. */
export async function checkPolicy(file: string, { cwd }: World) {
  const result = await readPolicy(resolve(cwd, file));
  const shorten = <P extends { readonly file: string }>(problem: P): P => ({
    ...problem,
    file: displayName(problem.file, file, cwd),
  });
  return result.ok
    ? { ...result, warnings: result.warnings.map(shorten) }
    : { ...result, problems: result.problems.map(shorten) };
}

/** Files are read by their absolute paths, and named by those only where the user does so. */
function displayName(file: string, asked: string, cwd: string): string {
  if (file === resolve(cwd, asked)) return asked;
  return isAbsolute(asked) ? file : relative(cwd, file);
}

/** The policy that a command works by. One that does not hold ends the command with all problems. */
export async function requirePolicy({ world, options, terminal }: Session): Promise<{
  readonly file: string;
  readonly policy: Policy;
  readonly lines: PolicyLines;
}> {
  const file = choosePolicy(options.policy, world);
  const result = await checkPolicy(file, world);
  if (result.ok) return { file, policy: result.policy, lines: result.lines };
  for (const problem of result.problems) terminal.fail(formatProblem(problem));
  throw new Stop(EXIT.usage, `the policy ${file} does not hold; see tagwarden validate`);
}
