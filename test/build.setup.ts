import { build } from "../esbuild.config.mjs";

const LOCAL = new URL("../.local", import.meta.url).pathname;

/**
 * Tests run the bundles as they are deployed, so they are built once before the first test: into a
 * folder of their own, because `dist/` may hold what somebody built from a policy and is about to deploy.
 */
export async function setup(): Promise<void> {
  await build({ outdir: LOCAL });
}
