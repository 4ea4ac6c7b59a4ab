import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Pool } from "undici";
import { vi } from "vitest";
import type { AuditReport } from "../../shared/core/audit/audit-report.ts";
import type { Remediation } from "../../shared/core/audit/remediation.ts";
import type { Outcome, Report } from "../../shared/core/outcome.ts";
import type { Policy } from "../../shared/core/policy/policy.ts";
import type { AuditPlace } from "../../shared/io/audit/audit.ts";
import {
  type AuditFunctionDeps,
  auditByTimer,
  isUnfinished,
} from "../../shared/io/audit/timed-audit.ts";
import { defineFunction, type FunctionContext, type TimeLeft } from "../../shared/io/function.ts";
import { openQueue, parseQueueUrl, type Queue } from "../../shared/io/queue/queue.ts";
import { workTime } from "../../shared/io/run/connect.ts";
import { openStore, type Store } from "../../shared/io/store/store.ts";
import { createTagApi, type TagApi } from "../../shared/io/tag-api.ts";
import { type LocalCloud, startCloud } from "../cloud/index.ts";
import { createFreePacer } from "../io/free-pacer.ts";
import {
  contextWith,
  createQuickClock,
  expectNothingLeaked,
  type QuickClock,
  readTestPolicy,
  valuesIn,
} from "./stage.ts";

/** How one invocation ended, in every way in which it shows. */
export type AuditEnding = {
  readonly report: Report | null;
  readonly outcomes: readonly Outcome[];
  readonly thrown: Error | null;
  readonly lines: readonly string[];
  /** What KMS and CSMS were asked meanwhile, in order: `kms resource_instances/action`. */
  readonly asked: readonly string[];
};

export type AuditInvocation = {
  readonly remediate?: Remediation;
  readonly remainingMs?: number;
  readonly policy?: Policy;
  /** Time that each query takes. */
  readonly queryMs?: number;
  /** Places beside the cloud's own. */
  readonly others?: readonly AuditPlace[];
  readonly topic?: string;
  readonly wrapStore?: (store: Store) => Store;
  readonly worker?: string;
};

/** The real use case in the real frame, against the local cloud, on a clock that nobody waits for. */
export type AuditStage = {
  readonly cloud: LocalCloud;
  readonly clock: QuickClock;
  readonly policy: Policy;
  readonly store: Store;
  audit(userEvent?: string, invocation?: AuditInvocation): Promise<AuditEnding>;
  /** The report that `latest.json` points at. */
  latest(): Promise<AuditReport>;
  /** Names of everything that is stored, ascending. */
  stored(prefix?: string): Promise<readonly string[]>;
  tags(): TagApi;
  close(): Promise<void>;
};

type Setting = Pick<AuditStage, "cloud" | "clock" | "policy" | "store"> & { readonly pool: Pool };

/** What a timer sends (functiongraph.md 3). */
export function timerEvent(userEvent = ""): object {
  return {
    version: "v1.0",
    time: "2026-11-21T12:00:00+08:00",
    trigger_type: "TIMER",
    trigger_name: "nightly",
    user_event: userEvent,
  };
}

