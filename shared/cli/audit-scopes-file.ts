import { resolve } from "node:path";
import type { AuditScopes } from "../core/audit/audit-scopes.ts";
import { readScopes } from "../io/audit/scopes-file.ts";
import { EXIT, Stop } from "./exit-code.ts";
import type { World } from "./world.ts";

/** Reads regions and projects from a YAML or JSON file. Ends the command where it is none. */
export async function readScopesFile(file: string, { cwd }: World): Promise<AuditScopes> {
  const read = await readScopes(resolve(cwd, file));
  if (read.ok) return read.scopes;
  throw new Stop(EXIT.usage, `${file}: ${read.problem}`);
}
