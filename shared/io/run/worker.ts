import { hostname } from "node:os";
import { faultCode } from "../failure.ts";
import { chanceText } from "./run-store.ts";

/** Names a process in leases and journals: its machine, its number there, and some chance. */
export function nameWorker(random: number): string {
  return `${machine()}.${process.pid}.${chanceText(random)}`;
}

/** Is it known that the worker does not run any more? Only of this machine's that can be said. */
export function isGoneWorker(worker: string): boolean {
  const [name, pid, chance] = worker.split(".");
  if (name !== machine() || chance === undefined || !/^\d+$/.test(pid ?? "")) return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return faultCode(error) === "ESRCH";
  }
}

function machine(): string {
  return (
    hostname()
      .replace(/[^A-Za-z0-9-]/g, "-")
      .slice(0, 40) || "machine"
  );
}
