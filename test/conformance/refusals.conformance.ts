import { describe, expect, test } from "vitest";
import { at } from "../cloud/fixture.ts";
import { useSdk } from "./stage.ts";

const stage = useSdk();
const LIST = ["csms", "ListSecrets", {}] as const;

describe("what every service refuses, as the vendor's client tells it", () => {
  test("a wrong secret key, and an access key that nobody has", async () => {
    const { cloud, sdk } = stage();
    const { ak } = cloud.user("alice");
    for (const wrong of [
      { ak, sk: "x".repeat(40) },
      { ak: "NOBODY", sk: "x".repeat(40) },
    ]) {
      const told = await sdk.call(...LIST, wrong);
      expect(told).toMatchObject({ ok: false, status: 401, error: "ClientRequestException" });
      expect(told).toHaveProperty("code", "APIGW.0301");
    }
  });

  test("temporary keys pass with their token and not without", async () => {
    const { cloud, sdk } = stage();
    const { ak, sk, token } = cloud.agency("visitor");
    expect(token).toBeTypeOf("string");
    expect(await sdk.call(...LIST, cloud.agency("visitor"))).toMatchObject({ ok: true });
    expect(await sdk.call(...LIST, { ak, sk })).toMatchObject({ ok: false, status: 401 });
  });

  test("an action that the agency lacks", async () => {
    const { cloud, sdk } = stage();
    const reader = cloud.agency("reader");
    cloud.allowOnly("reader", ["csms:secret:list"]);
    const body = { name: "s", secret_string: "x" };
    expect(await sdk.call(...LIST, reader)).toMatchObject({ ok: true });
    const secret_id = "0a1b2c3d-4e5f-6a7b-8c9d-0e1f2a3b4c5d";
    expect(await sdk.call("csms", "ListSecretTags", { secret_id }, reader)).toMatchObject({
      ok: false,
      status: 403,
      code: "CSMS.0302",
    });
    expect(await sdk.call("csms", "CreateSecret", { body })).toMatchObject({ ok: true });
  });

  test("more calls a second than the rate allows", async () => {
    const { cloud, sdk } = stage();
    cloud.addFault({ times: 1, fault: { kind: "throttle" } });
    // The SDK puts a code of its own in the place of the gateway's.
    expect(await sdk.call(...LIST)).toMatchObject({ ok: false, status: 429, code: "429" });
    expect(await sdk.call(...LIST)).toMatchObject({ ok: true });
  });

  test("a server's error is a server's error", async () => {
    const { cloud, sdk } = stage();
    const fault = { kind: "answer", status: 503, body: "<html>" } as const;
    cloud.addFault({ times: 1, fault });
    expect(await sdk.call(...LIST)).toMatchObject({
      ok: false,
      status: 503,
      error: "ServerResponseException",
    });
  });

  test("an operation that the local cloud does not do says so", async () => {
    const { sdk } = stage();
    const body = { key_id: "0a1b2c3d-4e5f-6a7b-8c9d-0e1f2a3b4c5d" };
    expect(await sdk.call("kms", "EnableKeyRotation", { body })).toMatchObject({
      ok: false,
      status: 501,
      code: "LOCAL.0501",
    });
  });
});

// The local cloud accepts what documents or other clients send and this SDK has no field for.
test.each([
  [
    "csms",
    "ListResourceInstances",
    {
      resource_instances: "resource_instances",
      body: { action: "filter", matches: [], sequence: "x", without_any_tag: true },
    },
  ],
])("what the SDK cannot express is told: %s %s", async (service, call, request) => {
  const told = await stage().sdk.call(service, call, request);
  expect(told).toMatchObject({ ok: false, error: "Inexpressible" });
  expect(at(told, "message")).toMatch(/without_any_tag/);
});
