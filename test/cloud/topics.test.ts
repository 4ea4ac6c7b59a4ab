import { describe, expect, test } from "vitest";
import { createClient } from "./client.ts";
import { START_MS, useCloud } from "./fixture.ts";
import { ECHO, setUp } from "./functiongraph/fixture.ts";

const fixture = useCloud();

function publish(urn: string, body: object) {
  const { cloud, alice } = fixture();
  const path = `/v2/${cloud.project}/notifications/topics/${urn}/publish`;
  return alice.call("POST", path, body);
}

describe("a published message", () => {
  test("is kept with its subject and its time, and answered with its id", async () => {
    const { cloud } = fixture();
    const urn = cloud.topics.create("audits");
    expect(urn).toBe(`urn:smn:${cloud.region}:${cloud.project}:audits`);
    const { status, body } = await publish(urn, { subject: "s", message: "one" });
    await publish(urn, { message: "two" });
    expect(status).toBe(200);
    expect(body).toEqual({ request_id: expect.any(String), message_id: expect.any(String) });
    const [first, second] = cloud.topics.messages(urn);
    expect(body).toHaveProperty("message_id", first?.id);
    expect(first).toMatchObject({ subject: "s", message: "one", at: START_MS });
    expect(second).toMatchObject({ subject: null, message: "two" });
    expect(cloud.topics.create("audits")).toBe(urn);
    expect(cloud.topics.messages(urn).length).toBe(2);
    expect(cloud.seen).toMatchObject([{ service: "smn", operation: "PublishMessage" }, {}]);
    expect(cloud.traces).toEqual([]);
  });

  test("goes to each subscribed function as an event of its own", async () => {
    const { cloud } = fixture();
    cloud.agency("reader");
    for (const name of ["f", "g"]) cloud.functions.deploy(setUp(ECHO, { name }));
    const urn = cloud.topics.create("jobs");
    for (const name of ["f", "g"]) cloud.topics.subscribe(urn, name);
    await publish(urn, { subject: "s", message: '{"a":1}' });
    await cloud.idle();
    expect(cloud.functions.invocations).toMatchObject(
      ["f", "g"].map((name) => ({
        function: name,
        state: "succeeded",
        event: {
          functionname: name,
          record: [{ smn: { topic_urn: urn, subject: "s", message: '{"a":1}' } }],
        },
      })),
    );
  });

  test("that is too large for an event in its envelope is among the function's invocations as refused", async () => {
    const { cloud } = fixture();
    cloud.agency("reader");
    cloud.functions.deploy(setUp(ECHO));
    const urn = cloud.topics.create("jobs");
    cloud.topics.subscribe(urn, "f");
    expect((await publish(urn, { message: "x".repeat(256 * 1024) })).status).toBe(200);
    await cloud.idle();
    expect(cloud.functions.invocations).toMatchObject([
      { state: "failed", tries: 0, result: { errorType: "EventRefused" } },
    ]);
  });
});

describe("SMN refuses", () => {
  test.each([
    ["a message over 256 KB", { message: "x".repeat(256 * 1024 + 1) }, 413],
    ["a subject over 512 bytes", { subject: "ü".repeat(257), message: "m" }, 400],
    ["no message", {}, 400],
    ["a message that is no text", { message: { a: 1 } }, 400],
    ["a form that is not done here", { message_structure: '{"default":"m"}' }, 501],
  ])("%s", async (_, body, status) => {
    const { cloud } = fixture();
    const urn = cloud.topics.create("t");
    expect((await publish(urn, body)).status).toBe(status);
    expect(cloud.topics.messages(urn)).toEqual([]);
  });

  test("a topic that is not there, and subscriptions of nobody or to nothing", async () => {
    const { cloud } = fixture();
    const urn = cloud.topics.create("t");
    expect((await publish(`${urn}x`, { message: "m" })).status).toBe(404);
    expect(() => cloud.topics.messages(`${urn}x`)).toThrow("no topic");
    expect(() => cloud.topics.subscribe(urn, "nobody")).toThrow("no function");
  });

  test("an agency without the permission", async () => {
    const { cloud } = fixture();
    const urn = cloud.topics.create("t");
    const client = createClient(cloud, cloud.agency("tagger"));
    const path = `/v2/${cloud.project}/notifications/topics/${urn}/publish`;
    cloud.allowOnly("tagger", ["kms:cmk:list"]);
    expect((await client.call("POST", path, { message: "m" })).status).toBe(403);
    cloud.allowOnly("tagger", ["smn:topic:publish"]);
    expect((await client.call("POST", path, { message: "m" })).status).toBe(200);
    await client.close();
  });
});
