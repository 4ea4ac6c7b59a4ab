import { Pool } from "undici";
import { afterEach } from "vitest";
import type { InventoryItem } from "../../shared/core/inventory/item.ts";
import { RESOURCE_TYPES, type ResourceType } from "../../shared/core/resource.ts";
import type { InventoryCount } from "../../shared/core/run/run-plan.ts";
import { wallClock } from "../../shared/io/clock.ts";
import type { Budget } from "../../shared/io/cloud.ts";
import { readInventory } from "../../shared/io/inventory.ts";
import { createTagApi, type TagApi } from "../../shared/io/tag-api.ts";
import { type CloudClient, createClient } from "../cloud/client.ts";
import { type LocalCloud, startCloud } from "../cloud/index.ts";

/** Everything that one reading of an inventory gave. */
export type Taken = {
  readonly items: readonly InventoryItem[];
  readonly counts: { readonly [Type in ResourceType]?: InventoryCount };
  /** Requests that reached the server, by operation. */
  readonly asked: { readonly [operation: string]: number };
};

export type Stage = {
  readonly cloud: LocalCloud;
  readonly alice: CloudClient;
  readonly tags: TagApi;
  readonly budget: Budget;
  /** Is called after each answer to a query, with how many there were. */
  afterQuery: (answers: number) => Promise<void>;
};

/** A cloud of its own for each test that asks for one. */
export function useStages(): () => Promise<Stage> {
  const closings: (() => Promise<unknown>)[] = [];
  const close = () => Promise.all(closings.splice(0).map((end) => end()));
  afterEach(close);
  return async () => {
    const cloud = await startCloud({ settings: { ratePerSecond: null } });
    const alice = createClient(cloud, cloud.user("alice"));
    const pool = new Pool(cloud.endpoint);
    closings.push(async () => {
      await Promise.all([alice.close(), pool.close()]);
      await cloud.stop();
    });
    const { endpoint, project } = cloud;
    const credentials = cloud.user("bob");
    const tags = createTagApi({
      endpoint,
      project,
      credentials,
      pool,
      clock: wallClock,
      random: () => 0,
      tryTimeoutMs: 8_000,
      pacer: { turn: () => undefined, note: () => {} },
    });
    const budget: Budget = {
      signal: new AbortController().signal,
      deadlineMs: Number.POSITIVE_INFINITY,
      countCall: () => {},
    };
    return { cloud, alice, tags, budget, afterQuery: async () => {} };
  };
}

/** What of a stage an inventory and a plan need. */
export function depsOf(stage: Stage) {
  const { cloud, tags, budget } = stage;
  let answers = 0;
  const query: TagApi["query"] = async (...asked) => {
    const answer = await tags.query(...asked);
    answers += 1;
    await stage.afterQuery(answers);
    return answer;
  };
  return { tags: { query }, budget, region: cloud.region, project: cloud.project };
}

/** Reads the inventory to its end. */
export async function take(
  stage: Stage,
  types: readonly ResourceType[] = RESOURCE_TYPES,
): Promise<Taken> {
  stage.cloud.clearSeen();
  const counts: { [Type in ResourceType]?: InventoryCount } = {};
  const items: InventoryItem[] = [];
  const note = (type: ResourceType, count: InventoryCount) => {
    counts[type] = count;
  };
  for await (const page of readInventory(types, depsOf(stage), note)) items.push(...page);
  return { items, counts, asked: askedOf(stage.cloud) };
}

/** How often each operation was asked for since the last `clearSeen`. */
export function askedOf(cloud: LocalCloud): { readonly [operation: string]: number } {
  const asked: { [operation: string]: number } = {};
  for (const { operation } of cloud.seen) asked[operation] = (asked[operation] ?? 0) + 1;
  return asked;
}

export const idsOf = (items: readonly InventoryItem[]) =>
  items.map(({ resource }) => resource.id).toSorted();
