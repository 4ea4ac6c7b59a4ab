import { readFile } from "node:fs/promises";
import { parse } from "yaml";
import {
  type AuditScopes,
  auditScopesSchema,
  problemOfScopes,
} from "../../core/audit/audit-scopes.ts";
import { allowedOrigin } from "../config.ts";
import { faultCode } from "../failure.ts";

/** What a file of scopes says, or what is wrong with it, without its name. */
export type ReadScopes =
  | { readonly ok: true; readonly scopes: AuditScopes }
  | { readonly ok: false; readonly problem: string };

/** Reads and checks regions and projects in a YAML or JSON file: when a command runs, and when a build packs them. */
export async function readScopes(path: string): Promise<ReadScopes> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (faultCode(error) === "") throw error;
    return { ok: false, problem: "cannot be read: expected a file of scopes" };
  }
  let value: unknown;
  try {
    value = parse(text);
  } catch {
    return { ok: false, problem: "is neither YAML nor JSON" };
  }
  const parsed = auditScopesSchema.safeParse(value);
  if (!parsed.success) return { ok: false, problem: problemOfScopes(value) ?? "" };
  const { scopes } = parsed.data;
  const problem = problemOfEndpoints(scopes) ?? problemOfTwins(scopes);
  return problem === null ? { ok: true, scopes: parsed.data } : { ok: false, problem };
}

function problemOfEndpoints(scopes: AuditScopes["scopes"]): string | null {
  const at = scopes.findIndex(
    ({ endpoint }) => endpoint !== undefined && allowedOrigin(endpoint) === null,
  );
  const expected = "expected an https:// origin without a path (http:// only on 127.0.0.1)";
  return at < 0 ? null : `scopes.${at}.endpoint: ${expected}`;
}

/** One that is there twice would be judged, and counted, twice. */
function problemOfTwins(scopes: AuditScopes["scopes"]): string | null {
  const names = scopes.map(({ region, project }) => `${region} ${project}`);
  const at = names.findIndex((name, index) => names.indexOf(name) < index);
  return at < 0 ? null : `scopes.${at}: the same region and project twice`;
}
