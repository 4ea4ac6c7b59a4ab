import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { Pool } from "undici";
import * as z from "zod";
import { createLimiter } from "../../shared/core/limiter.ts";
import { wallClock } from "../../shared/io/clock.ts";
import { createPacer } from "../../shared/io/pacer.ts";
import { createTagApi } from "../../shared/io/tag-api.ts";
import { startCloud } from "../cloud/index.ts";
import { createFreePacer } from "../io/free-pacer.ts";
import { SOCKETS, startServer } from "./server.ts";
import type { PeerRow } from "./table.ts";

/** Ways to tag many resources with one batch action each: ours, and what one would write with the vendor's client. */
const WAYS = {
  sequential: "Huawei's SDK client, one call after the other",
  parallel: "Huawei's SDK client, `Promise.all`",
  ours: "Tagwarden's client, the same calls",
} as const;
export type Way = keyof typeof WAYS;
const WAY_NAMES = ["sequential", "parallel", "ours"] as const satisfies readonly Way[];

/** The way of that name; the first where there is none. */
export function wayOf(name: string | undefined): Way {
  return WAY_NAMES.find((way) => way === name) ?? WAY_NAMES[0];
}

const CALLS = 2_000;
const SERVER_DELAY_MS = 5;
/** What KMS documents: calls a second and user (dew-api.md 5). */
const LIMIT = 20;
const LIMITED_CALLS = 200;
const CONNECTIONS = 8;
const RPS = 18;
const TAG = { key: "Owner", value: "core@example.com" };

const Sample = z.object({
  seconds: z.number(),
  cpuUs: z.number(),
  memoryMb: z.number(),
  /** Calls that failed, by the status that they failed with. */
  failed: z.record(z.string(), z.int()),
});
type Sample = z.infer<typeof Sample>;

const Task = z.object({
  endpoint: z.string(),
  project: z.string(),
  ak: z.string(),
  sk: z.string(),
  ids: z.array(z.string()),
  limited: z.boolean(),
});
type Task = z.infer<typeof Task>;

type Tag = (id: string) => Promise<unknown>;

/** One way in a process of its own: reads its task from standard input and prints what it measured. */
export async function runWay(way: Way): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk);
  const task = Task.parse(JSON.parse(Buffer.concat(chunks).toString("utf8")));
  const tag = way === "ours" ? ourTag(task) : sdkTag(task);
  const failed: Record<string, number> = {};
  const count = (error: unknown) => {
    const status = statusOf(error);
    failed[status] = (failed[status] ?? 0) + 1;
  };
  const cpuBefore = process.cpuUsage();
  const startedMs = performance.now();
  await RUN[way](task.ids, (id) => tag(id).catch(count));
  const seconds = (performance.now() - startedMs) / 1000;
  const cpu = process.cpuUsage(cpuBefore);
  const sample: Sample = {
    seconds,
    cpuUs: (cpu.user + cpu.system) / task.ids.length,
    memoryMb: process.resourceUsage().maxRSS / 1024,
    failed,
  };
  process.stdout.write(JSON.stringify(sample), () => process.exit(0));
}

const RUN: { readonly [W in Way]: (ids: readonly string[], tag: Tag) => Promise<void> } = {
  async sequential(ids, tag) {
    for (const id of ids) await tag(id);
  },
  async parallel(ids, tag) {
    await Promise.all(ids.map(tag));
  },
  async ours(ids, tag) {
    const left = [...ids].reverse();
    const work = async () => {
      for (let id = left.pop(); id !== undefined; id = left.pop()) await tag(id);
    };
    await Promise.all(Array.from({ length: CONNECTIONS }, work));
  },
};

function ourTag({ endpoint, project, ak, sk, limited }: Task): Tag {
  const limiter = createLimiter({ rps: RPS, nowMs: wallClock.now() });
  const tags = createTagApi({
    ...{ endpoint, project, credentials: { ak, sk } },
    pool: new Pool(endpoint, { connections: CONNECTIONS }),
    ...{ clock: wallClock, random: Math.random, tryTimeoutMs: 8_000 },
    pacer: limited ? createPacer(limiter, wallClock, Math.random) : createFreePacer(wallClock),
  });
  const { signal } = new AbortController();
  const budget = { signal, deadlineMs: Number.POSITIVE_INFINITY, countCall: () => {} };
  const written = new Map([[TAG.key, TAG.value]]);
  return (id) => tags.createTags({ type: "secret", id }, written, budget);
}

