import { describe, expect, test } from "vitest";
import { at } from "../cloud/fixture.ts";
import { expectAnswers } from "./operations.ts";
import { useSdk } from "./stage.ts";

const stage = useSdk();

async function createKey(key_alias: string, more: object = {}): Promise<string> {
  const body = { key_alias, ...more };
  return String(at(await stage().sdk.ok("kms", "CreateKey", { body }), "key_info", "key_id"));
}

const numbered = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ key: `k${n}`, value: `v${n}` }));

describe("the vendor's client of KMS", () => {
  test("creates, describes, disables, enables, deletes and restores keys", async () => {
    const { cloud, sdk } = stage();
    const key_id = await createKey("one", { key_spec: "RSA_2048", key_usage: "SIGN_VERIFY" });
    const body = { key_id };
    expect(await sdk.ok("kms", "ListKeyDetail", { body })).toMatchObject({
      key_info: { key_id, key_alias: "one", key_spec: "RSA_2048", key_state: "2" },
    });
    await sdk.ok("kms", "DisableKey", { body });
    expect(cloud.key("one")?.state).toBe("3");
    await sdk.ok("kms", "EnableKey", { body });
    await sdk.ok("kms", "DeleteKey", { body: { key_id, pending_days: "7" } });
    expect(cloud.key("one")?.state).toBe("4");
    await sdk.ok("kms", "CancelKeyDeletion", { body });
    expect(cloud.key("one")?.state).not.toBe("4");
  });

  test("sees keys of every kind with key_spec ALL, page by page, each once", async () => {
    const { cloud, sdk } = stage();
    await createKey("symmetric");
    await createKey("elliptic", { key_spec: "EC_P256", key_usage: "SIGN_VERIFY" });
    await createKey("more");
    const seen: unknown[] = [];
    let marker: string | undefined;
    for (;;) {
      const body = { limit: "2", key_spec: "ALL", ...(marker === undefined ? {} : { marker }) };
      const page = await sdk.ok("kms", "ListKeys", { body });
      const keys = at(page, "keys");
      if (!Array.isArray(keys)) throw new Error("no list");
      seen.push(...keys);
      if (at(page, "truncated") !== "true") break;
      marker = String(at(page, "next_marker"));
    }
    const all = cloud.resources().filter(({ type }) => type === "key");
    expect([...seen].sort()).toEqual(all.map(({ id }) => id).sort());
  });

  test("writes, reads and deletes tags, in one batch and one by one", async () => {
    const { cloud, sdk } = stage();
    const key_id = await createKey("tagged");
    const tags = [
      { key: "Owner", value: "core" },
      { key: "Team", value: "a" },
    ];
    await sdk.ok("kms", "BatchCreateKmsTags", { key_id, body: { action: "create", tags } });
    await sdk.ok("kms", "CreateKmsTag", { key_id, body: { tag: { key: "Stage", value: "dev" } } });
    expect(await sdk.ok("kms", "ShowKmsTags", { key_id })).toMatchObject({
      tags: [...tags, { key: "Stage", value: "dev" }],
      existTagsNum: 3,
    });
    await sdk.ok("kms", "DeleteTag", { key_id, key: "Stage" });
    const gone = [{ key: "Team", value: "a" }];
    await sdk.ok("kms", "BatchCreateKmsTags", { key_id, body: { action: "delete", tags: gone } });
    expect(Object.fromEntries(cloud.key("tagged")?.tags ?? [])).toEqual({ Owner: "core" });
    expect(await sdk.ok("kms", "ListKmsTags")).toMatchObject({
      tags: expect.arrayContaining([{ key: "Owner", values: ["core"] }]),
    });
  });

  test("counts and pages through the instances with their tags", async () => {
    const { sdk } = stage();
    const ask = (body: object) =>
      sdk.ok("kms", "ListKmsByTags", { resource_instances: "resource_instances", body });
    const total = at(await ask({ action: "count" }), "total_count");
    const first = await ask({ action: "filter", limit: "1", offset: "0" });
    expect(at(first, "total_count")).toBe(total);
    const rows = at(first, "resources");
    expect(Array.isArray(rows) && rows.length).toBe(1);
  });

  const NOBODY = "0a1b2c3d-4e5f-6a7b-8c9d-0e1f2a3b4c5d";
  test.each([
    ["a key that is not there", { key_id: NOBODY }, 404, "KMS.0207"],
    ["an id that is none", { key_id: "none" }, 400, "KMS.0205"],
  ])("is refused as documented: %s", async (_, body, status, code) => {
    const told = await stage().sdk.call("kms", "ListKeyDetail", { body });
    expect(told).toMatchObject({ ok: false, error: "ClientRequestException", status, code });
  });

  const tag = { key: "Owner", value: "core" };
  test.each([
    ["more tags than a key may have", numbered(11), "KMS.0409"],
    ["a key that is too long", [{ ...tag, key: "x".repeat(37) }], "KMS.0411"],
    ["a value that is too long", [{ ...tag, value: "x".repeat(44) }], "KMS.0410"],
    ["a key twice", [tag, tag], "KMS.0412"],
  ])("is refused %s, and nothing is written", async (what, tags, code) => {
    const { cloud, sdk } = stage();
    const key_id = await createKey(what.replaceAll(" ", "-"));
    const body = { action: "create", tags };
    const told = await sdk.call("kms", "BatchCreateKmsTags", { key_id, body });
    expect(told).toMatchObject({ ok: false, status: 400, code });
    expect(cloud.key(key_id)?.tags.size).toBe(0);
  });

  test("has got an answer from every operation of the local KMS", () => {
    expectAnswers(stage().cloud, "kms");
  });
});
