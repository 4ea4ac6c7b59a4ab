import { describe, expect, test } from "vitest";
import { createClient, signHeaders } from "./cloud/client.ts";
import { at, useCloud } from "./cloud/fixture.ts";

// The proof that the emulator may judge our own signing: the vendor's signer, untouched, gets in, and
// whatever is changed behind its back does not.

const fixture = useCloud();

/** Sends headers that were made for one request with, perhaps, another one. */
async function send(method: string, path: string, headers: Record<string, string>, body?: string) {
  const response = await fetch(`${fixture().cloud.endpoint}${path}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text && JSON.parse(text) };
}

describe("a request that the vendor's signer signed", () => {
  test("is accepted from a person", async () => {
    const { cloud, alice } = fixture();
    const id = await alice.createSecret("prod-db");
    expect(cloud.secret("prod-db")?.id).toBe(id);
  });

  test("is accepted from an agency with its token", async () => {
    const { cloud } = fixture();
    const agency = createClient(cloud, cloud.agency("tagger"));
    expect(await agency.createKey("prod")).toBe(cloud.key("prod")?.id);
    await agency.close();
  });

  test.each([
    "/v1/{project}/secrets?limit=7&marker=",
    "/v3/{project}/traces?trace_type=system&limit=5&resource_name=a%20b%2F%C3%A9",
  ])("is accepted with the query of %s", async (path) => {
    const { cloud, alice } = fixture();
    expect((await alice.call("GET", path.replace("{project}", cloud.project))).status).toBe(200);
  });

  test.each(["a key", "Kostenstelle", "größe", "a:b@c+d", "-._~", "50%"])(
    "is accepted with the tag key %j in its path",
    async (key) => {
      const { cloud, alice } = fixture();
      const { id } = cloud.addSecret({ name: "s", tags: { [key]: "" } });
      const path = `/v1/${cloud.project}/csms/${id}/tags/${encodeURIComponent(key)}`;
      expect((await alice.call("DELETE", path)).status).toBe(204);
      expect(cloud.secret(id)?.tags.size).toBe(0);
    },
  );
});

describe("a request is refused by the gateway", () => {
  const listSecrets = () => `/v1/${fixture().cloud.project}/secrets`;

  async function expectRefusal(
    reason: string,
    headers: Record<string, string>,
    { path = listSecrets(), body }: { path?: string; body?: string } = {},
  ) {
    const answer = await send(body === undefined ? "GET" : "POST", path, headers, body);
    expect(answer.status).toBe(401);
    expect(answer.body).toEqual({
      error_code: "APIGW.0301",
      error_msg: expect.stringContaining(reason),
      request_id: answer.headers.get("x-request-id"),
    });
    expect(answer.headers.get("server")).toBe("api-gateway");
    expect(fixture().cloud.traces).toEqual([]);
  }

  test("without a signature", () => expectRefusal("not signed", {}));

  test("with another algorithm", () =>
    expectRefusal("algorithm", {
      Authorization: "V11-HMAC-SHA256 Access=A, SignedHeaders=host, Signature=00",
    }));

  test("by an unknown access key", () => {
    const { cloud } = fixture();
    return expectRefusal(
      "does not exist",
      signHeaders(cloud, { ak: "NOBODY", sk: "x" }, "GET", listSecrets()),
    );
  });

  test("with the wrong secret key, and is told the canonical request", () => {
    const { cloud } = fixture();
    const credentials = { ...cloud.user("alice"), sk: "x" };
    return expectRefusal(
      String.raw`the canonical request is "GET\n/v1/${cloud.project}/secrets/\n\ncontent-type:application/json\nhost:127.0.0.1`,
      signHeaders(cloud, credentials, "GET", listSecrets()),
    );
  });

  test("whose body was changed", () => {
    const { cloud } = fixture();
    const headers = signHeaders(cloud, cloud.user("alice"), "POST", listSecrets(), { name: "a" });
    return expectRefusal("verify aksk signature fail", headers, { body: '{"name":"b"}' });
  });

  test("whose path was changed", () => {
    const { cloud } = fixture();
    const headers = signHeaders(cloud, cloud.user("alice"), "GET", listSecrets());
    const path = `/v1/${cloud.project}/csms/tags`;
    return expectRefusal("verify aksk signature fail", headers, { path });
  });

  test("whose query was changed", () => {
    const { cloud } = fixture();
    const headers = signHeaders(cloud, cloud.user("alice"), "GET", `${listSecrets()}?limit=1`);
    const path = `${listSecrets()}?limit=2`;
    return expectRefusal("verify aksk signature fail", headers, { path });
  });

  test("whose signed header was changed", () => {
    const { cloud } = fixture();
    const headers = signHeaders(cloud, cloud.user("alice"), "GET", listSecrets());
    return expectRefusal("verify aksk signature fail", { ...headers, "X-Project-Id": "other" });
  });

  test.each([
    ["older", -1],
    ["newer", 1],
  ])("that is more than 15 minutes %s than the cloud's clock", async (_word, sign) => {
    const { cloud } = fixture();
    const shifted = (ms: number) => ({ now: () => cloud.clock.now() + sign * ms });
    const signedAt = (ms: number) =>
      signHeaders(
        { ...cloud, clock: { ...cloud.clock, ...shifted(ms) } },
        cloud.user("alice"),
        "GET",
        listSecrets(),
      );
    await expectRefusal("more than 15 minutes", signedAt(15 * 60_000 + 1000));
    expect((await send("GET", listSecrets(), signedAt(15 * 60_000))).status).toBe(200);
  });

  test("from temporary keys without their token, or with another's", async () => {
    const { cloud } = fixture();
    const { ak, sk } = cloud.agency("tagger");
    const other = cloud.agency("tagger");
    await expectRefusal(
      "need X-Security-Token",
      signHeaders(cloud, { ak, sk }, "GET", listSecrets()),
    );
    const mixed = { ak, sk, token: other.token ?? "" };
    await expectRefusal("not that of the keys", signHeaders(cloud, mixed, "GET", listSecrets()));
  });

  test("from temporary keys that are a day old", async () => {
    const { cloud, clock } = fixture();
    const credentials = cloud.agency("tagger");
    await clock.advance(24 * 60 * 60 * 1000);
    await expectRefusal("expired", signHeaders(cloud, credentials, "GET", listSecrets()));
  });
});

