import { describe, expect, test } from "vitest";
import { createClient } from "./client.ts";
import { at, START_MS, useCloud } from "./fixture.ts";

const fixture = useCloud();

async function traces(query: string) {
  const { cloud, alice } = fixture();
  return alice.call("GET", `/v3/${cloud.project}/traces?${query}`);
}

describe("a trace", () => {
  test("tells who did what to which resource, and how it ended", async () => {
    const { cloud } = fixture();
    const bob = createClient(cloud, cloud.user("bob"), "terraform-provider/1.97");
    const id = await bob.createKey("prod");
    await bob.close();
    expect(cloud.traces).toEqual([
      expect.objectContaining({
        trace_name: "createKey",
        trace_rating: "normal",
        trace_type: "ApiCall",
        service_type: "KMS",
        resource_type: "cmk",
        resource_id: id,
        resource_name: "prod",
        code: "200",
        time: START_MS,
        source_ip: "127.0.0.1",
        user_agent: "terraform-provider/1.97",
        user: expect.objectContaining({
          name: "bob",
          type: "User",
          domain: cloud.domain,
          access_key_id: cloud.user("bob").ak,
        }),
        request: { key_alias: "prod" },
        response: { key_info: { key_id: id, domain_id: cloud.domain.id } },
        project_id: cloud.project,
        enterprise_project_id: "0",
      }),
    ]);
  });

  test("shows an agency as such, and a person's own agent where the request names none", async () => {
    const { cloud } = fixture();
    const agency = createClient(cloud, cloud.agency("tagger"));
    const carol = createClient(cloud, cloud.user("carol", "console"));
    await agency.createKey("a");
    await carol.createKey("b");
    expect(cloud.traces).toMatchObject([
      { user: { name: "tagger", type: "AssumedAgency" }, user_agent: "" },
      { user: { name: "carol", type: "User" }, user_agent: "console" },
    ]);
    await Promise.all([agency.close(), carol.close()]);
  });

  test("of a failed call is a warning with the error as its response", async () => {
    const { cloud, alice } = fixture();
    await alice.createSecret("s");
    await alice.call("POST", `/v1/${cloud.project}/secrets`, { name: "s", secret_string: "x" });
    expect(cloud.traces.at(-1)).toMatchObject({
      trace_name: "createSecret",
      trace_rating: "warning",
      code: "409",
      resource_name: "s",
      resource_id: "",
      response: { error: { error_code: "CSMS.0101" } },
    });
  });

  test("never holds a secret's value", async () => {
    const { cloud, alice } = fixture();
    await alice.createSecret("s", { secret_string: "hunter2" });
    expect(JSON.stringify(cloud.traces)).not.toContain("hunter2");
    expect(cloud.traces.at(-1)?.request).toEqual({ name: "s" });
  });

  test("has the documented name for every call that changes something, and reads have none", async () => {
    const { cloud, alice } = fixture();
    const { project } = cloud;
    const secret = await alice.createSecret("s");
    const key = await alice.createKey("k");
    const tag = { key: "a", value: "1" };
    const before = cloud.traces.length;
    const writes: ["POST" | "DELETE", string, object?][] = [
      ["POST", `/v1/${project}/csms/${secret}/tags/action`, { action: "create", tags: [tag] }],
      ["POST", `/v1/${project}/csms/${secret}/tags/action`, { action: "delete", tags: [tag] }],
      ["POST", `/v1/${project}/csms/${secret}/tags`, { tag }],
      ["DELETE", `/v1/${project}/csms/${secret}/tags/a`],
      ["POST", `/v1/${project}/secrets/s/scheduled-deleted-tasks/create`, {}],
      ["POST", `/v1/${project}/secrets/s/scheduled-deleted-tasks/cancel`],
      ["DELETE", `/v1/${project}/secrets/s`],
      ["POST", `/v1.0/${project}/kms/${key}/tags/action`, { action: "create", tags: [tag] }],
      ["POST", `/v1.0/${project}/kms/${key}/tags/action`, { action: "delete", tags: [tag] }],
      ["POST", `/v1.0/${project}/kms/${key}/tags`, { tag }],
      ["DELETE", `/v1.0/${project}/kms/${key}/tags/a`],
      ["POST", `/v1.0/${project}/kms/disable-key`, { key_id: key }],
      ["POST", `/v1.0/${project}/kms/enable-key`, { key_id: key }],
      ["POST", `/v1.0/${project}/kms/schedule-key-deletion`, { key_id: key, pending_days: "7" }],
      ["POST", `/v1.0/${project}/kms/cancel-key-deletion`, { key_id: key }],
    ];
    for (const [method, path, body] of writes) await alice.call(method, path, body);
    await alice.tagsOf("key", key);
    await alice.call("POST", `/v1.0/${project}/kms/list-keys`, {});
    await alice.call("GET", `/v1/${project}/secrets`);

    const written = cloud.traces.slice(before);
    expect(written.map((trace) => `${trace.resource_type} ${trace.trace_name}`)).toEqual([
      "secret createResourceTag",
      "secret deleteResourceTag",
      "secret createResourceTag",
      "secret deleteResourceTag",
      "secret scheduleDelSecret",
      "secret restoreSecretFromDeletedStatus",
      "secret forceDeleteSecret",
      "cmk batchCreateKmsTags",
      "cmk batchDeleteKmsTags",
      "cmk createKeyTag",
      "cmk deleteKeyTag",
      "cmk disableKey",
      "cmk enableKey",
      "cmk scheduleKeyDeletion",
      "cmk cancelKeyDeletion",
    ]);
    const wrong = written.filter(({ trace_rating, resource_id, resource_type }) => {
      return trace_rating !== "normal" || resource_id !== (resource_type === "cmk" ? key : secret);
    });
    expect(wrong).toEqual([]);
  });
});

