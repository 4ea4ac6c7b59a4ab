import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { baselineOf } from "../core/audit/history.ts";
import { readReport } from "../core/report/report-schema.ts";
import { EXIT, Stop } from "./exit-code.ts";
import type { Session } from "./verb.ts";

/** The fingerprints of what was wrong in an earlier report. Ends the command where the file is none. */
export async function readBaseline(file: string, { world }: Session): Promise<ReadonlySet<string>> {
  try {
    const text = await readFile(resolve(world.cwd, file), "utf8");
    return baselineOf(readReport(JSON.parse(text)).findings);
  } catch {
    throw new Stop(EXIT.usage, `${file}: expected a report that audit --out json=… wrote`);
  }
}
