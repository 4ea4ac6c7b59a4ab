import { createLimiter } from "../../shared/core/limiter.ts";
import type { Outcome } from "../../shared/core/outcome.ts";
import type { Policy } from "../../shared/core/policy/policy.ts";
import type { ResourceType } from "../../shared/core/resource.ts";
import { auditByTimer, isUnfinished } from "../../shared/io/audit/timed-audit.ts";
import type { Cloud } from "../../shared/io/cloud.ts";
import { isLost, tagCreated } from "../../shared/io/creation.ts";
import type { Came } from "../../shared/io/function.ts";
import { createPacer } from "../../shared/io/pacer.ts";
import { openQueue, parseQueueUrl, type Queue } from "../../shared/io/queue/queue.ts";
import { workTime } from "../../shared/io/run/connect.ts";
import { isUnplaced, type RetagDeps, retag } from "../../shared/io/run/retag.ts";
import type { Store } from "../../shared/io/store/store.ts";
import { createTagApi, type TagApi } from "../../shared/io/tag-api.ts";
import type { Chance } from "./chance.ts";
import { type Instance, signalAfter } from "./instance.ts";
import { connectTo, type NetworkParts } from "./network.ts";
import { type StoreParts, storeFor } from "./store.ts";

/** What an instance has in its hands; a broken build has something else in one of them. */
export type Hands = {
  readonly tags: TagApi;
  readonly store: Store;
  readonly queue: Queue;
  readonly cloud: Cloud;
};

/** What is broken on purpose, where something is: each takes the place of what is right. */
export type Breakage = {
  readonly hands?: (hands: Hands, function_: FunctionName) => Hands;
  readonly cloud?: (cloud: Cloud) => Cloud;
  readonly isLost?: (outcome: Outcome) => boolean;
  readonly endless?: boolean;
};

export type FunctionName = "secret-created" | "key-created" | "retag" | "audit";

export type FunctionParts = NetworkParts &
  StoreParts & {
    readonly policy: Policy;
    readonly rps: number;
    readonly queueUrl: string;
    readonly breakage: Breakage;
  };

const ENDPOINT = "http://127.0.0.1:1";
const CLOSING_MS = 500;

/** What a function has for one invocation, as `connect` of its bundle would make it. */
export function depsOf(
  parts: FunctionParts,
  name: FunctionName,
  instance: Instance,
  remainingMs: number,
): RetagDeps & { readonly store: Store; readonly queue: Queue; readonly cloud: Cloud } {
  const { cloud, policy, breakage } = parts;
  const { clock } = instance;
  const chance = parts.chance.fork();
  const budgetMs = breakage.endless ? 3_600_000 : remainingMs - CLOSING_MS;
  const signal = signalAfter(clock, budgetMs);
  const deadlineMs = clock.now() + budgetMs;
  const hands = handsOf(parts, name, instance, chance, { signal, deadlineMs });
  const { tags, store, queue } = breakage.hands?.(hands, name) ?? hands;
  const stop = new AbortController().signal;
  const request = instance.name.replaceAll("#", "-");
  return {
    ...{ policy, tags, clock, signal, deadlineMs, store, queue, request },
    ...{ region: cloud.world.region, project: cloud.world.project, graceMs: null },
    random: chance.next,
    cloud: hands.cloud,
    worker: request,
    adhocRun: `adhoc-${request}`,
    work: { tags, clock, signal, stop, ...workTime(deadlineMs, budgetMs) },
  };
}

function handsOf(
  parts: FunctionParts,
  name: string,
  instance: Instance,
  chance: Chance,
  limits: { readonly signal: AbortSignal; readonly deadlineMs: number },
): Hands {
  const { clock } = instance;
  const pool = connectTo(parts, instance);
  const credentials = parts.cloud.agency(name);
  const cloudAt = (): Cloud => {
    const limiter = createLimiter({ rps: parts.rps, nowMs: clock.now() });
    const made: Cloud = {
      ...{ endpoint: ENDPOINT, project: parts.cloud.world.project, credentials, pool, clock },
      random: chance.next,
      pacer: createPacer(limiter, clock, chance.next),
      tryTimeoutMs: 8_000,
    };
    return parts.breakage.cloud?.(made) ?? made;
  };
  const parsed = parseQueueUrl(parts.queueUrl);
  if (!parsed.ok) throw new Error(parsed.problem);
  const queue = openQueue(parsed.address, {
    cloudAt,
    endpoints: { functiongraph: ENDPOINT, smn: ENDPOINT, kms: ENDPOINT },
    kafka: { login: null, ca: null },
    clock,
    random: chance.next,
    budget: { ...limits, countCall: () => {} },
  });
  const cloud = cloudAt();
  return { tags: createTagApi(cloud), store: storeFor(parts, instance), queue, cloud };
}

/** The handlers, without the frame's log. Rejects where the frame would throw. */
export function runFunction(
  parts: FunctionParts,
  name: FunctionName,
  event: unknown,
  instance: Instance,
  remainingMs: number,
): Promise<readonly Outcome[]> {
  const deps = depsOf(parts, name, instance, remainingMs);
  const isLostIn = (own: (outcome: Outcome) => boolean) => parts.breakage.isLost ?? own;
  switch (name) {
    case "secret-created":
    case "key-created": {
      const type: ResourceType = name === "secret-created" ? "secret" : "key";
      return framed(tagCreated(type, event, deps), isLostIn(isLost));
    }
    case "retag":
      return framed(retag(event, deps), isLostIn(isUnplaced));
    case "audit": {
      const { region, project, tags } = deps;
      const places = [{ region, project, tags }];
      const more = { places, topic: null, remediate: "off", version: "0.0.0" } as const;
      return framed(auditByTimer(event, { ...deps, ...more }), isUnfinished);
    }
  }
}

/** Says which outcomes are not done. */
export class UnfinishedError extends Error {
  override readonly name = "UnfinishedError";
}

async function framed(
  work: Promise<Came>,
  lostIn: (outcome: Outcome) => boolean,
): Promise<readonly Outcome[]> {
  const { outcomes } = await work;
  const lost = outcomes.filter(lostIn);
  if (lost.length > 0)
    throw new UnfinishedError(lost.map(({ kind, reason }) => `${kind}: ${reason}`).join(" | "));
  return outcomes;
}
