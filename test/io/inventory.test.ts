/**
 * Goal: nobody is missed, nobody is told twice, and what could not be read is never taken for untagged.
 * Method: the local cloud with so many resources that there are pages, damaged and shifting ones too; the
 * server counts the requests.
 */
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { describe, expect, test } from "vitest";
import { CloudError } from "../../shared/core/error.ts";
import { readInventory } from "../../shared/io/inventory.ts";
import { idsOf, type Stage, take, useStages } from "./inventory-fixture.ts";

const stageOf = useStages();

function addSecrets({ cloud }: Stage, count: number): void {
  // A key that exists, so that none is made for them.
  const kmsKeyId = "00000000-0000-4000-8000-000000000000";
  for (let index = 0; index < count; index++)
    cloud.addSecret({ name: `secret-${index}`, kmsKeyId, tags: { Number: `${index}` } });
}

function addKeys({ cloud }: Stage, count: number): void {
  for (let index = 0; index < count; index++) cloud.addKey({ name: `key-${index}` });
}

const everyId = ({ cloud }: Stage) =>
  cloud
    .resources()
    .map(({ id }) => id)
    .toSorted();

describe("the requests for N resources", () => {
  test.each([
    [0, 1],
    [1, 1],
    [999, 1],
    [1000, 1],
    [1001, 2],
    [2500, 3],
  ])("%i of each type are read in %i pages and one count a type", async (number, pages) => {
    const stage = await stageOf();
    addSecrets(stage, number);
    addKeys(stage, number);
    const { items, counts, asked } = await take(stage);
    expect(idsOf(items)).toEqual(everyId(stage));
    const counted = { counted: number, examined: number, skipped: 0, unreadable: 0 };
    expect(counts).toEqual({ secret: counted, key: counted });
    expect(asked).toEqual({
      ListResourceInstances: pages + 1,
      ListKmsByTags: pages + 1,
      ListKeys: pages,
    });
  });

  test("only the kinds that are asked for are read", async () => {
    const { asked } = await take(await stageOf(), ["secret"]);
    expect(asked).toEqual({ ListResourceInstances: 2 });
  });
});

test("before a page is told, the request for the next one has left", async () => {
  const { cloud, tags, budget } = await stageOf();
  for (let index = 0; index < 2_100; index++) cloud.addKey({ name: `key-${index}` });
  let sent = 0;
  const count = (message: unknown) => {
    const { origin } = Object(Reflect.get(Object(message), "request"));
    if (String(origin).startsWith(cloud.endpoint)) sent += 1;
  };
  subscribe("undici:client:sendHeaders", count);
  const { project } = cloud;
  const pages = readInventory(["key"], { tags, budget, region: null, project }, () => {});
  const sentBefore: number[] = [];
  let told = 0;
  try {
    for await (const page of pages) {
      sentBefore.push(sent);
      // Judging does not let go of the thread.
      told += [...page].length;
    }
  } finally {
    unsubscribe("undici:client:sendHeaders", count);
  }
  expect(told).toBe(2_100);
  // The count and two pages; then three, and no page after the last one; then those of the second list.
  expect(sentBefore.slice(0, 3)).toEqual([3, 4, 4]);
});

test("tags beyond the first page are there (peers defect H4)", async () => {
  const stage = await stageOf();
  addSecrets(stage, 2100);
  const { items } = await take(stage, ["secret"]);
  expect(items.filter(({ tags }) => tags?.size !== 1)).toEqual([]);
  expect(items.at(-1)?.tags).toEqual(new Map([["Number", "2099"]]));
});

