import { spawnSync } from "node:child_process";
import { Pool } from "undici";
import { RESOURCE_KINDS } from "../../shared/core/resource.ts";
import { wallClock } from "../../shared/io/clock.ts";
import { call } from "../../shared/io/cloud.ts";
import { createFreePacer } from "../io/free-pacer.ts";
import { startServer } from "./server.ts";
import { median, type Row } from "./table.ts";

const SERVER_DELAY_MS = 5;
const CONNECTIONS = 8;
const CALLS = 4_000;
const WARM_UP_CALLS = 400;
const RUNS = 5;
const PATH = "/v1/p/csms/0d0466b0-1111-4222-8333-94455aa0b001/tags";

type Sample = { readonly perSecond: number; readonly cpuUs: number };
export type Side = "ours" | "bare";

/** Runs one side in this process and prints what it measured; each sample gets a process of its own. */
export async function runSide(side: Side, port: string): Promise<void> {
  const endpoint = `http://127.0.0.1:${port}`;
  const pool = new Pool(endpoint, { connections: CONNECTIONS });
  const makeCall = side === "ours" ? ourCall(endpoint, pool) : bareCall(pool);
  await repeat(makeCall, WARM_UP_CALLS);
  const cpuBefore = process.cpuUsage();
  const startedMs = performance.now();
  await repeat(makeCall, CALLS);
  const seconds = (performance.now() - startedMs) / 1000;
  const cpu = process.cpuUsage(cpuBefore);
  const sample: Sample = { perSecond: CALLS / seconds, cpuUs: (cpu.user + cpu.system) / CALLS };
  process.stdout.write(JSON.stringify(sample), () => process.exit(0));
}

function ourCall(endpoint: string, pool: Pool): () => Promise<unknown> {
  const credentials = { ak: "AK", sk: "SK", token: "T" };
  const cloud = {
    endpoint,
    project: "p",
    credentials,
    pool,
    clock: wallClock,
    random: Math.random,
    pacer: createFreePacer(wallClock),
    tryTimeoutMs: 8_000,
  };
  const kind = RESOURCE_KINDS.secret;
  const request = {
    kind,
    operation: "ListTags",
    method: "GET",
    path: PATH,
    body: undefined,
  };
  const signal = new AbortController().signal;
  const budget = { signal, deadlineMs: Number.POSITIVE_INFINITY, countCall: () => {} };
  return () => call(cloud, request, budget);
}

/** What one would write with undici and nothing else: send, read, parse. */
function bareCall(pool: Pool): () => Promise<unknown> {
  return async () => {
    const { body } = await pool.request({ method: "GET", path: PATH });
    return body.json();
  };
}

/** As many calls at once as there are connections. */
async function repeat(makeCall: () => Promise<unknown>, calls: number): Promise<void> {
  let left = calls;
  const worker = async () => {
    while (left-- > 0) await makeCall();
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, worker));
}

function sampleOf(script: string, side: Side, port: string): Sample {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, "side", side, port], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`a measured process ended with ${status}: ${stderr}`);
  return JSON.parse(stdout);
}

/** Requests a second and CPU time of our call against a loop of bare requests, in turns, medians. */
export async function measureOverhead(script: string): Promise<readonly Row[]> {
  const server = await startServer(script, SERVER_DELAY_MS);
  const samples: { readonly [S in Side]: Sample[] } = { ours: [], bare: [] };
  try {
    for (let index = 0; index < RUNS; index++)
      for (const side of ["bare", "ours"] as const)
        samples[side].push(sampleOf(script, side, server.port));
  } finally {
    server.stop();
  }
  const pick = (side: Side, field: keyof Sample) => median(samples[side].map((one) => one[field]));
  const rate = pick("ours", "perSecond") / pick("bare", "perSecond");
  const cpu = pick("ours", "cpuUs") / pick("bare", "cpuUs");
  return [
    {
      what: "Overhead per call: requests a second",
      ours: pick("ours", "perSecond").toFixed(0),
      floor: pick("bare", "perSecond").toFixed(0),
      ratio: rate,
      reach: "≥ 0.85",
      holds: rate >= 0.85,
    },
    {
      what: "Overhead per call: CPU",
      ours: `${pick("ours", "cpuUs").toFixed(0)} µs`,
      floor: `${pick("bare", "cpuUs").toFixed(0)} µs`,
      ratio: cpu,
      reach: "≤ 2",
      holds: cpu <= 2,
    },
  ];
}
