import { join } from "node:path";
import { Pool } from "undici";
import { vi } from "vitest";
import type { Outcome, Report } from "../../shared/core/outcome.ts";
import type { Policy } from "../../shared/core/policy/policy.ts";
import type { ResourceType } from "../../shared/core/resource.ts";
import { type Clock, wallClock } from "../../shared/io/clock.ts";
import { isLost, tagCreated } from "../../shared/io/creation.ts";
import {
  type Deps,
  defineFunction,
  type FunctionContext,
  type TimeLeft,
} from "../../shared/io/function.ts";
import { readPolicy } from "../../shared/io/policy/file.ts";
import type { Credentials } from "../../shared/io/sign.ts";
import { createTagApi, type TagApi } from "../../shared/io/tag-api.ts";
import { type CloudClient, createClient } from "../cloud/client.ts";
import { eventOf } from "../cloud/envelope.ts";
import { type LocalCloud, startCloud } from "../cloud/index.ts";
import type { SettingsChange } from "../cloud/settings.ts";
import { createFreePacer } from "../io/free-pacer.ts";

const POLICIES = new URL("../policies", import.meta.url).pathname;
const START_MS = Date.UTC(2026, 10, 21, 12, 0, 0);

/** A clock that nobody waits for: whoever sleeps moves it. */
export type QuickClock = Clock & { advance(ms: number): void };

export function createQuickClock(): QuickClock {
  let nowMs = START_MS;
  const advance = (ms: number) => {
    nowMs += ms;
  };
  return {
    now: () => nowMs,
    advance,
    async sleep(ms, signal) {
      signal?.throwIfAborted();
      advance(ms);
    },
    // What answers late answers late on the wall: sockets know no other time.
    after: wallClock.after,
  };
}

/** How one invocation ended, in every way in which it shows. */
export type Ending = {
  /** What the use case answered, also where the frame threw afterwards. */
  readonly outcomes: readonly Outcome[];
  /** What the handler returned. */
  readonly report: Report | null;
  readonly thrown: Error | null;
  readonly lines: readonly string[];
  /** Requests that the server saw meanwhile. */
  readonly requests: number;
};

export type RunOptions = {
  readonly remainingMs?: number;
  readonly credentials?: Credentials;
  /** Changes what is sent, as somebody on the way would. */
  readonly tamper?: (headers: Record<string, string>) => Record<string, string>;
  /** Stands between the use case and the services, to let others act between two calls. */
  readonly wrap?: (tags: TagApi) => TagApi;
  readonly graceMs?: number;
  readonly policy?: Policy;
};

/** The real use case in the real frame, against the local cloud, on a clock that nobody waits for. */
export type Stage = {
  readonly cloud: LocalCloud;
  readonly clock: QuickClock;
  readonly policy: Policy;
  /** Alice, who creates things. */
  readonly alice: CloudClient;
  /** The event that the last trace of this resource is delivered as. */
  eventFor(id: string): unknown;
  run(type: ResourceType, event: unknown, options?: RunOptions): Promise<Ending>;
  close(): Promise<void>;
};

const policies = new Map<string, Promise<Policy>>();

/** A policy of test/policies, checked and compiled once a file: looking for bad regexes takes time. */
export function readTestPolicy(name: string): Promise<Policy> {
  const known = policies.get(name) ?? compileTestPolicy(name);
  policies.set(name, known);
  return known;
}

async function compileTestPolicy(name: string): Promise<Policy> {
  const result = await readPolicy(join(POLICIES, name, "tag-policy.yaml"));
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.policy;
}

export async function openStage(settings: SettingsChange = {}, name = "outcomes"): Promise<Stage> {
  const policy = await readTestPolicy(name);
  const clock = createQuickClock();
  const cloud = await startCloud({ clock, settings: { ratePerSecond: null, ...settings } });
  const alice = createClient(cloud, cloud.user("Alice"), "curl/8");
  const pool = new Pool(cloud.endpoint, { connections: 4 });

  return {
    cloud,
    clock,
    policy,
    alice,
    eventFor(id) {
      const trace = cloud.traces.findLast(({ resource_id }) => resource_id === id);
      if (trace === undefined) throw new Error(`no trace of ${id}`);
      const { region, project } = cloud;
      return eventOf(trace, cloud.settings.trace, {
        region,
        project,
        nowMs: clock.now(),
        random: () => 0.5,
      });
    },
    run: (type, event, options = {}) =>
      runFunction({ cloud, clock, policy, pool }, type, event, options),
    async close() {
      await Promise.all([pool.close(), alice.close()]);
      await cloud.stop();
    },
  };
}