describe("keys", () => {
  test("of every specification and state are seen (peers defect H3)", async () => {
    const stage = await stageOf();
    const specs = ["AES_256", "RSA_2048", "RSA_4096", "EC_P256", "EC_P384", "SM2", "SM4"];
    for (const keySpec of specs) stage.cloud.addKey({ name: keySpec, keySpec });
    const external = stage.cloud.addKey({ name: "external", origin: "external" });
    const disabled = await stage.alice.createKey("disabled");
    const base = `/v1.0/${stage.cloud.project}/kms`;
    await stage.alice.call("POST", `${base}/disable-key`, { key_id: disabled });
    const { items, counts } = await take(stage, ["key"]);
    const fields = (id: string) => items.find(({ resource }) => resource.id === id)?.facts.fields;
    expect(items.map(({ resource }) => resource.name)).toEqual([...specs, "external", "disabled"]);
    expect(fields(external.id)?.get("resource.state")).toBe("5");
    expect(fields(disabled)?.get("resource.state")).toBe("3");
    expect(items.every(({ tags, skip }) => tags !== null && skip === null)).toBe(true);
    expect(counts.key).toEqual({ counted: 9, examined: 9, skipped: 0, unreadable: 0 });
  });

  test.each([
    [true, 2],
    [false, 1],
  ])("default keys are skipped, in the query or not (%s)", async (inQuery, counted) => {
    const stage = await stageOf();
    stage.cloud.settings.defaultKeysInQuery = inQuery;
    stage.cloud.createDefaultKey("csms/default");
    addKeys(stage, 1);
    const { items, counts } = await take(stage, ["key"]);
    expect(items.map(({ skip }) => skip).toSorted()).toEqual(["default-key", null]);
    expect(counts.key).toEqual({ counted, examined: counted, skipped: 1, unreadable: 0 });
  });

  test("that only list-keys knows are unreadable, unless they are never tagged", async () => {
    const stage = await stageOf();
    addKeys(stage, 3);
    const pending = await stage.alice.createKey("pending");
    const path = `/v1.0/${stage.cloud.project}/kms/schedule-key-deletion`;
    await stage.alice.call("POST", path, { key_id: pending, pending_days: "7" });
    // The last two of the query, the second of which is pending, are left out of every page.
    const fault = { kind: "short-page", rows: 2 } as const;
    stage.cloud.addFault({ operation: "ListKmsByTags", after: 1, times: 1, fault });
    const empty = { kind: "short-page", rows: 1_000 } as const;
    stage.cloud.addFault({ operation: "ListKmsByTags", after: 1, times: 1, fault: empty });
    stage.cloud.addFault({ operation: "ListKmsByTags", after: 2, times: 1, fault });
    stage.cloud.addFault({ operation: "ListKmsByTags", after: 2, times: 1, fault: empty });
    const { items, counts } = await take(stage, ["key"]);
    expect(items.map(({ resource, skip, tags }) => [resource.name, skip, tags])).toEqual([
      ["key-0", null, new Map()],
      ["key-1", null, new Map()],
      ["pending", "pending-deletion", null],
      ["key-2", null, null],
    ]);
    expect(counts.key).toEqual({ counted: 4, examined: 2, skipped: 1, unreadable: 1 });
  });

  test.each(["RSA_4096", "AES_256"])(
    "of %s that the query never has are noticed",
    async (keySpec) => {
      const stage = await stageOf();
      const { id } = stage.cloud.addKey({ name: "left-out", keySpec });
      const fault = {
        kind: "answer",
        status: 200,
        body: '{"resources":[],"total_count":0}',
      } as const;
      stage.cloud.addFault({ operation: "ListKmsByTags", times: Infinity, fault });
      const { items, counts } = await take(stage, ["key"]);
      expect(items.map(({ resource, tags }) => [resource.id, tags])).toEqual([[id, null]]);
      expect(counts.key).toEqual({ counted: 0, examined: 0, skipped: 0, unreadable: 1 });
    },
  );

  test("whose row says nothing of whom it speaks are unreadable once, not twice", async () => {
    const stage = await stageOf();
    addKeys(stage, 1);
    const body = '{"resources":[{"tags":[]}],"total_count":1}';
    const fault = { kind: "answer", status: 200, body } as const;
    stage.cloud.addFault({ operation: "ListKmsByTags", times: Infinity, fault });
    const { counts } = await take(stage, ["key"]);
    expect(counts.key).toEqual({ counted: 1, examined: 0, skipped: 0, unreadable: 1 });
  });

  test("a marker that is missing although there is more stops the reading loudly", async () => {
    const stage = await stageOf();
    const body = JSON.stringify({ keys: [], key_details: [], truncated: "true", next_marker: "" });
    const fault = { kind: "answer", status: 200, body } as const;
    stage.cloud.addFault({ operation: "ListKeys", times: 1, fault });
    const error = await take(stage, ["key"]).catch((caught) => caught);
    expect(error).toBeInstanceOf(CloudError);
    expect(error.code).toBe("unexpected");
  });
});

