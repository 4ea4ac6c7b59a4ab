import { describe, expect, test } from "vitest";
import { at, START_MS, useCloud } from "./fixture.ts";

const fixture = useCloud();
const DAY_MS = 24 * 60 * 60 * 1000;

/** One call below the KMS base path: status, error code or body. */
async function kms(path: string, body?: object, method: "POST" | "GET" | "DELETE" = "POST") {
  const { cloud, alice } = fixture();
  return alice.call(method, `/v1.0/${cloud.project}/kms/${path}`, body);
}

async function refusal(path: string, body?: object, method: "POST" | "GET" | "DELETE" = "POST") {
  const answer = await kms(path, body, method);
  return `${answer.status} ${at(answer.body, "error", "error_code")}`;
}

const NOBODY = "00000000-0000-0000-0000-000000000000";

describe("a key", () => {
  test("is created enabled, and all of its details are text", async () => {
    const { cloud } = fixture();
    const answer = await kms("create-key", { key_alias: "prod/app", key_description: "d" });
    const id = at(answer.body, "key_info", "key_id");
    expect(answer.body).toEqual({ key_info: { key_id: id, domain_id: cloud.domain.id } });

    const details = at((await kms("describe-key", { key_id: id })).body, "key_info");
    expect(details).toMatchObject({
      key_id: id,
      key_alias: "prod/app",
      key_description: "d",
      key_state: "2",
      key_spec: "AES_256",
      default_key_flag: "0",
      creation_date: String(START_MS),
      scheduled_deletion_date: "",
      origin: "kms",
    });
    expect(Object.values(Object(details)).every((value) => typeof value === "string")).toBe(true);
  });

  test("whose material comes from outside waits for it", async () => {
    const { cloud, alice } = fixture();
    const id = await alice.createKey("k", { origin: "external" });
    expect(cloud.key(id)?.state).toBe("5");
    expect(await refusal("disable-key", { key_id: id })).toBe("400 KMS.0308");
  });

  test.each([
    ["no alias", {}, "400 KMS.0204"],
    ["an alias with a space", { key_alias: "a b" }, "400 KMS.0308"],
    ["a default key's alias", { key_alias: "my/default" }, "400 KMS.0308"],
    ["an alias that is no text", { key_alias: 1 }, "400 KMS.0308"],
    ["an unknown origin", { key_alias: "a", origin: "moon" }, "400 KMS.0308"],
    ["a short sequence", { key_alias: "a", sequence: "1" }, "400 KMS.0206"],
  ])("is not created with %s", async (_what, body, code) => {
    expect(await refusal("create-key", body)).toBe(code);
    expect(fixture().cloud.resources()).toEqual([]);
  });

  test("that does not exist is a 404, one of another form a 400", async () => {
    expect(await refusal("describe-key", { key_id: NOBODY })).toBe("404 KMS.0207");
    expect(await refusal("describe-key", { key_id: "x" })).toBe("400 KMS.0205");
    expect(await refusal("describe-key", {})).toBe("400 KMS.0204");
  });

  test("is disabled and enabled", async () => {
    const { cloud, alice } = fixture();
    const id = await alice.createKey("k");
    const disabled = await kms("disable-key", { key_id: id });
    expect(disabled.body).toEqual({ key_info: { key_id: id, key_state: "3" } });
    expect(cloud.key(id)?.state).toBe("3");
    await kms("enable-key", { key_id: id });
    expect(cloud.key(id)?.state).toBe("2");
  });

  test("that is pending deletion refuses what it must, and comes back disabled", async () => {
    const { alice } = fixture();
    const id = await alice.createKey("k");
    const scheduled = await kms("schedule-key-deletion", { key_id: id, pending_days: "7" });
    expect(scheduled.body).toEqual({ key_id: id, key_state: "4" });
    const details = await kms("describe-key", { key_id: id });
    const due = String(START_MS + 7 * DAY_MS);
    expect(at(details.body, "key_info", "scheduled_deletion_date")).toBe(due);

    expect(await refusal("enable-key", { key_id: id })).toBe("400 KMS.0210");
    expect(await refusal("schedule-key-deletion", { key_id: id, pending_days: "7" })).toBe(
      "400 KMS.0210",
    );
    const cancelled = await kms("cancel-key-deletion", { key_id: id });
    expect(cancelled.body).toEqual({ key_id: id, key_state: "3" });
    expect(await refusal("cancel-key-deletion", { key_id: id })).toBe("400 KMS.0308");
  });

  test("is gone when its time has come", async () => {
    const { clock, cloud, alice } = fixture();
    const id = await alice.createKey("k");
    await kms("schedule-key-deletion", { key_id: id, pending_days: "7" });
    await clock.advance(7 * DAY_MS - 1);
    expect((await kms("describe-key", { key_id: id })).status).toBe(200);
    await clock.advance(1);
    expect(await refusal("describe-key", { key_id: id })).toBe("404 KMS.0207");
    expect(cloud.resources()).toEqual([]);
  });

  test.each(["6", "1097", "x", ""])("is not scheduled for deletion in %j days", async (days) => {
    const id = await fixture().alice.createKey("k");
    expect(await refusal("schedule-key-deletion", { key_id: id, pending_days: days })).toBe(
      "400 KMS.0308",
    );
  });

  test("that belongs to a service can be neither changed nor deleted", async () => {
    const { id } = fixture().cloud.createDefaultKey("evs/default");
    expect(await refusal("disable-key", { key_id: id })).toBe("400 KMS.0211");
    expect(await refusal("schedule-key-deletion", { key_id: id, pending_days: "7" })).toBe(
      "400 KMS.0211",
    );
    const details = await kms("describe-key", { key_id: id });
    expect(at(details.body, "key_info", "default_key_flag")).toBe("1");
  });

  test("that is not visible yet does not exist for any call, and then does", async () => {
    const { cloud, clock, alice } = fixture();
    cloud.makeVisibleAfter(3000);
    const id = await alice.createKey("k");
    expect(await refusal("describe-key", { key_id: id })).toBe("404 KMS.0207");
    expect((await alice.tag("key", id, { A: "1" })).status).toBe(404);
    expect((await kms("list-keys", {})).body).toMatchObject({ keys: [], total: 0 });
    expect(cloud.key(id)?.name).toBe("k");
    await clock.advance(3000);
    expect((await kms("list-keys", {})).body).toMatchObject({ keys: [id], total: 1 });
    expect((await alice.tag("key", id, { A: "1" })).status).toBe(204);
  });
});

