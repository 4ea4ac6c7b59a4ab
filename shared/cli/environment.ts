import { isProjectId } from "../core/project.ts";
import { type Config, ConfigError, type ReadSetting, readConfig } from "../io/config.ts";
import type { Credentials } from "../io/sign.ts";
import type { World } from "./world.ts";

type Variables = World["env"];

/** Where a command works, and with whose keys. */
export type Environment = {
  readonly config: Config;
  readonly project: string;
  readonly credentials: Credentials;
};

/** Names that people already have: those of Huawei's SDKs, then Terraform's; ours where neither has one. */
const FAMILIES = [
  {
    ak: "HUAWEICLOUD_SDK_AK",
    sk: "HUAWEICLOUD_SDK_SK",
    token: "HUAWEICLOUD_SDK_SECURITY_TOKEN",
  },
  { ak: "HW_ACCESS_KEY", sk: "HW_SECRET_KEY", token: "HW_SECURITY_TOKEN" },
] as const;
const PROJECT = ["HUAWEICLOUD_SDK_PROJECT_ID", "HW_PROJECT_ID"] as const;
const REGION = ["HUAWEICLOUD_REGION", "HW_REGION_NAME"] as const;

/** Are there keys, or at least the half of a pair? */
export function hasCredentials(env: Variables): boolean {
  return familyOf(env) !== undefined;
}

/** Reads the settings of a function from the environment, the region by all of its names. */
export function settingsOf(env: Variables): ReadSetting {
  return (name) => (name === REGION[0] ? first(env, REGION) : env[name]);
}

/** The region and the project as far as they are known; for what works without credentials. */
export function placeOf(env: Variables): {
  readonly region: string | null;
  readonly project: string | null;
} {
  return { region: first(env, REGION) ?? null, project: first(env, PROJECT) ?? null };
}

/**
 * Reads region, endpoint, project and keys. The security token is optional: only temporary keys have
 * one. Throws one `ConfigError` that names all that is missing or wrong, by every name it may have.
 */
export function readEnvironment(env: Variables): Environment {
  const problems: string[] = [];
  const required = (value: string | undefined, names: readonly string[]): string => {
    if (value === undefined) problems.push(`${names.join(" or ")} must be set`);
    return value ?? "";
  };

  const family = familyOf(env) ?? FAMILIES[0];
  const names = (part: "ak" | "sk") =>
    hasCredentials(env) ? [family[part]] : FAMILIES.map((other) => other[part]);
  const ak = required(text(env, family.ak), names("ak"));
  const sk = required(text(env, family.sk), names("sk"));
  const token = text(env, family.token);

  const project = required(first(env, PROJECT), PROJECT);
  if (project !== "" && !isProjectId(project))
    problems.push(`${PROJECT.join(" or ")} must be a project's id`);

  const place = [...REGION, "HUAWEICLOUD_KMS_ENDPOINT"];
  const config =
    required(first(env, place), place) === "" ? null : tryConfig(settingsOf(env), problems);
  if (config === null || problems.length > 0) throw new ConfigError(problems);
  return { config, project, credentials: { ak, sk, ...(token === undefined ? {} : { token }) } };
}

/** All three must come from one family: keys of one with a token of another are refused. */
function familyOf(env: Variables) {
  return FAMILIES.find(({ ak, sk }) => first(env, [ak, sk]) !== undefined);
}

function tryConfig(read: ReadSetting, problems: string[]): Config | null {
  try {
    return readConfig(read);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    problems.push(error.message.replace(/^settings: /, ""));
    return null;
  }
}

function first(env: Variables, names: readonly string[]): string | undefined {
  return names.map((name) => text(env, name)).find((value) => value !== undefined);
}

/** An empty text counts as not set. */
function text(env: Variables, name: string): string | undefined {
  return env[name]?.trim() || undefined;
}