test("secrets and keys that are to be deleted are skipped", async () => {
  const stage = await stageOf();
  addSecrets(stage, 1);
  const { project } = stage.cloud;
  const path = `/v1/${project}/secrets/secret-0/scheduled-deleted-tasks/create`;
  await stage.alice.call("POST", path, {});
  const { items, counts } = await take(stage, ["secret"]);
  expect(items.map(({ skip }) => skip)).toEqual(["pending-deletion"]);
  expect(counts.secret).toEqual({ counted: 1, examined: 1, skipped: 1, unreadable: 0 });
});

describe("pages", () => {
  test("that are short are not the end", async () => {
    const stage = await stageOf();
    addSecrets(stage, 1500);
    const fault = { kind: "short-page", rows: 400 } as const;
    stage.cloud.addFault({ operation: "ListResourceInstances", after: 1, times: 1, fault });
    const { items, counts, asked } = await take(stage, ["secret"]);
    expect(idsOf(items)).toHaveLength(1500);
    expect(counts.secret).toMatchObject({ counted: 1500, examined: 1500 });
    expect(asked).toEqual({ ListResourceInstances: 3 });
  });

  test("without rows are the end, and the difference is read once more before it is noted", async () => {
    const stage = await stageOf();
    addSecrets(stage, 1500);
    const fault = { kind: "short-page", rows: 1_000 } as const;
    stage.cloud.addFault({ operation: "ListResourceInstances", after: 2, times: 1, fault });
    const { items, counts, asked } = await take(stage, ["secret"]);
    expect(new Set(idsOf(items)).size).toBe(1500);
    expect(items).toHaveLength(1500);
    expect(counts.secret).toEqual({ counted: 1500, examined: 1500, skipped: 0, unreadable: 0 });
    expect(asked).toEqual({ ListResourceInstances: 6 });
  });

  test("that never bring what is counted end in a difference", async () => {
    const stage = await stageOf();
    addSecrets(stage, 10);
    const fault = { kind: "answer", status: 200, body: '{"total_count":12}' } as const;
    stage.cloud.addFault({ operation: "ListResourceInstances", times: 1, fault });
    stage.cloud.addFault({ operation: "ListResourceInstances", after: 2, times: 1, fault });
    const { items, counts } = await take(stage, ["secret"]);
    expect(items).toHaveLength(10);
    expect(counts.secret).toEqual({ counted: 12, examined: 10, skipped: 0, unreadable: 0 });
  });

  test("are read to the one without rows where nothing says how many there are", async () => {
    const stage = await stageOf();
    const rows = [{ resource_id: "00000000-0000-4000-8000-000000000001", tags: [] }];
    for (const body of ["{}", JSON.stringify({ resources: rows }), '{"resources":[]}']) {
      const fault = { kind: "answer", status: 200, body } as const;
      stage.cloud.addFault({ operation: "ListResourceInstances", times: 1, fault });
    }
    const { items, counts } = await take(stage, ["secret"]);
    expect(items).toHaveLength(1);
    expect(counts.secret).toEqual({ counted: null, examined: 1, skipped: 0, unreadable: 0 });
  });

  test("that are none are no end of the list", async () => {
    const stage = await stageOf();
    const fault = { kind: "answer", status: 200, body: "{}" } as const;
    stage.cloud.addFault({ operation: "ListResourceInstances", after: 1, times: 1, fault });
    await expect(take(stage, ["secret"])).rejects.toMatchObject({ code: "unexpected" });
  });
});