type Setting = Pick<Stage, "cloud" | "clock" | "policy"> & { readonly pool: Pool };

async function runFunction(
  { cloud, clock, policy, pool }: Setting,
  type: ResourceType,
  event: unknown,
  options: RunOptions,
): Promise<Ending> {
  let outcomes: readonly Outcome[] = [];
  const credentials = options.credentials ?? cloud.agency("tagger");
  const connect = (_: FunctionContext, { signal, budgetMs }: TimeLeft): Deps => {
    const { tamper, wrap, graceMs = null } = options;
    const tags = createTagApi({
      endpoint: cloud.endpoint,
      project: cloud.project,
      credentials,
      pool: tamper === undefined ? pool : tampered(pool, tamper),
      clock,
      random: () => 0.5,
      pacer: createFreePacer(clock),
      tryTimeoutMs: 8_000,
    });
    const { region, project } = cloud;
    return {
      policy: options.policy ?? policy,
      tags: wrap === undefined ? tags : wrap(tags),
      clock,
      region,
      project,
      graceMs,
      signal,
      deadlineMs: clock.now() + budgetMs,
    };
  };
  const handler = defineFunction(`${type}-created`, {
    isLost,
    useCase: async (input, deps) => {
      const came = await tagCreated(type, input, deps);
      outcomes = came.outcomes;
      return came;
    },
    connect,
  });

  const lines: string[] = [];
  const spy = vi.spyOn(console, "log").mockImplementation((line) => void lines.push(String(line)));
  const before = cloud.seen.length;
  try {
    const report = await handler(event, contextWith(options.remainingMs ?? 30_000));
    return { outcomes, report, thrown: null, lines, requests: cloud.seen.length - before };
  } catch (error) {
    const thrown = error instanceof Error ? error : new Error(String(error));
    return { outcomes, report: null, thrown, lines, requests: cloud.seen.length - before };
  } finally {
    spy.mockRestore();
    expectNothingLeaked(lines, [...valuesIn(outcomes, cloud), ...Object.values(credentials)]);
  }
}

/** Every tag value that the run could know: those of the outcomes and those that are stored. */
export function valuesIn(outcomes: readonly Outcome[], cloud: LocalCloud): readonly string[] {
  const planned = outcomes.flatMap(({ tags }) =>
    tags.flatMap(({ from, to, adjustedFrom }) => [from ?? "", to ?? "", adjustedFrom ?? ""]),
  );
  return [...planned, ...cloud.resources().flatMap(({ tags }) => [...tags.values()])];
}

/** Holds for every run of every test: no value, no credential and no header is in a log line. */
export function expectNothingLeaked(lines: readonly string[], words: readonly string[]): void {
  const telling = [...words, "SDK-HMAC", "Signature="].filter((word) => word.length > 2);
  for (const line of lines)
    for (const word of telling)
      if (line.includes(word)) throw new Error(`a log line holds "${word}": ${line}`);
}

/** The frame reads the time from here; all else comes from `connect`, which these tests supply. */
export function contextWith(remainingMs: number): FunctionContext {
  const unused = () => {
    throw new Error("not used");
  };
  return {
    getRequestID: () => "request-1",
    getRemainingTimeInMilliSeconds: () => remainingMs,
    getUserData: unused,
    getProjectID: unused,
    getSecurityAccessKey: unused,
    getSecuritySecretKey: unused,
    getSecurityToken: unused,
  };
}

export function tampered(pool: Pool, tamper: NonNullable<RunOptions["tamper"]>): Pool {
  const request: Pool["request"] = (sent) =>
    pool.request({
      ...sent,
      headers: tamper(Object.fromEntries(Object.entries(sent.headers ?? {}))),
    });
  return Object.assign(Object.create(pool), { request });
}