/** The vendor's own client as it is published, not as a bundle of ours would change it. */
function sdkTag({ endpoint, project, ak, sk }: Task): Tag {
  const load = createRequire(join(process.cwd(), "package.json"));
  const sdk: typeof import("@huaweicloud/huaweicloud-sdk-core") = load(
    "@huaweicloud/huaweicloud-sdk-core",
  );
  // Its builder asks for a package that the SDK does not declare; this is what the builder builds.
  const http: typeof import("@huaweicloud/huaweicloud-sdk-core/http/DefaultHttpClient") = load(
    "@huaweicloud/huaweicloud-sdk-core/http/DefaultHttpClient",
  );
  const core: typeof import("@huaweicloud/huaweicloud-sdk-core/HcClient") = load(
    "@huaweicloud/huaweicloud-sdk-core/HcClient",
  );
  const credentials = new sdk.BasicCredentials().withAk(ak).withSk(sk).withProjectId(project);
  const client = new core.HcClient(new http.DefaultHttpClient({}, [endpoint]))
    .withCredential(credentials)
    .withEndpoints([endpoint]);
  return (id) =>
    client.sendRequest({
      method: "POST",
      url: "/v1/{project_id}/csms/{secret_id}/tags/action",
      contentType: "application/json",
      queryParams: {},
      pathParams: { project_id: project, secret_id: id },
      headers: {},
      data: { action: "create", tags: [TAG] },
    });
}

/** The status that an error of either client tells, or else its name. */
function statusOf(error: unknown): string {
  if (typeof error !== "object" || error === null) return String(error);
  const status = Reflect.get(error, "httpStatusCode") ?? Reflect.get(error, "status");
  return typeof status === "number" ? String(status) : error.constructor.name;
}

function sampleOf(script: string, way: Way, task: Task): Promise<Sample> {
  const child = spawn(process.execPath, [script, "way", way], { stdio: ["pipe", "pipe", "pipe"] });
  const out: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
  // The SDK logs each refusal at length.
  child.stderr.resume();
  child.stdin.end(JSON.stringify(task));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", () => {
      const printed = Buffer.concat(out).toString("utf8");
      const line = printed.slice(printed.lastIndexOf('{"seconds"'));
      try {
        resolve(Sample.parse(JSON.parse(line)));
      } catch (error) {
        reject(error);
      }
    });
  });
}

/** Every way, each in processes of its own, one after the other. */
export async function measurePeers(script: string): Promise<readonly PeerRow[]> {
  const rows: PeerRow[] = [];
  for (const way of WAY_NAMES)
    rows.push({
      way: WAYS[way],
      free: await measureFree(script, way),
      limited: await measureLimited(script, way),
    });
  return rows;
}

async function measureFree(script: string, way: Way): Promise<PeerRow["free"]> {
  const server = await startServer(script, SERVER_DELAY_MS);
  const endpoint = `http://127.0.0.1:${server.port}`;
  try {
    const ids = Array.from({ length: CALLS }, () => crypto.randomUUID());
    const task = { endpoint, project: "p", ak: "AK", sk: "SK", ids, limited: false };
    const { seconds, cpuUs, memoryMb, failed } = await sampleOf(script, way, task);
    if (Object.keys(failed).length > 0) throw new Error(`${way}: ${JSON.stringify(failed)}`);
    const pool = new Pool(endpoint);
    const { body } = await pool.request({ method: "GET", path: SOCKETS });
    const sockets = z.object({ all: z.int(), most: z.int() }).parse(await body.json());
    await pool.close();
    return {
      callsPerSecond: CALLS / seconds,
      cpuUsPerCall: cpuUs,
      memoryMb,
      // All but the one that asked.
      sockets: sockets.all - 1,
      socketsAtOnce: sockets.most,
    };
  } finally {
    server.stop();
  }
}

async function measureLimited(script: string, way: Way): Promise<PeerRow["limited"]> {
  const cloud = await startCloud({ settings: { ratePerSecond: LIMIT } });
  try {
    const secrets = Array.from({ length: LIMITED_CALLS }, (_, n) =>
      cloud.addSecret({ name: `s-${n}` }),
    );
    const { ak, sk } = cloud.user("alice");
    const { endpoint, project } = cloud;
    const ids = secrets.map(({ id }) => id);
    const sample = await sampleOf(script, way, { endpoint, project, ak, sk, ids, limited: true });
    const tagged = secrets.filter(({ tags }) => tags.get(TAG.key) === TAG.value).length;
    return {
      tagged,
      untagged: LIMITED_CALLS - tagged,
      answered429: cloud.seen.filter(({ status }) => status === 429).length,
      seconds: sample.seconds,
    };
  } finally {
    await cloud.stop();
  }
}
