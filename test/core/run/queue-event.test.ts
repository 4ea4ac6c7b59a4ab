import { describe, expect, test } from "vitest";
import { type MessageInput, parseQueueEvent } from "../../../shared/core/run/queue-event.ts";
import { loadQueueEvent, queueEvents, queueManifest } from "../../events/queue/index.ts";

const text = JSON.stringify;
const run = { kind: "run", version: 1, run: "r-1" };
const kafka = (messages: unknown) => ({ trigger_type: "KAFKA", records: [{ messages }] });
const smn = (message: unknown) => ({ record: [{ event_source: "smn", smn: { message } }] });
const cloudEvent = (data: unknown) => ({ specversion: "1.0", id: "e", source: "s", data });
const failure = (request_payload: unknown) => ({
  request_context: {},
  request_payload,
  response_payload: text({ errorMessage: text(run) }),
});

/** What matters of an input: the form of its message, or where the problem is. */
function brief(input: MessageInput): string {
  return input.ok ? (input.message.kind ?? "tags") : `! ${input.at}`;
}
const read = (event: unknown) => parseQueueEvent(event).map(brief);

describe("the example events", () => {
  test("the manifest names each file, and each of its files is there", () => {
    expect(Object.keys(queueManifest.files).toSorted()).toEqual(queueEvents.toSorted());
  });

  test.each(Object.entries(queueManifest.files))("%s gives what it should", (file, { gives }) => {
    expect(read(loadQueueEvent(file))).toEqual(gives);
  });

  test("each hazard is told in words that say what was expected", () => {
    const inputs = parseQueueEvent(loadQueueEvent("kafka-hazards.json"));
    const problems = inputs.flatMap((input) => (input.ok ? [] : [input.problem]));
    const noText = "expected JSON text that holds a message";
    const noMessage = "expected a message, or an envelope that holds one";
    expect(problems).toEqual([
      ...Array.from({ length: 6 }, () => noText),
      noMessage,
      "kind: expected run, slice, job or tags, or no kind for the plain form",
      "version: expected 1",
      "run: expected the name of a run: at most 128 letters, digits, dots, hyphens and underscores",
      "expected no field but kind, version, resource, action, tags, overwrite, notBefore, attempt",
      "resource.id: expected an id such as 0a1b2c3d-4e5f-6a7b-8c9d-0e1f2a3b4c5d",
      "tags: expected each key once",
      "expected no field or key called __proto__",
      noMessage,
    ]);
  });
});

const WRAPPED: readonly (readonly [string, unknown, string])[] = [
  ["bare", run, "event"],
  ["as text", text(run), "event"],
  ["as text in text", text(text(run)), "event"],
  ["as text after white space", ` \r\n${text(run)}`, "event"],
  ["as text after a byte-order mark", `\uFEFF ${text(run)}`, "event"],
  ["in a list", [run], "[0]"],
  ["Kafka", kafka([text(run)]), "records[0].messages[0]"],
  ["Kafka as text", text(kafka([text(run)])), "records[0].messages[0]"],
  ["Kafka with one message that is no list", kafka(text(run)), "records[0].messages"],
  [
    "Kafka with records in a list in a list",
    { records: [[{ messages: [run] }]] },
    "records[0][0].messages[0]",
  ],
  [
    "Kafka with an SMN notification",
    kafka([text(smn(text(run)))]),
    "records[0].messages[0].record[0].smn.message",
  ],
  ["SMN", smn(text(run)), "record[0].smn.message"],
  [
    "SMN with Kafka's event",
    smn(text(kafka([text(run)]))),
    "record[0].smn.message.records[0].messages[0]",
  ],
  ["a CloudEvent", cloudEvent(run), "data"],
  ["a CloudEvent with text", cloudEvent(text(run)), "data"],
  ["a CloudEvent with a record", cloudEvent({ key: "k", value: text(run) }), "data.value"],
  ["data alone", { data: run }, "data"],
  ["a field that is no word", { "a b": [run] }, "*[0]"],
  [
    "a field called __proto__",
    JSON.parse('{"__proto__":{"kind":"run","version":1,"run":"r-1"}}'),
    "__proto__",
  ],
  ["data that is none, beside a message", { data: { offset: 1 }, body: run }, "body"],
  ["no records beside a message", { records: null, body: run }, "body"],
  ["failure destination", failure(text(run)), "request_payload"],
  ["failure destination with an object", failure(run), "request_payload"],
  [
    "failure destination twice",
    failure(text(failure(text(run)))),
    "request_payload.request_payload",
  ],
  [
    "a lost notification of a lost batch of events",
    failure(text(smn(text(failure(text(kafka([text([cloudEvent(text({ body: text(run) }))])]))))))),
    "request_payload.record[0].smn.message.request_payload.records[0].messages[0][0].data.body",
  ],
];

