import type { Host } from "../../core/doctor/check.ts";
import {
  allowedOrigin,
  type Config,
  ConfigError,
  defaultEndpoint,
  type ReadSetting,
} from "../config.ts";
import { type RunConfig, readSettings } from "../run/config.ts";
import type { Credentials } from "../sign.ts";

/** Where doctor looks, and with whose keys. */
export type DoctorSettings = {
  readonly config: Config;
  readonly runs: RunConfig;
  /** Origins; `null` where neither a region nor the endpoint is set. */
  readonly hosts: { readonly [Name in Host]: string | null };
  readonly project: string;
  readonly credentials: Credentials;
};

/** Names of the settings by which another endpoint may be given. */
export const ENDPOINT_SETTINGS: { readonly [Name in Host]: string } = {
  kms: "HUAWEICLOUD_KMS_ENDPOINT",
  functiongraph: "HUAWEICLOUD_FGS_ENDPOINT",
  cts: "HUAWEICLOUD_CTS_ENDPOINT",
  obs: "HUAWEICLOUD_OBS_ENDPOINT",
  smn: "HUAWEICLOUD_SMN_ENDPOINT",
};

/** Reads all settings that doctor looks at. Throws a `ConfigError` that names everything that is wrong. */
export function readDoctorSettings(
  read: ReadSetting,
  identity: Pick<DoctorSettings, "project" | "credentials">,
): DoctorSettings {
  const { config, runs } = readSettings(read, true);
  const cts = ctsOrigin(read, config);
  return { config, runs, hosts: { kms: config.endpoint, cts, ...runs.endpoints }, ...identity };
}

function ctsOrigin(read: ReadSetting, { endpoint, region }: Config): string | null {
  const name = ENDPOINT_SETTINGS.cts;
  // The local cloud serves everything at one place.
  const own =
    new URL(endpoint).hostname === "127.0.0.1" ? endpoint : defaultEndpoint("cts", region);
  const wanted = read(name)?.trim() || own;
  if (wanted === null) return null;
  const origin = allowedOrigin(wanted);
  if (origin === null)
    throw new ConfigError([
      `${name} must be an https:// origin without a path (http:// only on 127.0.0.1)`,
    ]);
  return origin;
}
