import type { AuditScopes } from "../../core/audit/audit-scopes.ts";
import { allowedOrigin, type Config, ConfigError, defaultEndpoint } from "../config.ts";
import { dependencies } from "../connect.ts";
import type { Credentials } from "../sign.ts";
import type { AuditPlace } from "./audit.ts";

/** How each place of an audit is reached: all with the same credentials, each host at its own rate. */
export function connectPlaces(
  { scopes }: AuditScopes,
  config: Config,
  credentials: Credentials,
): readonly AuditPlace[] {
  return scopes.map(({ region, project, endpoint: given }, index) => {
    const endpoint = allowedOrigin(given ?? defaultEndpoint("kms", region) ?? "");
    if (endpoint === null)
      throw new ConfigError([`scopes.${index}.endpoint must be an https:// origin without a path`]);
    const { tags } = dependencies({ ...config, region, endpoint }, project, credentials);
    return { region, project, tags };
  });
}
