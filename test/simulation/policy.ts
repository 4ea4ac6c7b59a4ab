import { join } from "node:path";
import type { Policy } from "../../shared/core/policy/policy.ts";
import { readPolicy } from "../../shared/io/policy/file.ts";

/** The policy of the simulation; `root` is the checkout. */
export async function readSimulationPolicy(root: string): Promise<Policy> {
  const path = join(root, "test", "policies", "simulation", "tag-policy.yaml");
  const result = await readPolicy(path);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.policy;
}