describe("envelopes", () => {
  test.each(WRAPPED)("%s: the message and its place are found", (_name, event, at) => {
    expect(parseQueueEvent(event)).toMatchObject([{ ok: true, at, message: run }]);
  });

  test("raw is the message as it came", () => {
    const slipped = { kind: "run", version: 1 };
    const raws = (event: unknown) => parseQueueEvent(event).map(({ raw }) => raw);
    expect(raws(run)).toEqual([run]);
    expect(raws(text(text(run)))).toEqual([text(text(run))]);
    expect(raws(kafka([text(run), text(slipped), "hello", 7]))).toEqual([
      text(run),
      text(slipped),
      "hello",
      7,
    ]);
    expect(raws(cloudEvent(text(run)))).toEqual([text(run)]);
    expect(raws(kafka([text([run, slipped])]))).toEqual([run, slipped]);
    expect(raws({ before: run, after: run })).toEqual([{ before: run, after: run }]);
    expect(raws(kafka([]))).toEqual([kafka([])]);
    expect(raws({ records: [{ topic_id: "t" }] })).toEqual([{ topic_id: "t" }]);
  });

  test("each input can be read again from its raw, with the same result", () => {
    for (const file of queueEvents)
      for (const input of parseQueueEvent(loadQueueEvent(file))) {
        const [again, ...more] = parseQueueEvent(input.raw);
        expect(more).toEqual([]);
        expect(again).toMatchObject(
          input.ok ? { ok: true, message: input.message } : { ok: false },
        );
      }
  });

  test("a message is a message, whatever else it holds: its problem is told", () => {
    const odd = { ...run, data: run, records: [], request_payload: "", body: text(run) };
    expect(parseQueueEvent(odd)).toMatchObject([
      {
        ok: false,
        at: "event",
        problem: "expected no field but kind, version, run, notBefore, attempt",
      },
    ]);
  });
});