describe("what is not there says so", () => {
  test.each(["/", "/v1/x", "/v1/p/csms/tags/more/and/more", "/v1.0/p/kms/tags/"])(
    "nobody knows %s: 404",
    async (path) => {
      const { cloud, alice } = fixture();
      const answer = await alice.call("GET", path);
      expect(answer.status).toBe(404);
      expect(answer.body).toMatchObject({
        error_code: "APIGW.0101",
        request_id: expect.any(String),
      });
      expect(cloud.seen).toMatchObject([{ operation: "unknown", service: "other", status: 404 }]);
    },
  );

  test.each([
    ["POST", "/v1.0/{project}/kms/encrypt-data", "EncryptData", "kms"],
    ["POST", "/v1/{project}/secrets/s/versions", "CreateSecretVersion", "csms"],
    ["POST", "/v2/{project}/fgs/functions/u/invocations", "InvokeFunction", "other"],
    ["POST", "/v2/{project}/instances/i/messages/action", "SendKafkaMessage", "other"],
  ] as const)(
    "%s %s is known and not implemented: 501",
    async (method, path, operation, service) => {
      const { cloud, alice } = fixture();
      const answer = await alice.call(method, path.replace("{project}", cloud.project), {});
      expect(answer.status).toBe(501);
      expect(answer.body).toMatchObject({ error_code: "LOCAL.0501" });
      expect(cloud.seen).toMatchObject([{ operation, service, status: 501 }]);
    },
  );

  test("the object store's own signature leads to the object store", async () => {
    const { cloud } = fixture();
    const headers = { Authorization: "OBS AK:xyz" };
    const answer = await fetch(`${cloud.endpoint}/runs/1`, { method: "PUT", headers, body: "{}" });
    expect(answer.status).toBe(403);
    expect(await answer.text()).toContain("<Code>InvalidAccessKeyId</Code>");
    expect(cloud.seen).toMatchObject([{ service: "obs", ak: "AK", status: 403 }]);
  });

  test("another project's resources: 403", async () => {
    const { alice } = fixture();
    const other = "0".repeat(32);
    expect((await alice.call("GET", `/v1.0/${other}/kms/tags`)).body).toEqual({
      error: { error_code: "KMS.0321", error_msg: expect.any(String) },
    });
    expect((await alice.call("GET", `/v1/${other}/csms/tags`)).status).toBe(403);
    expect((await alice.call("GET", `/v3/${other}/traces`)).status).toBe(403);
  });
});

describe("what reached the server is seen", () => {
  test("in order, with operation, service, caller, time and status", async () => {
    const { cloud, clock, alice } = fixture();
    const id = await alice.createSecret("s");
    await clock.advance(5);
    await alice.tag("secret", id, { Owner: "me" });

    expect(cloud.seen).toEqual([
      {
        at: clock.now() - 5,
        method: "POST",
        path: `/v1/${cloud.project}/secrets`,
        operation: "CreateSecret",
        service: "csms",
        ak: cloud.user("alice").ak,
        status: 200,
      },
      expect.objectContaining({
        at: clock.now(),
        path: `/v1/${cloud.project}/csms/${id}/tags/action`,
        operation: "BatchCreateOrDeleteTags",
        status: 204,
      }),
    ]);
    cloud.clearSeen();
    expect(cloud.seen).toEqual([]);
  });

  test("an agency that is limited to some actions may do those and nothing else", async () => {
    const { cloud, alice } = fixture();
    const secret = await alice.createSecret("s");
    const key = await alice.createKey("k");
    cloud.allowOnly("tagger", ["csms:tag:batch", "kms:cmk:getTags"]);
    const agency = createClient(cloud, cloud.agency("tagger"));

    expect((await agency.tag("secret", secret, { A: "1" })).status).toBe(204);
    expect(await agency.tagsOf("key", key)).toEqual({});
    const denied = await agency.tag("key", key, { A: "1" });
    expect([denied.status, at(denied.body, "error", "error_code")]).toEqual([403, "KMS.0307"]);
    const reading = await agency.call("GET", `/v1/${cloud.project}/csms/${secret}/tags`);
    expect([reading.status, at(reading.body, "error", "error_code")]).toEqual([403, "CSMS.0302"]);

    const unpublished = await agency.call("POST", `/v1.0/${cloud.project}/kms/create-key`, {
      key_alias: "k2",
    });
    expect(unpublished.status).toBe(403);

    cloud.allowOnly("tagger", null);
    expect((await agency.tag("key", key, { A: "1" })).status).toBe(204);
    await agency.close();
  });

  test("a body over 1 MB is not read: 413", async () => {
    const answer = await send("POST", "/v1/p/secrets", {}, "x".repeat(1024 * 1024 + 1));
    expect(answer.status).toBe(413);
  });
});
