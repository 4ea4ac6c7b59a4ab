import type { SettingsChange } from "../cloud/settings.ts";
import type { Chance } from "./chance.ts";

/** How bad things are: parts of all cases, and times. Cleared when it calms down. */
export type Weather = {
  /** Requests that meet a fault. */
  faultPart: number;
  /** Tries of functions that are killed. */
  killPart: number;
  /** Operations of the store that fail. */
  storeFaultPart: number;
  /** By how much the clock of an instance may be wrong, either way. */
  skewMaxMs: number;
  /** Traces that never arrive. */
  dropPart: number;
  /** How long new resources stay invisible, at most. */
  invisibleMaxMs: number;
};

/** What a seed is like from its beginning to its end. */
export type Climate = {
  readonly settings: SettingsChange;
  readonly transport: "functiongraph" | "memory";
  readonly batchMax: number;
  readonly rps: number;
  readonly retagInstances: number;
  readonly creationInstances: number;
  readonly creationTimeoutMs: number;
  readonly bulkTimeoutMs: number;
  readonly maxRetries: number;
};

export const CALM: Weather = {
  faultPart: 0,
  killPart: 0,
  storeFaultPart: 0,
  skewMaxMs: 0,
  dropPart: 0,
  invisibleMaxMs: 0,
};

/** Draws how bad a seed is; often one thing alone is bad, so that it is not drowned by the others. */
export function drawWeather(chance: Chance): Weather {
  return {
    faultPart: chance.pick([0, 0.02, 0.1, 0.3]),
    killPart: chance.pick([0, 0, 0.1, 0.4]),
    storeFaultPart: chance.pick([0, 0, 0.02, 0.15]),
    skewMaxMs: chance.pick([0, 0, 2_000, 20_000]),
    dropPart: chance.pick([0, 0, 0.2]),
    invisibleMaxMs: chance.pick([0, 5_000, 40_000]),
  };
}

/** Draws what the documents leave open, and how the functions are set up. */
export function drawClimate(chance: Chance): Climate {
  return {
    settings: {
      createOnExisting: chance.pick(["overwrite", "reject"]),
      keyLimits: chance.pick(["documented", "extended"]),
      defaultKeysInQuery: chance.happens(0.5),
      pendingDeletionTags: chance.pick(["reject", "accept"]),
      deleteMissing: chance.pick(["ignore", "reject"]),
      deleteValue: chance.pick(["ignore", "match"]),
      ratePerSecond: chance.pick([20, 20, 10, 4]),
      rateAlgorithm: chance.pick(["window", "bucket"]),
      traceDelayMs: chance.pick([0, 1_000, 30_000]),
      trace: {
        times: chance.pick(["ms", "seconds", "text"]),
        bodies: chance.pick(["object", "string", "empty"]),
        id: chance.pick(["resource_id", "resource_id", "response", "none"]),
        serviceType: "KMS",
        envelope: chance.pick(["cts", "eventgrid", "smn"]),
        copies: chance.pick([1, 1, 2, 3]),
        jitterMs: chance.pick([0, 2_000, 60_000]),
      },
    },
    transport: chance.pick(["functiongraph", "memory"]),
    batchMax: chance.pick([1, 3, 20]),
    rps: chance.pick([18, 18, 5]),
    retagInstances: chance.whole(1, 3),
    creationInstances: chance.pick([1, 3, 20]),
    creationTimeoutMs: chance.pick([9_000, 30_000]),
    bulkTimeoutMs: chance.pick([30_000, 60_000]),
    maxRetries: chance.pick([0, 2, 3]),
  };
}