export async function openAuditStage(): Promise<AuditStage> {
  const clock = createQuickClock();
  const policy = await readTestPolicy("bulk");
  const cloud = await startCloud({ clock, settings: { ratePerSecond: null } });
  const pool = new Pool(cloud.endpoint, { connections: 4 });
  const folder = await mkdtemp(join(tmpdir(), "tagwarden-audit-"));
  const store = openStore(pathToFileURL(folder).href, { allowFile: true, obs: null });
  const setting = { cloud, clock, policy, store, pool };
  return {
    ...setting,
    tags: () => tagApi(setting),
    audit: (userEvent, invocation = {}) => invoke(setting, timerEvent(userEvent), invocation),
    async latest() {
      const { path } = JSON.parse((await store.read("audits/latest.json")) ?? "");
      return JSON.parse((await store.read(`${path}/report.json`)) ?? "");
    },
    async stored(prefix = "") {
      const names: string[] = [];
      for await (const name of store.list(prefix)) names.push(name);
      return names;
    },
    async close() {
      await pool.close();
      await cloud.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function cloudOf({ cloud, clock, pool }: Setting) {
  return {
    endpoint: cloud.endpoint,
    project: cloud.project,
    credentials: cloud.agency("audit"),
    pool,
    clock,
    random: () => 0.5,
    pacer: createFreePacer(clock),
    tryTimeoutMs: 8_000,
  };
}

function tagApi(setting: Setting, queryMs = 0): TagApi {
  const tags = createTagApi(cloudOf(setting));
  return {
    ...tags,
    query(...asked) {
      setting.clock.advance(queryMs);
      return tags.query(...asked);
    },
  };
}

function openTopic(setting: Setting, urn: string, deadlineMs: number): Queue {
  const parsed = parseQueueUrl(`smn:${urn}`);
  if (!parsed.ok) throw new Error(parsed.problem);
  const { endpoint } = setting.cloud;
  return openQueue(parsed.address, {
    cloudAt: () => cloudOf(setting),
    endpoints: { functiongraph: endpoint, smn: endpoint, kms: endpoint },
    kafka: { login: null, ca: null },
    clock: setting.clock,
    random: () => 0.5,
    budget: { signal: new AbortController().signal, deadlineMs, countCall: () => {} },
  });
}

let chance = 0;

function connectTo(setting: Setting, invocation: AuditInvocation) {
  const { cloud, clock, policy, store } = setting;
  const { topic, others = [], wrapStore = (same) => same } = invocation;
  return (_: FunctionContext, { signal, budgetMs }: TimeLeft): AuditFunctionDeps => {
    const { region, project } = cloud;
    const tags = tagApi(setting, invocation.queryMs);
    const deadlineMs = clock.now() + budgetMs;
    const stop = new AbortController().signal;
    return {
      policy: invocation.policy ?? policy,
      tags,
      clock,
      region,
      project,
      graceMs: null,
      signal,
      deadlineMs,
      store: wrapStore(store),
      places: [{ region, project, tags }, ...others],
      topic: topic === undefined ? null : openTopic(setting, topic, deadlineMs),
      remediate: invocation.remediate ?? "off",
      version: "1.2.3",
      random: () => {
        chance = (chance + 0.618_033_988_749_895) % 1;
        return chance;
      },
      worker: invocation.worker ?? "test.0.audit",
      work: { clock, signal, stop, ...workTime(deadlineMs, budgetMs) },
    };
  };
}

async function invoke(
  setting: Setting,
  event: unknown,
  invocation: AuditInvocation,
): Promise<AuditEnding> {
  const { cloud } = setting;
  let outcomes: readonly Outcome[] = [];
  const handler = defineFunction("audit", {
    isLost: isUnfinished,
    useCase: async (input, deps: AuditFunctionDeps) => {
      const came = await auditByTimer(input, deps);
      outcomes = came.outcomes;
      return came;
    },
    connect: connectTo(setting, invocation),
  });
  const lines: string[] = [];
  const spy = vi.spyOn(console, "log").mockImplementation((line) => void lines.push(`${line}`));
  const before = cloud.seen.length;
  const known = valuesIn([], cloud);
  const end = (report: Report | null, thrown: Error | null): AuditEnding => {
    const asked = cloud.seen
      .slice(before)
      .filter(({ service }) => service === "kms" || service === "csms")
      .map(({ service, path }) => `${service} ${path.split("/").slice(-2).join("/")}`);
    return { report, outcomes, thrown, lines, asked };
  };
  try {
    return end(await handler(event, contextWith(invocation.remainingMs ?? 30_000)), null);
  } catch (error) {
    const thrown = error instanceof Error ? error : new Error(`${error}`);
    expectNothingLeaked([thrown.message], known);
    return end(null, thrown);
  } finally {
    spy.mockRestore();
    // Values of three letters are in words and hashes by chance; the longer ones tell.
    const words = [...known, ...valuesIn(outcomes, cloud)].filter((word) => word.length > 3);
    expectNothingLeaked(lines, words);
  }
}
