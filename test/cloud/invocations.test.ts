import { describe, expect, test } from "vitest";
import { createClient } from "./client.ts";
import { at, useCloud } from "./fixture.ts";
import { ECHO, setUp } from "./functiongraph/fixture.ts";

const fixture = useCloud({ settings: { ratePerSecond: 2 } });

function deploy() {
  const { cloud } = fixture();
  cloud.agency("reader");
  cloud.functions.deploy(setUp(ECHO));
  return cloud.functions.urnOf("f");
}

function invoke(urn: string, event: object, client = fixture().alice) {
  const { cloud } = fixture();
  const path = `/v2/${cloud.project}/fgs/functions/${urn}/invocations-async`;
  return client.call("POST", path, event);
}

describe("an asynchronous invocation", () => {
  test("is accepted with its request id, and the function gets the body as its event", async () => {
    const { cloud } = fixture();
    const urn = deploy();
    const event = { kind: "run", run: "ü" };
    const { status, body } = await invoke(urn, event);
    expect(status).toBe(202);
    await cloud.idle();
    expect(cloud.functions.invocations).toMatchObject([
      { requestId: at(body, "request_id"), event, state: "succeeded", result: event },
    ]);
    expect(cloud.seen).toMatchObject([{ service: "fgs", operation: "AsyncInvokeFunction" }]);
  });

  test("needs no version in the URN, and is not slowed by the limit of KMS", async () => {
    const urn = deploy().replace(/:latest$/, "");
    for (let n = 0; n < 5; n += 1) expect((await invoke(urn, {})).status).toBe(202);
  });

  test.each([256 * 1024, 256 * 1024 + 1])("of %i bytes: up to 256 KB", async (bytes) => {
    const { cloud } = fixture();
    const event = { a: "x".repeat(bytes - 8) };
    const { status, body } = await invoke(deploy(), event);
    if (bytes <= 256 * 1024) expect(status).toBe(202);
    else expect([status, at(body, "error_code")]).toEqual([413, "FSS.0413"]);
    expect(cloud.functions.invocations.length).toBe(bytes <= 256 * 1024 ? 1 : 0);
  });

  test.each([
    ["another name", (urn: string) => urn.replace(":f:", ":g:")],
    ["another version", (urn: string) => urn.replace("latest", "v1")],
    ["another region", (urn: string) => urn.replace(":cn-north-4:", ":elsewhere:")],
    ["no URN", () => "f"],
  ])("of a function that is not there is refused: %s", async (_, change) => {
    const { cloud } = fixture();
    const { status, body } = await invoke(change(deploy()), {});
    expect([status, at(body, "error_code")]).toEqual([404, "FSS.0404"]);
    expect(cloud.functions.invocations).toEqual([]);
  });

  test("needs a signature and the permission", async () => {
    const { cloud } = fixture();
    const urn = deploy();
    const path = `/v2/${cloud.project}/fgs/functions/${urn}/invocations-async`;
    const unsigned = await fetch(`${cloud.endpoint}${path}`, { method: "POST", body: "{}" });
    expect(unsigned.status).toBe(401);
    const client = createClient(cloud, cloud.agency("tagger"));
    cloud.allowOnly("tagger", ["smn:topic:publish"]);
    expect((await invoke(urn, {}, client)).status).toBe(403);
    cloud.allowOnly("tagger", ["functiongraph:function:invokeAsync"]);
    expect((await invoke(urn, {}, client)).status).toBe(202);
    await client.close();
  });
});
