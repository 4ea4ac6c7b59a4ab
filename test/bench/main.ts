import { dirname } from "node:path";
import { measureAudit, runAuditSide, serveInventory } from "./audit.ts";
import { measureColdStart } from "./cold-start.ts";
import { measureOverhead, runSide } from "./overhead.ts";
import { measureRate } from "./rate.ts";
import { serve } from "./server.ts";
import { formatTable, type Row } from "./table.ts";

/** What is measured, by the name that asks for it alone: `npm run bench -- rate`. */
const MEASURES: { readonly [name: string]: (script: string) => Promise<readonly Row[]> } = {
  start: (script) => measureColdStart(dirname(script), script),
  overhead: measureOverhead,
  rate: measureRate,
  audit: measureAudit,
};

/** `npm run bench`: each measure beside its floor, in one run. Other roles are one side of a measure. */
async function main([role, ...args]: readonly string[]): Promise<void> {
  const script = __filename;
  if (role === "serve") return serve(Number(args[0]));
  if (role === "serve-inventory") return serveInventory();
  if (role === "audit-side")
    return runAuditSide(script, args[0] === "ours" ? "ours" : "read", args[1] ?? "");
  if (role === "side") return runSide(args[0] === "ours" ? "ours" : "bare", args[1] ?? "");

  const names = role === undefined ? Object.keys(MEASURES) : [role, ...args];
  process.stderr.write("Measuring for a few minutes; a quiet machine gives steadier figures.\n");
  const rows: Row[] = [];
  for (const name of names) {
    const measure = MEASURES[name];
    if (measure === undefined)
      throw new Error(`"${name}" is none of ${Object.keys(MEASURES).join(", ")}`);
    rows.push(...(await measure(script)));
  }
  process.stdout.write(`${formatTable(rows)}\n`);
  process.exitCode = rows.every(({ holds }) => holds) ? 0 : 1;
}

void main(process.argv.slice(2));
