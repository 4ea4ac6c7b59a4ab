import { build } from "../esbuild.config.mjs";

/** Tests run the bundles that users deploy, so they are built once before the first test. */
export async function setup(): Promise<void> {
  await build();
}
