import { dirname } from "node:path";
import { measureColdStart } from "./cold-start.ts";
import { measureOverhead, runSide } from "./overhead.ts";
import { serve } from "./server.ts";
import { formatTable } from "./table.ts";

/** `npm run bench`: each measure beside its floor, in one run. With an argument: one side of one. */
async function main([role, ...args]: readonly string[]): Promise<void> {
  const script = __filename;
  if (role === "serve") return serve(Number(args[0]));
  if (role === "overhead") return runSide(args[0] === "ours" ? "ours" : "bare", args[1] ?? "");

  process.stderr.write("Measuring, about a minute; a quiet machine gives steadier figures.\n");
  const rows = [
    ...(await measureColdStart(dirname(script), script)),
    ...(await measureOverhead(script)),
  ];
  process.stdout.write(`${formatTable(rows)}\n`);
  process.exitCode = rows.every(({ holds }) => holds) ? 0 : 1;
}

void main(process.argv.slice(2));
