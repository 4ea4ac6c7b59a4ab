import { parseDuration } from "../core/time.ts";

/** Settings of one process: by `context.getUserData` in a function, by the environment on a command line. */
export type ReadSetting = (name: string) => string | undefined;

export type Config = {
  /** `null` where only an endpoint is set; then the field `region` of a policy is absent. */
  readonly region: string | null;
  /** Serves KMS and CSMS (dew-api.md section 10). Origin, no slash at its end. */
  readonly endpoint: string;
  /** `TAGWARDEN_GRACE`: takes the place of the policy's `guards.grace`. */
  readonly graceMs: number | null;
  /** `TAGWARDEN_RPS`: requests a second to a host, never exceeded. */
  readonly rps: number;
};

/** Below the 20 a second that KMS allows each user (dew-api.md section 5). */
const RPS_DEFAULT = 18;
const RPS_MAX = 1_000;

/** All that is wrong with the settings, in one message. Names settings, never their values. */
export class ConfigError extends Error {
  /** One sentence for each. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`settings: ${problems.join("; ")}`);
    this.name = "ConfigError";
    this.problems = problems;
  }
}

/** Reads and checks the settings. An empty text counts as not set. Throws a `ConfigError`. */
export function readConfig(read: ReadSetting): Config {
  const problems: string[] = [];
  const setting = (name: string) => read(name)?.trim() || null;

  const region = setting("HUAWEICLOUD_REGION");
  if (region !== null && !/^[a-z]{2,}(-[a-z0-9]+)+$/.test(region))
    problems.push("HUAWEICLOUD_REGION must look like eu-west-101");

  const endpoint = setting("HUAWEICLOUD_KMS_ENDPOINT") ?? defaultEndpoint("kms", region);
  if (endpoint === null)
    problems.push("HUAWEICLOUD_REGION or HUAWEICLOUD_KMS_ENDPOINT must be set");
  const origin = endpoint === null ? null : allowedOrigin(endpoint);
  if (endpoint !== null && origin === null)
    problems.push(
      "HUAWEICLOUD_KMS_ENDPOINT must be an https:// origin without a path (http:// only on 127.0.0.1)",
    );

  const grace = setting("TAGWARDEN_GRACE");
  const graceMs = grace === null ? null : parseDuration(grace);
  if (grace !== null && graceMs === null)
    problems.push("TAGWARDEN_GRACE must be a duration such as 30s, 500ms or 2m");

  const rps = parseRps(setting("TAGWARDEN_RPS"));
  if (rps === null) problems.push(`TAGWARDEN_RPS must be a number from 1 to ${RPS_MAX}`);

  if (problems.length > 0 || rps === null || origin === null) throw new ConfigError(problems);
  return { region, endpoint: origin, graceMs, rps };
}

/** The default where none is given; `null` where it is no number in the range. */
function parseRps(text: string | null): number | null {
  if (text === null) return RPS_DEFAULT;
  const rps = /^\d{1,4}(\.\d{1,9})?$/.test(text) ? Number(text) : 0;
  return rps >= 1 && rps <= RPS_MAX ? rps : null;
}

/** `https://kms.<region>.myhuaweicloud.com`, `.eu` on the European site (dew-api.md section 10). */
export function defaultEndpoint(service: string, region: string | null): string | null {
  if (region === null) return null;
  return `https://${service}.${region}.myhuaweicloud.${region.startsWith("eu-") ? "eu" : "com"}`;
}

/** Credentials go to this origin, so it must be encrypted, or on this machine. */
export function allowedOrigin(endpoint: string): string | null {
  if (!URL.canParse(endpoint)) return null;
  const { protocol, hostname, origin, pathname, search, hash, username, password } = new URL(
    endpoint,
  );
  const bare = pathname === "/" && `${search}${hash}${username}${password}` === "";
  const safe = protocol === "https:" || (protocol === "http:" && hostname === "127.0.0.1");
  return bare && safe ? origin : null;
}
