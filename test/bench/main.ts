import { writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { measureAudit, runAuditSide, serveInventory } from "./audit.ts";
import { measureColdStart } from "./cold-start.ts";
import { measureOverhead, runSide } from "./overhead.ts";
import { measurePeers, runWay, wayOf } from "./peers.ts";
import { measureRate } from "./rate.ts";
import { serve } from "./server.ts";
import { formatPeers, formatTable, type Results, type Row } from "./table.ts";

/** What is measured, by the name that asks for it alone: `npm run bench -- rate`. */
const MEASURES: { readonly [name: string]: (script: string) => Promise<readonly Row[]> } = {
  start: (script) => measureColdStart(dirname(script), script),
  overhead: measureOverhead,
  rate: measureRate,
  audit: measureAudit,
};
/** The same work done with the vendor's client, which has no target to reach. */
const PEERS = "peers";

/** What the last kept run came to; the README shows it. */
const KEPT = "test/bench/results.json";

/**
 * `npm run bench`: each measure beside its floor, in one run, and what one would write without us. With `--keep`
 * the results go where the README's tables come from. Other roles are one side of a measure.
 */
async function main([role, ...args]: readonly string[]): Promise<void> {
  const script = __filename;
  if (role === "serve") return serve(Number(args[0]));
  if (role === "serve-inventory")
    return serveInventory(args[0] === "neglected" ? "neglected" : "kept");
  if (role === "audit-side")
    return runAuditSide(script, args[0] === "ours" ? "ours" : "read", args[1] ?? "");
  if (role === "side") return runSide(args[0] === "ours" ? "ours" : "bare", args[1] ?? "");
  if (role === "way") return runWay(wayOf(args[0]));

  const asked = [role ?? "", ...args].filter((word) => word !== "" && word !== "--keep");
  const keep = [role, ...args].includes("--keep");
  const names = asked.length === 0 ? [...Object.keys(MEASURES), PEERS] : asked;
  process.stderr.write("Measuring for a few minutes; a quiet machine gives steadier figures.\n");
  const rows: Row[] = [];
  for (const name of names.filter((one) => one !== PEERS)) {
    const measure = MEASURES[name];
    if (measure === undefined)
      throw new Error(`"${name}" is none of ${[...Object.keys(MEASURES), PEERS].join(", ")}`);
    rows.push(...(await measure(script)));
  }
  if (rows.length > 0) process.stdout.write(`${formatTable(rows)}\n`);
  const peers = names.includes(PEERS) ? await measurePeers(script) : [];
  if (peers.length > 0) process.stdout.write(`\n${formatPeers(peers)}\n`);
  const results: Results = { node: process.version, rows, peers };
  if (keep) await writeFile(KEPT, `${JSON.stringify(results, null, 2)}\n`);
  process.exitCode = rows.every(({ holds }) => holds) ? 0 : 1;
}

void main(process.argv.slice(2));