describe("rows that say too little", () => {
  test("are read once more, and are then whole", async () => {
    const stage = await stageOf();
    addSecrets(stage, 3);
    const fault = { kind: "blank-row", field: "tags" } as const;
    stage.cloud.addFault({ operation: "ListResourceInstances", after: 1, times: 1, fault });
    const { items, counts } = await take(stage, ["secret"]);
    expect(items.map(({ tags }) => tags?.get("Number")).toSorted()).toEqual(["0", "1", "2"]);
    expect(counts.secret).toEqual({ counted: 3, examined: 3, skipped: 0, unreadable: 0 });
  });

  test("without tags are unknown, never untagged", async () => {
    const stage = await stageOf();
    addSecrets(stage, 3);
    const fault = { kind: "blank-row", field: "tags" } as const;
    stage.cloud.addFault({ operation: "ListResourceInstances", times: Infinity, fault });
    const { items, counts } = await take(stage, ["secret"]);
    expect(items.map(({ resource, tags }) => [resource.name, tags?.size ?? null])).toEqual([
      ["secret-1", 1],
      ["secret-2", 1],
      ["secret-0", null],
    ]);
    expect(counts.secret).toEqual({ counted: 3, examined: 2, skipped: 0, unreadable: 1 });
  });

  test("an id is also found in the description", async () => {
    const stage = await stageOf();
    addKeys(stage, 2);
    const fault = { kind: "blank-row", field: "resource_id" } as const;
    stage.cloud.addFault({ operation: "ListKmsByTags", times: Infinity, fault });
    const { items, counts } = await take(stage, ["key"]);
    expect(idsOf(items)).toEqual(everyId(stage));
    expect(counts.key).toEqual({ counted: 2, examined: 2, skipped: 0, unreadable: 0 });
  });
});

describe("pages that shift while they are read", () => {
  test("a resource that moves to a page that was read is found, and the deleted one is gone", async () => {
    const stage = await stageOf();
    addSecrets(stage, 1001);
    const last = stage.cloud.secret("secret-1000")?.id ?? "";
    stage.afterQuery = async (answers) => {
      if (answers !== 2) return;
      await stage.alice.call("DELETE", `/v1/${stage.cloud.project}/secrets/secret-5`);
    };
    const { items, counts } = await take(stage, ["secret"]);
    expect(new Set(idsOf(items)).size).toBe(items.length);
    expect(idsOf(items)).toContain(last);
    expect(counts.secret).toEqual({ counted: 1000, examined: 1000, skipped: 0, unreadable: 0 });
  });

  test("a resource that is created meanwhile is counted and told", async () => {
    const stage = await stageOf();
    addKeys(stage, 1000);
    let created = "";
    stage.afterQuery = async (answers) => {
      if (answers === 2) created = await stage.alice.createKey("late");
    };
    const { items, counts } = await take(stage, ["key"]);
    expect(idsOf(items)).toContain(created);
    expect(items).toHaveLength(1001);
    expect(counts.key).toEqual({ counted: 1001, examined: 1001, skipped: 0, unreadable: 0 });
  });

  test("a row that comes on two pages is told once", async () => {
    const stage = await stageOf();
    addSecrets(stage, 1200);
    // The first page is asked for again in place of the second.
    const { query } = stage.tags;
    const repeating: Stage = {
      ...stage,
      tags: {
        ...stage.tags,
        query: (type, asked, budget) =>
          query(
            type,
            { ...asked, body: { ...asked.body, ...("offset" in asked.body && { offset: "0" }) } },
            budget,
          ),
      },
    };
    const { items, counts } = await take(repeating, ["secret"]);
    expect(new Set(idsOf(items)).size).toBe(1000);
    expect(items).toHaveLength(1000);
    expect(counts.secret).toEqual({ counted: 1200, examined: 1000, skipped: 0, unreadable: 0 });
  });
});