describe("list-keys", () => {
  test("pages by a numeric marker; truncated and next_marker are text", async () => {
    const { cloud } = fixture();
    const ids = ["a", "b", "c", "d", "e"].map((name) => cloud.addKey({ name }).id);
    const first = (await kms("list-keys", { limit: "2" })).body;
    expect(first).toMatchObject({
      keys: ids.slice(0, 2),
      next_marker: "2",
      truncated: "true",
      total: 5,
    });
    const last = (await kms("list-keys", { limit: "3", marker: "2" })).body;
    expect(last).toMatchObject({
      keys: ids.slice(2),
      next_marker: "",
      truncated: "false",
    });
    expect(at(last, "key_details", 0, "key_id")).toBe(ids[2]);
    expect(at(last, "key_details", 0)).not.toHaveProperty("tags");
  });

  test("shows AES_256 keys only, unless ALL or another specification is asked for", async () => {
    const { cloud } = fixture();
    const aes = cloud.addKey({ name: "a" }).id;
    const rsa = cloud.addKey({ name: "r", keySpec: "RSA_2048" }).id;
    const list = async (body: object) => at((await kms("list-keys", body)).body, "keys");
    expect(await list({})).toEqual([aes]);
    expect(await list({ key_spec: "ALL" })).toEqual([aes, rsa]);
    expect(await list({ key_spec: "RSA_2048" })).toEqual([rsa]);
  });

  test("picks by state and has default keys", async () => {
    const { cloud, alice } = fixture();
    const id = await alice.createKey("k");
    const standard = cloud.createDefaultKey("csms/default");
    expect(at((await kms("list-keys", {})).body, "keys")).toEqual([id, standard.id]);
    await kms("disable-key", { key_id: id });
    expect(at((await kms("list-keys", { key_state: "3" })).body, "keys")).toEqual([id]);
    expect(at((await kms("list-keys", { key_state: "2" })).body, "keys")).toEqual([standard.id]);
  });

  test.each([
    [{ limit: "0" }, "400 KMS.1601"],
    [{ limit: "2001" }, "400 KMS.1601"],
    [{ marker: "x" }, "400 KMS.1602"],
    [{ key_state: "6" }, "400 KMS.0308"],
  ])("refuses %j", async (body, code) => {
    expect(await refusal("list-keys", body)).toBe(code);
  });
});
