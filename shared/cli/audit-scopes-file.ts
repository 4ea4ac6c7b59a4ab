import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { parse } from "yaml";
import {
  type AuditScopes,
  auditScopesSchema,
  problemOfScopes,
} from "../core/audit/audit-scopes.ts";
import { EXIT, Stop } from "./exit-code.ts";
import type { World } from "./world.ts";

/** Reads regions and projects from a YAML or JSON file. Ends the command where it is none. */
export async function readScopesFile(file: string, { cwd }: World): Promise<AuditScopes> {
  const text = await readFile(resolve(cwd, file), "utf8").catch(() => {
    throw new Stop(EXIT.usage, `cannot read ${file}: expected a file of scopes`);
  });
  const value = parseYaml(text, file);
  const parsed = auditScopesSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new Stop(EXIT.usage, `${file}: ${problemOfScopes(value)}`);
}

function parseYaml(text: string, file: string): unknown {
  try {
    return parse(text);
  } catch {
    throw new Stop(EXIT.usage, `${file} is neither YAML nor JSON`);
  }
}
