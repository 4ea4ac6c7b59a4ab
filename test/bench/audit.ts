import { spawn, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import { dirname, join } from "node:path";
import { isJsonObject } from "../../shared/core/json-value.ts";
import type { Policy } from "../../shared/core/policy/policy.ts";
import { runAudit } from "../../shared/io/audit/audit.ts";
import { wallClock } from "../../shared/io/clock.ts";
import { poolFor } from "../../shared/io/connect.ts";
import { createTagApi, type TagApi } from "../../shared/io/tag-api.ts";
import { createFreePacer } from "../io/free-pacer.ts";
import { median, type Row } from "./table.ts";

const SECRETS = 100_000;
const PAGE_ROWS = 1_000;
const RUNS = 9;
const MEMORY_MAX_MB = 128;
const PROJECT = "a".repeat(32);
const HEX = "0123456789abcdef0123456789ab";

/**
 * Both sides run as a function of 128 MB does in the local cloud, by V8's own limit; young objects are collected
 * as Node does where the machine is small.
 */
const HEAP = [`--max-old-space-size=${MEMORY_MAX_MB}`, "--max-semi-space-size=1"];

type Sample = { readonly ms: number; readonly memoryMb: number };
/** `read`: the same pages, each fetched, parsed with `JSON.parse` and dropped; nothing is looked at but its rows' number. */
export type AuditSide = "ours" | "read";
/** `kept`: the account of somebody who uses this, in which one resource in ten has findings. `neglected`: each has one. */
export type Account = "kept" | "neglected";

const ACCOUNTS: { readonly [Name in Account]: string } = {
  kept: "one in ten with findings",
  neglected: "each with findings",
};

/** Answers as the calls of an audit do, with pages that are built before the first one. Runs until it is killed. */
export function serveInventory(account: Account): void {
  const pages = Array.from({ length: SECRETS / PAGE_ROWS }, (_, page) => pageOf(page, account));
  const server = createServer(async (request, response) => {
    const text = answerTo(request.url ?? "", await bodyOf(request), pages);
    response.writeHead(200, { "content-type": "application/json" }).end(text);
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, "127.0.0.1", () => {
    const address = server.address();
    if (address !== null && typeof address !== "string") process.stdout.write(`${address.port}\n`);
  });
}

async function bodyOf(request: IncomingMessage) {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return JSON.parse(chunks.length === 0 ? "{}" : Buffer.concat(chunks).toString("utf8"));
}

function answerTo(
  url: string,
  { action, offset }: { readonly action?: string; readonly offset?: string },
  pages: readonly Buffer[],
): string | Buffer {
  if (url.endsWith("/tags")) return '{"tags":[{"key":"Owner","values":["x"]}]}';
  if (url.endsWith("/list-keys")) return '{"keys":[],"key_details":[],"truncated":"false"}';
  const isSecret = url.includes("/csms/");
  if (action === "count") return `{"total_count":${isSecret ? SECRETS : 0}}`;
  const page = isSecret ? pages[Number(offset ?? 0) / PAGE_ROWS] : undefined;
  return page ?? `{"resources":[],"total_count":${isSecret ? SECRETS : 0}}`;
}

/**
 * Six tags each or seven (dew-api.md 1.1); every tenth resource has no owner, every hundredth no tag at all. Whom
 * to call at night is known of the others, or of nobody.
 */
function pageOf(page: number, account: Account): Buffer {
  const resources = Array.from({ length: PAGE_ROWS }, (_, row) => {
    const index = page * PAGE_ROWS + row;
    const id = `${index.toString(16).padStart(8, "0")}-${HEX.slice(0, 4)}-4${HEX.slice(1, 4)}-8${HEX.slice(2, 5)}-${HEX.slice(0, 12)}`;
    const name = `prod-service-${index}`;
    const owner =
      index % 10 === 0 ? [] : [{ key: "Owner", value: `team${index % 40}@example.com` }];
    const contact =
      index % 10 === 0 || account === "neglected" ? [] : [{ key: "Contact", value: "on-call" }];
    const tags = [
      ...owner,
      ...contact,
      { key: "Environment", value: "prod" },
      { key: "CostCenter", value: `CC-${1_000 + (index % 200)}` },
      { key: "DataClass", value: "internal" },
      { key: "CreatedBy", value: `user-${index % 500}` },
      { key: "CreatedAt", value: "2026-10-01" },
    ];
    return {
      resource_id: id,
      resource_name: name,
      resource_detail: {
        id,
        name,
        state: "ENABLED",
        kms_key_id: id,
        create_time: 1_760_000_000_000 + index,
        secret_type: "COMMON",
        enterprise_project_id: "0",
      },
      tags: index % 100 === 0 ? [] : tags,
    };
  });
  return Buffer.from(JSON.stringify({ resources, total_count: SECRETS }));
}

/** Runs one side in this process and prints what it measured; each sample gets a process of its own. */
export async function runAuditSide(script: string, side: AuditSide, port: string): Promise<void> {
  const endpoint = `http://127.0.0.1:${port}`;
  const policyFile = join(dirname(script), "audit", "policy.json");
  const policy: Policy = JSON.parse(readFileSync(policyFile, "utf8"));
  const tags = createTagApi({
    endpoint,
    project: PROJECT,
    credentials: { ak: "AK", sk: "SK", token: "T" },
    pool: poolFor(endpoint),
    clock: wallClock,
    random: Math.random,
    pacer: createFreePacer(wallClock),
    tryTimeoutMs: 8_000,
  });
  const startedMs = performance.now();
  await SIDES[side](tags, policy);
  const ms = performance.now() - startedMs;
  // The most that the process ever held, Node itself included: what the platform would count.
  const sample: Sample = { ms, memoryMb: process.resourceUsage().maxRSS / 1024 };
  process.stdout.write(JSON.stringify(sample), () => process.exit(0));
}

const SIDES: { readonly [Side in AuditSide]: (tags: TagApi, policy: Policy) => Promise<void> } = {
  async ours(tags, policy) {
    const { report } = await runAudit({
      policy,
      places: [{ region: "cn-north-4", project: PROJECT, tags }],
      clock: wallClock,
      budget: unlimited(),
      version: "bench",
      plans: false,
    });
    if (!report.complete || report.types.secret.examined !== SECRETS)
      throw new Error("the audit did not see everything");
  },
  async read(tags) {
    let rows = 0;
    const operation = "ListResourceInstances";
    const path = "/resource_instances/action";
    const limit = `${PAGE_ROWS}`;
    for (let offset = 0; offset < SECRETS; offset += PAGE_ROWS) {
      const body = { action: "filter", limit, offset: `${offset}` };
      const page = await tags.query("secret", { operation, path, body }, unlimited());
      if (isJsonObject(page) && Array.isArray(page.resources)) rows += page.resources.length;
    }
    if (rows !== SECRETS) throw new Error("not everything was read");
  },
};

function unlimited() {
  const { signal } = new AbortController();
  return { signal, deadlineMs: Number.POSITIVE_INFINITY, countCall: () => {} };
}

function startInventory(
  script: string,
  account: Account,
): Promise<{ readonly port: string; readonly stop: () => void }> {
  const child = spawn(process.execPath, [script, "serve-inventory", account], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.stdout.once("data", (chunk: Buffer) =>
      resolve({ port: chunk.toString("utf8").trim(), stop: () => child.kill() }),
    );
  });
}

function sampleOf(script: string, side: AuditSide, port: string): Sample {
  const argv = [...HEAP, script, "audit-side", side, port];
  const { status, stdout, stderr } = spawnSync(process.execPath, argv, { encoding: "utf8" });
  if (status !== 0) throw new Error(`a measured process ended with ${status}: ${stderr}`);
  return JSON.parse(stdout);
}

/**
 * Time and memory of an audit of 100,000 secrets, and of reading the same pages and discarding them: in turns, the
 * medians of both sides, and for our memory the most.
 */
export async function measureAudit(script: string): Promise<readonly Row[]> {
  return [
    ...(await measureAccount(script, "kept")),
    ...(await measureAccount(script, "neglected")),
  ];
}

async function measureAccount(script: string, account: Account): Promise<readonly Row[]> {
  const server = await startInventory(script, account);
  const samples: { readonly [S in AuditSide]: Sample[] } = { ours: [], read: [] };
  try {
    for (let index = 0; index < RUNS; index++)
      for (const side of ["read", "ours"] as const)
        samples[side].push(sampleOf(script, side, server.port));
  } finally {
    server.stop();
  }
  const pick = (side: AuditSide, field: keyof Sample) =>
    median(samples[side].map((one) => one[field]));
  const ratio = pick("ours", "ms") / pick("read", "ms");
  const memoryMb = Math.max(...samples.ours.map((one) => one.memoryMb));
  return [
    {
      what: `Audit of 100,000, ${ACCOUNTS[account]}: time, against pages parsed`,
      ours: `${pick("ours", "ms").toFixed(0)} ms`,
      floor: `${pick("read", "ms").toFixed(0)} ms`,
      ratio,
      reach: "≤ 2",
      holds: ratio <= 2,
    },
    {
      what: `Audit of 100,000, ${ACCOUNTS[account]}: peak memory (RSS)`,
      ours: `${memoryMb.toFixed(0)} MB`,
      floor: `${pick("read", "memoryMb").toFixed(0)} MB`,
      ratio: null,
      reach: `< ${MEMORY_MAX_MB} MB`,
      holds: memoryMb < MEMORY_MAX_MB,
    },
  ];
}
