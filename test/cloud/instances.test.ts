import { describe, expect, test } from "vitest";
import { at, useCloud } from "./fixture.ts";

const fixture = useCloud();

type Kind = "secret" | "key";

async function query(kind: Kind, body: object) {
  const { cloud, alice } = fixture();
  const base = kind === "secret" ? `/v1/${cloud.project}/csms` : `/v1.0/${cloud.project}/kms`;
  return alice.call("POST", `${base}/resource_instances/action`, body);
}

async function names(kind: Kind, body: object): Promise<unknown> {
  const rows = at((await query(kind, { action: "filter", ...body })).body, "resources");
  return Array.isArray(rows) ? rows.map((row) => at(row, "resource_name")) : rows;
}

function add(kind: Kind, name: string, tags: { [key: string]: string } = {}): string {
  const { cloud } = fixture();
  return kind === "secret" ? cloud.addSecret({ name, tags }).id : cloud.addKey({ name, tags }).id;
}

describe.each(["secret", "key"] as const)("the instance query for a %s", (kind) => {
  test("gives detail and tags, also of a resource that has none", async () => {
    const id = add(kind, "a", { Owner: "me" });
    add(kind, "b");
    const { body } = await query(kind, { action: "filter", limit: "1000", offset: "0" });
    expect(body).toMatchObject({
      total_count: 2,
      resources: [
        { resource_id: id, resource_name: "a", tags: [{ key: "Owner", value: "me" }] },
        { resource_name: "b", tags: [] },
      ],
    });
    const detail = at(body, "resources", 0, "resource_detail");
    expect(at(detail, kind === "secret" ? "id" : "key_id")).toBe(id);
  });

  test("pages by record offset, ten rows unless told otherwise, numbers as text or not", async () => {
    const all = Array.from({ length: 12 }, (_, n) => `r${n}`);
    for (const name of all) add(kind, name);
    expect(await names(kind, {})).toEqual(all.slice(0, 10));
    expect(await names(kind, { offset: "10" })).toEqual(all.slice(10));
    expect(await names(kind, { limit: 3, offset: 2 })).toEqual(all.slice(2, 5));
    expect(await names(kind, { offset: "12" })).toEqual([]);
    const page = await query(kind, { action: "filter", limit: "1" });
    expect(at(page.body, "total_count")).toBe(12);
  });

  test("counts without rows", async () => {
    add(kind, "a");
    expect((await query(kind, { action: "count" })).body).toEqual({ total_count: 1 });
  });

  test("ANDs keys, ORs values; no values mean any", async () => {
    add(kind, "a", { Env: "prod", Owner: "x" });
    add(kind, "b", { Env: "test", Owner: "x" });
    add(kind, "c", { Env: "dev" });
    const env = (...values: string[]) => ({ key: "Env", values });
    expect(await names(kind, { tags: [env("prod", "dev")] })).toEqual(["a", "c"]);
    expect(await names(kind, { tags: [env()] })).toEqual(["a", "b", "c"]);
    expect(await names(kind, { tags: [env(), { key: "Owner", values: ["x"] }] })).toEqual([
      "a",
      "b",
    ]);
    expect(await names(kind, { tags: [{ key: "Nobody" }] })).toEqual([]);
  });

  test("matches names anywhere, all of them", async () => {
    for (const name of ["prod-db", "prod-app", "test-db"]) add(kind, name);
    const matches = (...values: string[]) => ({
      matches: values.map((value) => ({ key: "resource_name", value })),
    });
    expect(await names(kind, matches("prod"))).toEqual(["prod-db", "prod-app"]);
    expect(await names(kind, matches("prod", "db"))).toEqual(["prod-db"]);
  });

  test("sees at once what a tag write and a deletion changed", async () => {
    const { cloud, alice } = fixture();
    const tags = [{ key: "Owner" }];
    const id = add(kind, "a");
    expect(await names(kind, { tags })).toEqual([]);
    await alice.tag(kind, id, { Owner: "me" });
    expect(await names(kind, { tags })).toEqual(["a"]);
    cloud.untagDirectly(id, ["Owner"]);
    expect(await names(kind, { tags })).toEqual([]);
    cloud.tagDirectly(id, { Owner: "you" });
    expect(await names(kind, { tags })).toEqual(["a"]);
  });

  const code = (kms: string) => (kind === "secret" ? "CSMS.0002" : kms);
  test.each([
    [{}, "KMS.0204"],
    [{ action: "list" }, "KMS.0404"],
    [{ action: "filter", limit: "0" }, "KMS.1601"],
    [{ action: "filter", limit: "1001" }, "KMS.1601"],
    [{ action: "filter", limit: "1.5" }, "KMS.1601"],
    [{ action: "filter", offset: "-1" }, "KMS.0417"],
    [
      { action: "filter", tags: Array.from({ length: 11 }, (_, n) => ({ key: `k${n}` })) },
      "KMS.0414",
    ],
    [{ action: "filter", tags: [{ key: "" }] }, "KMS.0414"],
    [
      { action: "filter", tags: [{ key: "k", values: Array.from({ length: 11 }, String) }] },
      "KMS.0413",
    ],
    [{ action: "filter", matches: [{ key: "name", value: "a" }] }, "KMS.0403"],
    [{ action: "filter", matches: [{ key: "resource_name", value: "a".repeat(256) }] }, "KMS.0402"],
  ])("refuses %j", async (body, kms) => {
    const answer = await query(kind, body);
    expect([answer.status, at(answer.body, "error", "error_code")]).toEqual([400, code(kms)]);
  });
});

