import { existsSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { ASK_SIGNAL, type Holding, QUESTION_FILE } from "./instance.ts";
import type { ProcessSample } from "./judge.ts";

const MB = 1024 * 1024;
const ANSWER_MS_MAX = 30_000;
const LOOK_MS = 20;

const HOLDING = z.object({
  question: z.int(),
  heapBytes: z.number(),
  externalBytes: z.number(),
  resources: z.int(),
}) satisfies z.ZodType<Holding>;

export type Living = { readonly function: string; readonly pid: number };

/** Looks at the instances from outside, and asks them what they hold. `folder` is where they answer. */
export function createLookout(folder: string, living: () => readonly Living[]) {
  const most = new Map<number, number>();
  let question = 0;

  /** Notes the most connections that each process had at once. */
  function glance(): void {
    const tcp = tcpInodes();
    for (const { pid } of living()) {
      const { sockets } = descriptorsOf(pid, tcp);
      most.set(pid, Math.max(most.get(pid) ?? 0, sockets));
    }
  }

  return {
    glance,
    /**
     * What every process holds now, garbage excluded, and the most sockets since it was asked last. One that has
     * ended is left out: that it is missing is judged.
     */
    async ask(): Promise<readonly ProcessSample[]> {
      question += 1;
      writeFileSync(join(folder, QUESTION_FILE), `${question}`);
      const all = living().filter(({ pid }) => signal(pid));
      glance();
      const samples = await Promise.all(
        all.map(async ({ function: name, pid }) => {
          const holding = await answerOf(pid);
          if (holding === null) return [];
          const { heapBytes, externalBytes, resources } = holding;
          const { sockets, others } = descriptorsOf(pid, tcpInodes());
          const sample = {
            function: name,
            pid,
            heapMb: heapBytes / MB,
            externalMb: externalBytes / MB,
            rssMb: residentBytes(pid) / MB,
            sockets,
            socketsMost: Math.max(most.get(pid) ?? 0, sockets),
            descriptors: others,
            resources,
          };
          return [sample];
        }),
      );
      most.clear();
      return samples.flat();
    },
  };

  /** `null`: it has ended. */
  async function answerOf(pid: number): Promise<Holding | null> {
    const untilMs = performance.now() + ANSWER_MS_MAX;
    while (performance.now() < untilMs) {
      if (!existsSync(`/proc/${pid}`)) return null;
      const holding = readHolding(join(folder, `${pid}.json`));
      if (holding?.question === question) return holding;
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
    throw new Error(`process ${pid} does not say what it holds`);
  }
}

/** Is there still somebody to ask? */
function signal(pid: number): boolean {
  try {
    return process.kill(pid, ASK_SIGNAL);
  } catch {
    return false;
  }
}

function readHolding(file: string): Holding | null {
  try {
    return HOLDING.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    return null;
  }
}

/** Of all connections on this machine: a process' pipes are sockets, too, but not these. */
function tcpInodes(): ReadonlySet<string> {
  const rows = ["tcp", "tcp6"].flatMap((name) => readLines(`/proc/net/${name}`));
  return new Set(rows.map((row) => row.trim().split(/\s+/)[9] ?? ""));
}

function readLines(file: string): readonly string[] {
  try {
    return readFileSync(file, "utf8").split("\n").slice(1);
  } catch {
    return [];
  }
}

function descriptorsOf(pid: number, tcp: ReadonlySet<string>) {
  let sockets = 0;
  let others = 0;
  for (const name of namesIn(`/proc/${pid}/fd`)) {
    const inode = /^socket:\[(\d+)\]$/.exec(targetOf(`/proc/${pid}/fd/${name}`))?.[1];
    if (inode !== undefined && tcp.has(inode)) sockets += 1;
    else others += 1;
  }
  return { sockets, others };
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Empty where it was closed meanwhile. */
function targetOf(link: string): string {
  try {
    return readlinkSync(link);
  } catch {
    return "";
  }
}

/** `NaN` of one that is just ending. */
function residentBytes(pid: number): number {
  const lines = readLines(`/proc/${pid}/status`);
  const kilobytes = lines.map((line) => /^VmRSS:\s+(\d+) kB$/.exec(line)?.[1]);
  return Number(kilobytes.find((one) => one !== undefined)) * 1024;
}
