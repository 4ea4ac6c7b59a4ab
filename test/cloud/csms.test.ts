import { describe, expect, test } from "vitest";
import { at, START_MS, useCloud } from "./fixture.ts";

const fixture = useCloud();
const DAY_MS = 24 * 60 * 60 * 1000;

type Method = "POST" | "GET" | "DELETE";

async function secrets(path = "", method: Method = "GET", body?: object) {
  const { cloud, alice } = fixture();
  return alice.call(method, `/v1/${cloud.project}/secrets${path}`, body);
}

async function refusal(path: string, method: Method = "GET", body?: object) {
  const answer = await secrets(path, method, body);
  return `${answer.status} ${at(answer.body, "error", "error_code")}`;
}

describe("a secret", () => {
  test("is created, and shown by its name without its value", async () => {
    const { cloud } = fixture();
    const created = await secrets("", "POST", {
      name: "prod-db",
      secret_string: "hunter2",
      description: "d",
      enterprise_project_id: "7",
    });
    expect(at(created.body, "secret")).toEqual({
      id: cloud.secret("prod-db")?.id,
      name: "prod-db",
      state: "ENABLED",
      kms_key_id: cloud.key("csms/default")?.id,
      description: "d",
      create_time: START_MS,
      update_time: START_MS,
      scheduled_delete_time: null,
      secret_type: "COMMON",
      auto_rotation: false,
      rotation_period: "",
      rotation_config: "",
      rotation_time: null,
      next_rotation_time: null,
      event_subscriptions: [],
      enterprise_project_id: "7",
      rotation_func_urn: null,
    });
    expect((await secrets("/prod-db")).body).toEqual(created.body);
  });

  test("that names no key makes csms/default, once, and its creation leaves a trace", async () => {
    const { cloud, alice } = fixture();
    await alice.createSecret("a");
    await alice.createSecret("b");
    const keys = cloud.resources().filter(({ type }) => type === "key");
    expect(keys.map(({ name }) => name)).toEqual(["csms/default"]);
    expect(
      cloud.traces.map(({ trace_name, resource_name }) => `${trace_name} ${resource_name}`),
    ).toEqual(["createKey csms/default", "createSecret a", "createSecret b"]);
    expect(cloud.traces[0]?.resource_id).toBe(keys[0]?.id);
  });

  test("is encrypted by the key that it names, which must be there and enabled", async () => {
    const { alice } = fixture();
    const key = await alice.createKey("k");
    await alice.createSecret("s", { kms_key_id: key });
    expect(at((await secrets("/s")).body, "secret", "kms_key_id")).toBe(key);

    await alice.call("POST", `/v1.0/${fixture().cloud.project}/kms/disable-key`, { key_id: key });
    for (const kms_key_id of [key, "nobody", "k"]) {
      const body = { name: "t", secret_string: "x", kms_key_id };
      expect(await refusal("", "POST", body)).toBe("400 CSMS.0401");
    }
  });

  test.each([
    ["no name", { secret_string: "x" }],
    ["a name with a slash", { name: "a/b", secret_string: "x" }],
    ["a name of 65 characters", { name: "a".repeat(65), secret_string: "x" }],
    ["no value", { name: "a" }],
    ["two values", { name: "a", secret_string: "x", secret_binary: "eA==" }],
    ["a value over 32 KiB", { name: "a", secret_string: "x".repeat(32 * 1024 + 1) }],
  ])("is not created with %s", async (_what, body) => {
    expect(await refusal("", "POST", body)).toBe("400 CSMS.0002");
    expect(fixture().cloud.resources()).toEqual([]);
  });

  test("has a name of its own: 409 for the second", async () => {
    await fixture().alice.createSecret("s");
    expect(await refusal("", "POST", { name: "s", secret_string: "x" })).toBe("409 CSMS.0101");
  });

  test("that does not exist is a 400, not a 404", async () => {
    const { cloud, alice } = fixture();
    expect(await refusal("/nobody")).toBe("400 CSMS.0005");
    const id = await alice.createSecret("s");
    expect(await refusal(`/${id}`)).toBe("400 CSMS.0005");
    const tags = await alice.call("GET", `/v1/${cloud.project}/csms/s/tags`);
    expect(at(tags.body, "error", "error_code")).toBe("CSMS.0005");
  });

  test("is deleted at once: 204, and its name is free", async () => {
    const { cloud, alice } = fixture();
    await alice.createSecret("s");
    expect(await secrets("/s", "DELETE")).toMatchObject({ status: 204, body: undefined });
    expect(cloud.secret("s")).toBeUndefined();
    await alice.createSecret("s");
  });

  test("that is scheduled for deletion is restored, or goes when its time has come", async () => {
    const { cloud, clock, alice } = fixture();
    await alice.createSecret("s");
    const tasks = "/s/scheduled-deleted-tasks";
    const scheduled = await secrets(`${tasks}/create`, "POST", { recovery_window_in_days: 7 });
    expect(at(scheduled.body, "secret")).toMatchObject({
      state: "PENDING_DELETE",
      scheduled_delete_time: START_MS + 7 * DAY_MS,
    });
    expect(await refusal(`${tasks}/create`, "POST", {})).toBe("400 CSMS.0107");

    const restored = await secrets(`${tasks}/cancel`, "POST");
    expect(at(restored.body, "secret")).toMatchObject({
      state: "ENABLED",
      scheduled_delete_time: null,
    });
    expect(await refusal(`${tasks}/cancel`, "POST")).toBe("400 CSMS.0108");

    await secrets(`${tasks}/create`, "POST", {});
    await clock.advance(30 * DAY_MS);
    expect(await refusal("/s")).toBe("400 CSMS.0005");
    expect(cloud.secret("s")).toBeUndefined();
  });

  test.each([6, 31, 7.5])("is not scheduled for deletion in %d days", async (days) => {
    await fixture().alice.createSecret("s");
    const body = { recovery_window_in_days: days };
    expect(await refusal("/s/scheduled-deleted-tasks/create", "POST", body)).toBe("400 CSMS.0002");
  });

  test("that is not visible yet does not exist, but its name is taken", async () => {
    const { cloud, clock, alice } = fixture();
    cloud.makeVisibleAfter(1000);
    const id = await alice.createSecret("s");
    expect(await refusal("/s")).toBe("400 CSMS.0005");
    expect((await alice.tag("secret", id, { A: "1" })).status).toBe(400);
    expect(await refusal("", "POST", { name: "s", secret_string: "x" })).toBe("409 CSMS.0101");
    await clock.advance(1000);
    expect((await secrets("/s")).status).toBe(200);
  });
});

describe("the list of secrets", () => {
  test("pages by the name of the last one, and has no tags", async () => {
    const { cloud } = fixture();
    for (const name of ["c", "a", "b"]) cloud.addSecret({ name, tags: { A: "1" } });
    const first = (await secrets("?limit=2")).body;
    expect(first).toMatchObject({
      secrets: [{ name: "c" }, { name: "a" }],
      page_info: { next_marker: "a", current_count: 2 },
    });
    expect(at(first, "secrets", 0)).not.toHaveProperty("tags");
    expect((await secrets("?limit=2&marker=a")).body).toMatchObject({
      secrets: [{ name: "b" }],
      page_info: { next_marker: null, previous_marker: "a", current_count: 1 },
    });
  });

  test("has 50 rows where no limit is given", async () => {
    for (let n = 0; n < 51; n += 1) fixture().cloud.addSecret({ name: `s${n}` });
    expect(at((await secrets()).body, "secrets", "length")).toBe(50);
  });

  test.each(["?limit=0", "?limit=x", "?limit=1001", "?marker=nobody"])(
    "refuses %s",
    async (query) => {
      expect(await refusal(query)).toBe("400 CSMS.0002");
    },
  );
});