describe("where the services differ", () => {
  test("an empty name matches no secret, and KMS refuses it", async () => {
    add("secret", "a");
    const body = { action: "filter", matches: [{ key: "resource_name", value: "" }] };
    expect(await names("secret", body)).toEqual([]);
    expect(at((await query("key", body)).body, "error", "error_code")).toBe("KMS.0402");
  });

  test("an offset beside count is refused by KMS only", async () => {
    const body = { action: "count", offset: "0" };
    expect((await query("secret", body)).status).toBe(200);
    expect(at((await query("key", body)).body, "error", "error_code")).toBe("KMS.0418");
  });

  test("a short sequence is refused by KMS only", async () => {
    const body = { action: "count", sequence: "1234567890123" };
    expect((await query("secret", body)).status).toBe(200);
    expect(at((await query("key", body)).body, "error", "error_code")).toBe("KMS.0206");
  });

  test("system tags come with secrets only", async () => {
    add("secret", "a");
    add("key", "a");
    const row = async (kind: Kind) =>
      at((await query(kind, { action: "filter" })).body, "resources", 0);
    expect(await row("secret")).toHaveProperty("sys_tags");
    expect(await row("key")).not.toHaveProperty("sys_tags");
  });

  test("default keys are in the answer, and counted, where the setting says so", async () => {
    const { cloud } = fixture();
    add("key", "own");
    cloud.createDefaultKey("csms/default");
    expect(await names("key", {})).toEqual(["own"]);
    expect((await query("key", { action: "count" })).body).toEqual({ total_count: 1 });
    cloud.settings.defaultKeysInQuery = true;
    expect(await names("key", {})).toEqual(["own", "csms/default"]);
    expect((await query("key", { action: "count" })).body).toEqual({ total_count: 2 });
  });

  test("keys of every specification and state are in the answer", async () => {
    const { cloud, alice } = fixture();
    const rsa = cloud.addKey({ name: "rsa", keySpec: "RSA_2048" });
    await alice.call("POST", `/v1.0/${cloud.project}/kms/schedule-key-deletion`, {
      key_id: rsa.id,
      pending_days: "7",
    });
    expect(await names("key", {})).toEqual(["rsa"]);
  });
});
