import type { CloudSettings } from "./contract.ts";

/** Settings to change, those of traces one by one. */
export type SettingsChange = Partial<Omit<CloudSettings, "trace">> & {
  readonly trace?: Partial<CloudSettings["trace"]>;
};

/**
 * The settings that hold where nothing else is asked for: the platform's convention for tags
 * (dew-api.md 3), the documented limits, 20 calls a second (dew-api.md 5), traces in the form of the
 * current documentation.
 */
export function settingsWith({ trace, ...change }: SettingsChange = {}): CloudSettings {
  return {
    createOnExisting: "overwrite",
    keyLimits: "documented",
    defaultKeysInQuery: false,
    pendingDeletionTags: "reject",
    deleteMissing: "ignore",
    deleteValue: "ignore",
    ratePerSecond: 20,
    rateAlgorithm: "window",
    traceDelayMs: 0,
    ...change,
    trace: {
      times: "ms",
      bodies: "object",
      id: "resource_id",
      serviceType: "KMS",
      envelope: "cts",
      copies: 1,
      jitterMs: 0,
      ...trace,
    },
  };
}
