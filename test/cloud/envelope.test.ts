import { describe, expect, test } from "vitest";
import { createManualClock } from "./clock.ts";
import type { CloudSettings } from "./contract.ts";
import { createDelivery } from "./delivery.ts";
import { eventOf } from "./envelope.ts";
import { at, START_MS, useCloud } from "./fixture.ts";
import { settingsWith } from "./settings.ts";

const fixture = useCloud();

describe("the event of a trace", () => {
  async function event(change: Partial<CloudSettings["trace"]>, type: "secret" | "key" = "key") {
    const { cloud, alice } = fixture();
    await (type === "key" ? alice.createKey("k") : alice.createSecret("s"));
    const trace = cloud.traces.at(-1);
    if (trace === undefined) throw new Error("no trace");
    const { region, project } = cloud;
    const context = { region, project, nowMs: START_MS, random: Math.random };
    return { trace, event: eventOf(trace, settingsWith({ trace: change }).trace, context) };
  }

  test("is in the CTS trigger's envelope, with the older name of its rating too", async () => {
    const { event: sent, trace } = await event({});
    expect(sent).toEqual({ cts: { ...trace, trace_status: "normal" } });
  });

  test("is a CloudEvent from EventGrid", async () => {
    const { event: sent, trace } = await event({ envelope: "eventgrid", serviceType: "DEW" });
    expect(sent).toMatchObject({
      specversion: "1.0",
      source: "HC.KMS",
      type: "KMS:CloudTrace:ApiCall",
      time: "2026-11-21T10:45:00.000Z",
      datacontenttype: "application/json",
      data: { trace_id: trace.trace_id },
    });
  });

  test("is text in a record from SMN", async () => {
    const { event: sent, trace } = await event({ envelope: "smn" });
    expect(sent).toMatchObject({
      record: [{ event_source: "smn", smn: { type: "notification", message_attributes: null } }],
    });
    const message = at(sent, "record", 0, "smn", "message");
    expect(JSON.parse(String(message))).toEqual(JSON.parse(JSON.stringify(trace)));
  });

  test.each([
    ["ms", START_MS],
    ["seconds", START_MS / 1000],
    ["text", "2026/11/21 18:45:00 GMT+08:00"],
  ] as const)("has its times in %s", async (times, expected) => {
    const { event: sent } = await event({ times });
    expect(sent).toMatchObject({ cts: { time: expected, record_time: expected } });
  });

  test("has its bodies as objects, as text or empty", async () => {
    const request = async (bodies: CloudSettings["trace"]["bodies"]) =>
      at((await event({ bodies })).event, "cts", "request");
    expect(await request("object")).toEqual({ key_alias: "k" });
    expect(await request("string")).toBe('{"key_alias":"k"}');
    expect(await request("empty")).toBe("");
  });

  test("has the id where the setting says: as resource_id, in the response only, or nowhere", async () => {
    const named = await event({ id: "response" }, "secret");
    expect(at(named.event, "cts")).not.toHaveProperty("resource_id");
    expect(at(named.event, "cts", "response", "secret", "id")).toBe(named.trace.resource_id);
    await fixture().alice.call("DELETE", `/v1/${fixture().cloud.project}/secrets/s`);

    const none = await event({ id: "none" }, "secret");
    expect(JSON.stringify(none.event)).not.toContain(none.trace.resource_id);
    expect(none.event).toMatchObject({
      cts: { resource_name: "s", response: { secret: { name: "s" } } },
    });
    const key = await event({ id: "none" });
    expect(JSON.stringify(key.event)).not.toContain(key.trace.resource_id);
  });
});

describe("the delivery of traces", () => {
  async function delivered(change: Parameters<typeof settingsWith>[0], random: () => number) {
    const { alice, cloud } = fixture();
    for (const alias of ["a", "b"]) await alice.createKey(alias);
    const clock = createManualClock(0);
    const events: string[] = [];
    const context = { region: "r", project: "p", random };
    const delivery = createDelivery(settingsWith(change), clock, context, (name, event) => {
      events.push(`${clock.now()} ${name} ${at(event, "cts", "resource_name")}`);
    });
    for (const trace of cloud.traces) delivery.accept(trace);
    return { clock, delivery, events };
  }

  test("takes its delay on the cloud's clock, as often as there are copies", async () => {
    const { clock, delivery, events } = await delivered(
      { traceDelayMs: 500, trace: { copies: 2 } },
      Math.random,
    );
    await clock.advance(499);
    expect([events, delivery.waiting().length]).toEqual([[], 4]);
    await clock.advance(1);
    expect(events).toEqual([
      "500 createKey a",
      "500 createKey a",
      "500 createKey b",
      "500 createKey b",
    ]);
    expect(delivery.waiting()).toEqual([]);
  });

  test("may let a later trace overtake an earlier one", async () => {
    const chances = [0.9, 0.1];
    const { clock, events } = await delivered(
      { traceDelayMs: 100, trace: { jitterMs: 1000 } },
      () => chances.shift() ?? 0,
    );
    await clock.advance(2000);
    expect(events).toEqual(["200 createKey b", "1000 createKey a"]);
  });

  test("ends with the cloud: what waits is dropped", async () => {
    const { clock, delivery, events } = await delivered({ traceDelayMs: 10 }, Math.random);
    delivery.stop();
    await clock.advance(100);
    expect([events, delivery.waiting()]).toEqual([[], []]);
  });

  test("the cloud is idle when nothing waits", async () => {
    const { cloud, clock, alice } = fixture();
    cloud.settings.traceDelayMs = 1000;
    await alice.createKey("k");
    let idle = false;
    const waiting = cloud.idle().then(() => {
      idle = true;
    });
    await clock.advance(999);
    expect(idle).toBe(false);
    await clock.advance(1);
    await waiting;
    expect(idle).toBe(true);
  });
});