describe("the trace query", () => {
  test("gives the newest first, page by page, with bodies as text", async () => {
    const { clock, alice } = fixture();
    for (const alias of ["a", "b", "c"]) {
      await alice.createKey(alias);
      await clock.advance(10);
    }
    const first = (await traces("limit=2")).body;
    expect(first).toMatchObject({
      traces: [{ resource_name: "c", request: '{"key_alias":"c"}' }, { resource_name: "b" }],
      meta_data: { count: 2, marker: at(first, "traces", 1, "trace_id") },
    });
    const last = (await traces(`limit=2&next=${at(first, "meta_data", "marker")}`)).body;
    expect(last).toMatchObject({
      traces: [{ resource_name: "a" }],
      meta_data: { count: 1, marker: null },
    });
  });

  test("covers the last hour, or what lies between from and to, seven days at most", async () => {
    const { clock, alice } = fixture();
    const hourMs = 60 * 60 * 1000;
    await alice.createKey("old");
    await clock.advance(2 * hourMs);
    await alice.createKey("new");
    await clock.advance(1000);
    const found = async (query = "") => {
      const rows = at((await traces(query)).body, "traces");
      return Array.isArray(rows) ? rows.map((row) => at(row, "resource_name")) : rows;
    };
    expect(await found()).toEqual(["new"]);
    expect(await found(`from=${START_MS - 1}&to=${clock.now()}`)).toEqual(["new", "old"]);
    expect(await found(`from=${START_MS}&to=${clock.now()}`)).toEqual(["new"]);
    const newMs = START_MS + 2 * hourMs;
    expect(await found(`from=${START_MS - 1}&to=${newMs}`)).toEqual(["old"]);
    expect(await found(`from=${START_MS - 1}&to=${newMs + 1}`)).toEqual(["new", "old"]);
    await clock.advance(7 * 24 * hourMs - 1000);
    expect(await found(`from=${START_MS - 1}&to=${clock.now()}`)).toEqual([]);
  });

  test("filters by the documented fields, and data traces are none", async () => {
    const { clock, alice } = fixture();
    await alice.createKey("k");
    const id = await alice.createSecret("s");
    await clock.advance(1);
    expect((await traces("trace_name=createSecret")).body).toMatchObject({
      traces: [{ resource_id: id }],
    });
    expect((await traces("resource_type=cmk&resource_name=k")).body).toMatchObject({
      meta_data: { count: 1 },
    });
    expect((await traces("trace_type=data")).body).toMatchObject({ traces: [] });
  });

  test.each(["limit=201", "limit=0", "trace_type=x", "from=1", "from=5&to=6", "next=nobody"])(
    "refuses %s",
    async (query) => expect((await traces(query)).status).toBe(400),
  );

  test("the list of operations has every trace name by resource type", async () => {
    const { cloud, alice } = fixture();
    const path = `/v3/${cloud.project}/operations`;
    const all = (await alice.call("GET", path)).body;
    expect(at(all, "operations", "length")).toBe(2);
    const { body } = await alice.call("GET", `${path}?service_type=KMS&resource_type=secret`);
    expect(body).toMatchObject({ operations: [{ service_type: "KMS", resource_type: "secret" }] });
    const names = at(body, "operations", 0, "operation_list");
    expect(names).toEqual(expect.arrayContaining(["createSecret", "restoreSecretFromBackupBlob"]));
    // "If this parameter is used, service_type is mandatory."
    expect((await alice.call("GET", `${path}?resource_type=secret`)).status).toBe(400);
    expect((await alice.call("GET", `${path}?service_type=X`)).body).toEqual({ operations: [] });
  });
});
