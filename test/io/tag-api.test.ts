import { Pool } from "undici";
import { afterAll, beforeAll, expect, test } from "vitest";
import { CloudError } from "../../shared/core/error.ts";
import { wallClock } from "../../shared/io/clock.ts";
import type { Budget } from "../../shared/io/cloud.ts";
import { createTagApi, type TagApi } from "../../shared/io/tag-api.ts";
import { type LocalCloud, startCloud } from "../cloud/index.ts";
import { createFreePacer } from "./free-pacer.ts";

let cloud: LocalCloud;
let pool: Pool;
let tags: TagApi;
let calls = 0;
const budget: Budget = {
  signal: new AbortController().signal,
  deadlineMs: Number.POSITIVE_INFINITY,
  countCall: () => {
    calls += 1;
  },
};

beforeAll(async () => {
  cloud = await startCloud({ settings: { ratePerSecond: null } });
  pool = new Pool(cloud.endpoint);
  tags = createTagApi({
    endpoint: cloud.endpoint,
    project: cloud.project,
    credentials: cloud.user("alice"),
    pool,
    clock: wallClock,
    random: () => 0.5,
    pacer: createFreePacer(wallClock),
    tryTimeoutMs: 8_000,
  });
  for (let index = 0; index < 1_500; index++) cloud.addSecret({ name: `secret-${index}` });
});
afterAll(async () => {
  await pool.close();
  await cloud.stop();
});

const idOf = (name: string) => cloud.secret(name)?.id ?? "";

test("a secret is found by its id on whatever page it is", async () => {
  const detail = await tags.describe({ type: "secret", id: idOf("secret-1400") }, budget);
  expect(detail.name).toBe("secret-1400");
});

test("a secret that is on no page is absent, and the search comes to an end", async () => {
  calls = 0;
  const id = "ffffffff-0000-4000-8000-000000000000";
  const error = await tags.describe({ type: "secret", id }, budget).catch((caught) => caught);
  expect(error).toBeInstanceOf(CloudError);
  expect(error.code).toBe("absent");
  expect(calls).toBe(3);
});

test("a name that belongs to another secret now is not believed", async () => {
  const ref = { type: "secret", id: idOf("secret-7"), name: "secret-8" } as const;
  expect((await tags.describe(ref, budget)).name).toBe("secret-7");
});

test("tags are written, read and deleted by key", async () => {
  const ref = { type: "secret", id: idOf("secret-1") } as const;
  await tags.createTags(
    ref,
    new Map([
      ["Owner", "a"],
      ["Empty", ""],
    ]),
    budget,
  );
  expect([...(await tags.readTags(ref, budget))]).toEqual([
    ["Owner", "a"],
    ["Empty", ""],
  ]);
  await tags.deleteTags(ref, ["Owner"], budget);
  expect([...(await tags.readTags(ref, budget)).keys()]).toEqual(["Empty"]);
});
