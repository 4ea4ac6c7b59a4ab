import { afterAll, beforeAll } from "vitest";
import { type LocalCloud, startCloud } from "../cloud/index.ts";
import type { SettingsChange } from "../cloud/settings.ts";
import { type Sdk, startSdk } from "./sdk.ts";

export type Stage = { readonly cloud: LocalCloud; readonly sdk: Sdk };

/** One local cloud and one process of clients for all tests of a file. The clients sign by the wall clock. */
export function useSdk(settings: SettingsChange = {}): () => Stage {
  let stage: Stage | undefined;
  beforeAll(async () => {
    const cloud = await startCloud({ settings: { ratePerSecond: null, ...settings } });
    stage = { cloud, sdk: startSdk(cloud, cloud.user("alice")) };
  });
  afterAll(async () => {
    stage?.sdk.stop();
    await stage?.cloud.stop();
    stage = undefined;
  });
  return () => {
    if (stage === undefined) throw new Error("there is no cloud outside of a test");
    return stage;
  };
}
