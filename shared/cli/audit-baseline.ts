import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { baselineOf } from "../core/audit/history.ts";
import { isJsonObject, own, parseJson } from "../core/json-value.ts";
import { EXIT, Stop } from "./exit-code.ts";
import type { Session } from "./verb.ts";

/** The fingerprints of what was wrong in an earlier report. Ends the command where the file is none. */
export async function readBaseline(file: string, { world }: Session): Promise<ReadonlySet<string>> {
  const wrong = new Stop(EXIT.usage, `${file}: expected a report that audit --out json=… wrote`);
  const text = await readFile(resolve(world.cwd, file), "utf8").catch(() => {
    throw wrong;
  });
  const report = parseJson(text);
  const findings = isJsonObject(report) ? own(report, "findings") : undefined;
  if (!Array.isArray(findings)) throw wrong;
  const known = findings.flatMap((finding: unknown) => {
    if (!isJsonObject(finding)) return [];
    const fingerprint = own(finding, "fingerprint");
    const status = own(finding, "status");
    if (typeof fingerprint !== "string") return [];
    return status === "fail" || status === "error" ? [{ fingerprint, status } as const] : [];
  });
  return baselineOf(known);
}
