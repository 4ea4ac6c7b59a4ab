import { describe, expect, test } from "vitest";
import { at } from "../cloud/fixture.ts";
import { expectAnswers } from "./operations.ts";
import { useSdk } from "./stage.ts";

const stage = useSdk();

async function createSecret(name: string): Promise<string> {
  const body = { name, secret_string: "x" };
  return String(at(await stage().sdk.ok("csms", "CreateSecret", { body }), "secret", "id"));
}

const numbered = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ key: `k${n}`, value: `v${n}` }));

describe("the vendor's client of CSMS", () => {
  test("creates, shows, lists and deletes secrets", async () => {
    const { cloud, sdk } = stage();
    const id = await createSecret("one");
    expect(cloud.secret("one")).toMatchObject({ id, state: "ENABLED" });
    expect(await sdk.ok("csms", "ShowSecret", { secret_name: "one" })).toMatchObject({
      secret: { id, name: "one", create_time: cloud.secret("one")?.createdAtMs },
    });
    await sdk.ok("csms", "DeleteSecretForSchedule", {
      secret_name: "one",
      body: { recovery_window_in_days: 7 },
    });
    expect(cloud.secret("one")?.state).toBe("PENDING_DELETE");
    await sdk.ok("csms", "RestoreSecret", { secret_name: "one" });
    expect(cloud.secret("one")?.state).toBe("ENABLED");
    await sdk.ok("csms", "DeleteSecret", { secret_name: "one" });
    expect(cloud.secret("one")).toBeUndefined();
  });

  test("pages through the list of secrets by its marker, each secret once", async () => {
    const { sdk } = stage();
    const names = Array.from({ length: 7 }, (_, n) => `page-${n}`);
    for (const name of names) await createSecret(name);
    const seen: string[] = [];
    let marker: string | undefined;
    do {
      const request = { limit: 3, ...(marker === undefined ? {} : { marker }) };
      const page = await sdk.ok("csms", "ListSecrets", request);
      const rows = at(page, "secrets");
      if (!Array.isArray(rows)) throw new Error("no list");
      expect(rows.length).toBeLessThanOrEqual(3);
      seen.push(...rows.map((row) => String(at(row, "name"))));
      const next = at(page, "page_info", "next_marker");
      marker = typeof next === "string" ? next : undefined;
    } while (marker !== undefined);
    expect(seen.filter((name) => name.startsWith("page-")).sort()).toEqual(names);
  });

  test("writes, reads and deletes tags, in one batch and one by one", async () => {
    const { cloud, sdk } = stage();
    const secret_id = await createSecret("tagged");
    const body = { action: "create", tags: numbered(3) };
    await sdk.ok("csms", "BatchCreateOrDeleteTags", { secret_id, body });
    await sdk.ok("csms", "CreateSecretTag", {
      secret_id,
      body: { tag: { key: "Größe", value: "a b/c" } },
    });
    expect(await sdk.ok("csms", "ListSecretTags", { secret_id })).toMatchObject({
      tags: [...numbered(3), { key: "Größe", value: "a b/c" }],
    });
    await sdk.ok("csms", "DeleteSecretTag", { secret_id, key: "Größe" });
    await sdk.ok("csms", "BatchCreateOrDeleteTags", {
      secret_id,
      body: { action: "delete", tags: [{ key: "k0" }] },
    });
    expect(Object.fromEntries(cloud.secret("tagged")?.tags ?? [])).toEqual({ k1: "v1", k2: "v2" });
    expect(await sdk.ok("csms", "ListProjectSecretsTags")).toMatchObject({
      tags: expect.arrayContaining([{ key: "k1", values: ["v1"] }]),
    });
  });

  test("counts and pages through the instances with their tags", async () => {
    const { sdk } = stage();
    const ask = (body: object) =>
      sdk.ok("csms", "ListResourceInstances", {
        resource_instances: "resource_instances",
        body,
      });
    const total = at(await ask({ action: "count" }), "total_count");
    const ids: unknown[] = [];
    for (let offset = 0; offset < Number(total); offset += 2) {
      const page = await ask({ action: "filter", limit: "2", offset: String(offset) });
      const rows = at(page, "resources");
      if (!Array.isArray(rows)) throw new Error("no list");
      ids.push(...rows.map((row) => at(row, "resource_id")));
    }
    expect(new Set(ids).size).toBe(total);
    expect(ids.length).toBe(total);
  });

  test.each([
    ["a secret that is not there", "ShowSecret", { secret_name: "none" }, 400, "CSMS.0005"],
    [
      "a name that is taken",
      "CreateSecret",
      { body: { name: "tagged", secret_string: "x" } },
      409,
      "CSMS.0101",
    ],
    [
      "tags of an id that is not there",
      "ListSecretTags",
      { secret_id: "0a1b2c3d-4e5f-6a7b-8c9d-0e1f2a3b4c5d" },
      400,
      "CSMS.0005",
    ],
    [
      "to restore what is not deleted",
      "RestoreSecret",
      { secret_name: "tagged" },
      400,
      "CSMS.0108",
    ],
  ])("is refused as documented: %s", async (_, call, request, status, code) => {
    expect(await stage().sdk.call("csms", call, request)).toMatchObject({
      ok: false,
      error: "ClientRequestException",
      status,
      code,
    });
  });

  test("is refused more tags than a secret may have, and none of them is written", async () => {
    const { cloud, sdk } = stage();
    const secret_id = await createSecret("full");
    const body = { action: "create", tags: numbered(21) };
    const told = await sdk.call("csms", "BatchCreateOrDeleteTags", { secret_id, body });
    expect(told).toMatchObject({ ok: false, status: 400 });
    expect(cloud.secret("full")?.tags.size).toBe(0);
  });

  test("has got an answer from every operation of the local CSMS", () => {
    expectAnswers(stage().cloud, "csms");
  });
});
