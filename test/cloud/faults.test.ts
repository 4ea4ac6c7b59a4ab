import { describe, expect, test } from "vitest";
import { at, useCloud } from "./fixture.ts";

const fixture = useCloud();
const secrets = () => `/v1/${fixture().cloud.project}/secrets`;
const query = () => `/v1/${fixture().cloud.project}/csms/resource_instances/action`;

describe("which requests a fault hits", () => {
  const count = async () =>
    (await fixture().alice.call("POST", query(), { action: "count" })).status;
  const list = async () => (await fixture().alice.call("GET", secrets())).status;
  const fault = { kind: "answer", status: 503, body: "" } as const;

  test("as many as it says, then no more", async () => {
    fixture().cloud.addFault({ times: 2, fault });
    expect([await list(), await count(), await list()]).toEqual([503, 503, 200]);
  });

  test("only those of its operation", async () => {
    fixture().cloud.addFault({ operation: "ListSecrets", times: 1, fault });
    expect([await count(), await list()]).toEqual([200, 503]);
  });

  test("only those after the ones it lets pass", async () => {
    fixture().cloud.addFault({ operation: "ListSecrets", after: 2, times: 1, fault });
    expect([await list(), await count(), await list(), await list(), await list()]).toEqual([
      200, 200, 200, 503, 200,
    ]);
  });

  test("always, until the faults are cleared", async () => {
    const { cloud } = fixture();
    cloud.addFault({ times: Number.POSITIVE_INFINITY, fault });
    expect([await list(), await list(), await list()]).toEqual([503, 503, 503]);
    cloud.clearFaults();
    expect(await list()).toBe(200);
  });

  test("only those for its resource, named by id in a path or a body, or by name", async () => {
    const { cloud, alice } = fixture();
    const secret = cloud.addSecret({ name: "s" });
    const other = cloud.addSecret({ name: "other" });
    const key = cloud.addKey({ name: "k" });
    for (const { id } of [secret, key]) cloud.addFault({ resource: id, times: 9, fault });

    const tags = await alice.tag("secret", secret.id, { A: "1" });
    const show = await alice.call("GET", `${secrets()}/s`);
    const describeKey = await alice.call("POST", `/v1.0/${cloud.project}/kms/describe-key`, {
      key_id: key.id,
    });
    expect([tags.status, show.status, describeKey.status]).toEqual([503, 503, 503]);
    expect((await alice.tag("secret", other.id, { A: "1" })).status).toBe(204);
    expect(secret.tags.size).toBe(0);
  });

  test("each rule counts the requests that no earlier rule has hit", async () => {
    const { cloud } = fixture();
    cloud.addFault({ times: 1, fault });
    cloud.addFault({ times: 1, fault: { ...fault, status: 502 } });
    expect([await list(), await list(), await list()]).toEqual([503, 502, 200]);
  });
});

describe("what a fault does", () => {
  test("an answer is sent as it is, and the request has no effect", async () => {
    const { cloud, alice } = fixture();
    cloud.addFault({
      times: 1,
      fault: {
        kind: "answer",
        status: 502,
        body: "<html>Bad gateway</html>",
        contentType: "text/html",
        headers: { "X-Odd": "1" },
      },
    });
    const answer = await alice.call("POST", secrets(), { name: "s", secret_string: "x" });
    expect(answer).toMatchObject({
      status: 502,
      body: "<html>Bad gateway</html>",
      headers: { "content-type": "text/html", "x-odd": "1" },
    });
    expect(cloud.resources()).toEqual([]);
    expect(cloud.traces).toEqual([]);
  });

  test("a throttle is the gateway's, with Retry-After where it asks for one", async () => {
    const { cloud, alice } = fixture();
    cloud.addFault({ times: 1, fault: { kind: "throttle" } });
    cloud.addFault({ times: 1, fault: { kind: "throttle", retryAfterSeconds: 3 } });
    const [plain, timed] = [await alice.call("GET", secrets()), await alice.call("GET", secrets())];
    expect(plain).toMatchObject({ status: 429, body: { error_code: "APIGW.0308" } });
    expect(plain.headers["retry-after"]).toBeUndefined();
    expect(timed.headers["retry-after"]).toBe("3");
  });

  test.each([
    ["before", 0],
    ["after", 1],
  ] as const)("a reset %s the request took effect leaves %i secrets", async (when, created) => {
    const { cloud, alice } = fixture();
    cloud.addFault({ times: 1, fault: { kind: "reset", when } });
    await expect(alice.createSecret("s")).rejects.toMatchObject({
      code: expect.stringMatching(/ECONNRESET|UND_ERR_SOCKET/),
    });
    expect(cloud.resources().filter(({ type }) => type === "secret")).toHaveLength(created);
    expect(cloud.seen).toMatchObject([{ operation: "CreateSecret", status: 0 }]);
  });

  test("a slow answer takes effect at once and arrives when the cloud's clock says so", async () => {
    const { cloud, clock, alice } = fixture();
    cloud.addFault({ times: 1, fault: { kind: "slow", ms: 5000 } });
    let answered = false;
    const answer = alice.createKey("k").finally(() => {
      answered = true;
    });
    await expect.poll(() => clock.sleepers).toBe(1);
    expect(cloud.key("k")).toBeDefined();
    expect(answered).toBe(false);
    await clock.advance(5000);
    expect(await answer).toBe(cloud.key("k")?.id);
  });

  test("a short page loses its last rows and keeps its total", async () => {
    const { cloud, alice } = fixture();
    for (const name of ["a", "b", "c"]) cloud.addSecret({ name });
    cloud.addFault({ times: 1, fault: { kind: "short-page", rows: 2 } });
    const { body } = await alice.call("POST", query(), { action: "filter" });
    expect(body).toMatchObject({ total_count: 3, resources: [{ resource_name: "a" }] });
    expect(at(body, "resources", "length")).toBe(1);
  });

  test("a short page of keys is short in both of its lists", async () => {
    const { cloud, alice } = fixture();
    for (const name of ["a", "b", "c"]) cloud.addKey({ name });
    cloud.addFault({ times: 1, fault: { kind: "short-page", rows: 1 } });
    const { body } = await alice.call("POST", `/v1.0/${cloud.project}/kms/list-keys`, {});
    expect([at(body, "keys", "length"), at(body, "key_details", "length")]).toEqual([2, 2]);
  });

  test.each(["resource_id", "tags"] as const)("a blank row lacks its %s", async (field) => {
    const { cloud, alice } = fixture();
    for (const name of ["a", "b"]) cloud.addSecret({ name });
    cloud.addFault({ times: 1, fault: { kind: "blank-row", field } });
    const { body } = await alice.call("POST", query(), { action: "filter" });
    expect(at(body, "resources", 0)).not.toHaveProperty(field);
    expect(at(body, "resources", 1)).toHaveProperty(field);
  });
});
