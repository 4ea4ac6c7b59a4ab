import { describe, expect, test } from "vitest";
import { ENVELOPE_NAMES, queueEvent, textsMaxOf } from "./queue-event.ts";

const PLACE = {
  region: "here",
  project: "p1",
  topic: "jobs",
  functionName: "retag",
  nowMs: Date.UTC(2026, 10, 21, 10, 45, 30, 999),
  id: "id-1",
};
const TEXTS = ['{"a":1}', 'plain "ü"'];

describe("an event is built as documented", () => {
  test("Kafka: texts as they are, the time in seconds, the instance on top", () => {
    expect(queueEvent("KAFKA", TEXTS, PLACE)).toEqual({
      event_version: "v1.0",
      event_time: 1795257930,
      trigger_type: "KAFKA",
      region: "here",
      instance_id: "local-instance-of-jobs",
      records: [{ messages: TEXTS, topic_id: "jobs" }],
    });
  });

  test("Kafka of 2021: the instance inside of the records", () => {
    const event = queueEvent("KAFKA/instance-in-records", TEXTS, PLACE);
    expect(event).not.toHaveProperty("instance_id");
    expect(event).toHaveProperty("records.0.instance_id", "local-instance-of-jobs");
    expect(event).toHaveProperty("records.0.messages", TEXTS);
  });

  test.each(["OPENSOURCEKAFKA", "ROCKETMQ", "RABBITMQ"] as const)("%s: as Kafka", (name) => {
    const kafka = queueEvent("KAFKA", TEXTS, PLACE);
    expect(queueEvent(name, TEXTS, PLACE)).toEqual({ ...Object(kafka), trigger_type: name });
  });

  test("SMN: singular record, mixed casing, the message as text", () => {
    expect(queueEvent("SMN", TEXTS.slice(0, 1), PLACE)).toEqual({
      record: [
        {
          event_version: "1.0",
          smn: {
            topic_urn: "urn:smn:here:p1:jobs",
            timestamp: "2026-11-21T10:45:30Z",
            message_attributes: null,
            message: '{"a":1}',
            type: "notification",
            message_id: "id-1",
            subject: null,
          },
          event_subscription_urn: "urn:fss:here:p1:function:default:retag:latest",
          event_source: "smn",
        },
      ],
      functionname: "retag",
      requestId: "id-1",
      timestamp: "Sat, 21 Nov 2026 10:45:30 GMT",
    });
  });

  test("EventGrid: CloudEvents with data as text, as an object, or with the text inside", () => {
    const envelope = { specversion: "1.0", time: "2026-11-21T10:45:30.999Z", subject: "jobs" };
    expect(queueEvent("EVENTGRID", TEXTS, PLACE)).toMatchObject([
      { ...envelope, id: "id-1-0", data: TEXTS[0] },
      { ...envelope, id: "id-1-1", data: TEXTS[1] },
    ]);
    const [data] = [{ a: 1 }];
    expect(queueEvent("EVENTGRID/data-object", TEXTS, PLACE)).toMatchObject([
      { data },
      { data: TEXTS[1] },
    ]);
    expect(queueEvent("EVENTGRID/data-value", TEXTS, PLACE)).toMatchObject([
      { data: { topic: "jobs", offset: 0, value: TEXTS[0] } },
      { data: { topic: "jobs", offset: 1, value: TEXTS[1] } },
    ]);
    expect(queueEvent("EVENTGRID/wrapped", TEXTS, PLACE)).toMatchObject({ events: [{ data }, {}] });
    expect(queueEvent("EVENTGRID/single", TEXTS, PLACE)).toMatchObject({ data });
    expect(queueEvent("EVENTGRID/messages", TEXTS, PLACE)).toEqual([data, TEXTS[1]]);
  });

  test("a direct invocation: nothing around the message", () => {
    expect(queueEvent("BARE", TEXTS.slice(0, 1), PLACE)).toEqual({ a: 1 });
  });
});

test.each(ENVELOPE_NAMES)("%s is JSON and the same for the same arguments", (name) => {
  const texts = TEXTS.slice(0, textsMaxOf(name));
  const event = queueEvent(name, texts, PLACE);
  expect(JSON.parse(JSON.stringify(event))).toEqual(event);
  expect(queueEvent(name, texts, PLACE)).toEqual(event);
  expect(JSON.stringify(event)).toContain("a");
});