describe("problems", () => {
  const id = "0a1b2c3d-4e5f-6a7b-8c9d-0e1f2a3b4c5d";
  const plain = { resource: { type: "key", id }, action: "create", tags: [{ key: "A" }] };
  const slice = { kind: "slice", version: 1, run: "r", project: "p", policy: { hash: "h" } };
  const job = { kind: "job", version: 1 };

  test.each([
    [{ kind: "run", version: 1 }, "run: expected text"],
    [{ kind: "run", version: "1", run: "r" }, "version: expected 1"],
    [{ kind: "run", run: "r" }, "version: expected 1"],
    [
      { kind: null, ...plain },
      "kind: expected run, slice, job or tags, or no kind for the plain form",
    ],
    [{ ...plain, action: "filter" }, "action: expected create or delete"],
    [{ ...plain, tags: [] }, "tags: expected at least 1 entry"],
    [{ ...plain, tags: "A" }, "tags: expected a list"],
    [
      { ...plain, tags: Array.from({ length: 21 }, (_, i) => ({ key: `${i}` })) },
      "tags: expected at most 20 entries",
    ],
    [{ ...plain, tags: [{ key: "A" }, { key: "" }] }, "tags[1].key: expected at least 1 character"],
    [{ ...plain, tags: [{ key: "A", value: 7 }] }, "tags[0].value: expected text"],
    [{ ...plain, tags: [{ key: "A", valeu: "x" }] }, "tags[0]: expected no field but key, value"],
    [{ ...plain, overwrite: "yes" }, "overwrite: expected true or false"],
    [{ ...plain, attempt: 6 }, "attempt: expected at most 5"],
    [{ ...plain, attempt: 0 }, "attempt: expected at least 1"],
    [{ ...plain, attempt: 1.5 }, "attempt: expected a whole number"],
    [
      { ...plain, notBefore: "soon" },
      "notBefore: expected a time in UTC such as 2027-01-31T08:00:00Z",
    ],
    [{ ...plain, resource: id }, "resource: expected an object"],
    [{ ...plain, resource: { type: "disk", id } }, "resource.type: expected secret or key"],
    [
      { resource: {}, action: 1 },
      "resource.type: expected secret or key; resource.id: expected text; action: expected create or delete; and 1 more",
    ],
    [{ tags: [{ key: "A" }], resource: { type: "key", id } }, "action: expected create or delete"],
    [
      { tags: [] },
      "resource: expected an object; action: expected create or delete; tags: expected at least 1 entry",
    ],
    [{ ...slice, resources: [] }, "resources: expected at least 1 entry"],
    [
      { ...slice, policy: {}, resources: {} },
      "policy.hash: expected text; resources: expected a list",
    ],
    [
      {
        ...slice,
        resources: [
          { resource: { type: "key", id }, digest: "x", profile: "documented", changes: [] },
        ],
      },
      "resources[0].digest: expected 64 hexadecimal digits in lower case",
    ],
    [
      { ...job, selection: { ids: ["x"] } },
      "selection.ids[0]: expected an id such as 0a1b2c3d-4e5f-6a7b-8c9d-0e1f2a3b4c5d",
    ],
    [{ ...job, edits: { set: [] } }, "edits.set: expected an object"],
    [{ ...job, edits: { set: { Owner: 7 } } }, "edits.set.*: expected text"],
    [{ ...job, edits: { set: { A: 1, B: 2 } } }, "edits.set.*: expected text"],
    [{ ...job, edits: { map: { Owner: { s3cret: 7 } } } }, "edits.map.*.*: expected text"],
    [{ ...job, edits: { unset: ["A", 7] } }, "edits.unset[1]: expected text"],
  ])("%j", (message, problem) => {
    expect(parseQueueEvent(kafka([text(message)]))).toEqual([
      { ok: false, at: "records[0].messages[0]", problem, raw: text(message) },
    ]);
  });

  test.each([
    ["nothing", undefined],
    ["null", null],
    ["a number", 7],
    ["other text", "hello"],
    ["no text", ""],
    ["an empty object", {}],
    ["an empty list", []],
    ["lists of nothing", [[], [[]]]],
    ["no records", { records: [] }],
    ["a record without messages", kafka([])],
    ["no notification", { record: [] }],
  ])("%s: one problem for the event", (_name, event) => {
    expect(parseQueueEvent(event)).toEqual([
      { ok: false, at: "event", problem: expect.stringMatching(/^expected /), raw: event },
    ]);
  });

  test.each([
    ["two fields", { a: run, b: [run] }],
    ["two fields of a field, and in one beside it", { a: { x: run, y: run }, b: run }],
  ])("messages in %s: nobody knows which are meant", (_name, event) => {
    const problem = "expected messages in one field only";
    expect(parseQueueEvent(event)).toEqual([{ ok: false, at: "event", problem, raw: event }]);
  });
});

test("a byte-order mark inside a text belongs to it", () => {
  const id = "0a1b2c3d-4e5f-6a7b-8c9d-0e1f2a3b4c5d";
  const message = {
    resource: { type: "key", id },
    action: "create",
    tags: [{ key: "A", value: "a\uFEFFb" }],
  };
  expect(parseQueueEvent(text(message))).toMatchObject([{ ok: true, message }]);
});

test("a message whose list is an object with a length of its own does not take the others with it", () => {
  const odd = { length: { toString: 1, valueOf: 2 } };
  const tags = {
    resource: { type: "secret", id: "0a1b2c3d-4e5f-6a7b-8c9d-0e1f2a3b4c5d" },
    action: "create",
  };
  const good = { kind: "run", version: 1, run: "20261121T080000Z-4f2a" };
  const texts = [{ ...tags, tags: odd }, { ...tags, tags: [{ key: odd }] }, good];
  const inputs = parseQueueEvent({
    records: [{ messages: texts.map((one) => JSON.stringify(one)) }],
  });
  expect(inputs.map(({ ok }) => ok)).toEqual([false, false, true]);
});
