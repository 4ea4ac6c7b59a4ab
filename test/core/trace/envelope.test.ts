import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DEPTH_MAX, INPUTS_MAX, parseEvent } from "../../../shared/core/trace/envelope.ts";
import type { TraceInput } from "../../../shared/core/trace/trace.ts";
import { events, loadEvent, manifest } from "../../events/index.ts";

const trace = { trace_name: "createSecret", trace_id: "t-1", resource_type: "secret" };
const text = JSON.stringify;
const smn = (message: unknown) => ({ record: [{ event_source: "smn", smn: { message } }] });
const cloudEvent = (data: unknown) => ({ specversion: "1.0", id: "e", source: "HC.X", data });
const failure = (request_payload: unknown) => ({ request_context: {}, request_payload });

/** What matters of an input: the trace's name, or where the problem is. */
function brief(input: TraceInput): string {
  return input.ok ? input.trace.name : `! ${input.at}`;
}
const read = (event: unknown) => parseEvent(event).map(brief);

const ENVELOPES: readonly (readonly [string, unknown])[] = [
  ["bare", trace],
  ["bare, as text", text(trace)],
  ["CTS", { cts: trace }],
  ["CTS, as text", text({ cts: trace })],
  ["CTS with the trace as text", { cts: text(trace) }],
  ["EventGrid", cloudEvent(trace)],
  ["EventGrid with text", cloudEvent(text(trace))],
  ["EventGrid with CTS", cloudEvent({ cts: trace })],
  ["EventGrid with CTS as text", cloudEvent(text({ cts: trace }))],
  ["SMN", smn(text(trace))],
  ["SMN with CTS", smn(text({ cts: trace }))],
  ["SMN with an object", smn(trace)],
  ["SMN with EventGrid", smn(text(cloudEvent(trace)))],
  ["SMN with the trace in a field", smn(text({ kind: "notice", detail: trace }))],
  ["SMN with the trace as text in a field", smn(text({ kind: "notice", body: text(trace) }))],
  ["SMN without a list", { record: { smn: { message: text(trace) } } }],
  ["failure destination", failure(text({ cts: trace }))],
  ["failure destination with an object", failure({ cts: trace })],
  ["failure destination of SMN", failure(text(smn(text({ cts: trace }))))],
  ["failure destination through SMN", smn(text(failure(text({ cts: trace }))))],
  ["failure destination twice", failure(text(failure(text({ cts: trace }))))],
  [
    "failure destination of the worst",
    failure(text([smn(text(cloudEvent(text({ cts: trace }))))])),
  ],
  ["list", [{ cts: trace }]],
];

describe("envelopes", () => {
  test.each(ENVELOPES)("%s: the trace is the same", (_name, event) => {
    expect(parseEvent(event)).toEqual(parseEvent(trace));
    expect(read(event)).toEqual(["createSecret"]);
  });

  test("a list keeps its order, and one bad record takes no other with it", () => {
    const record = [text({ cts: trace }), "hello", text({ cts: {} }), undefined, text(trace)].map(
      (message) => ({ smn: { message } }),
    );
    expect(read({ record: [...record, null, {}, 7] })).toEqual([
      "createSecret",
      "! record[1].smn.message",
      "! record[2].smn.message.cts.trace_name",
      "! record[3].smn.message",
      "createSecret",
      "! record[5].smn.message",
      "! record[6].smn.message",
      "! record[7].smn.message",
    ]);
  });

  test("lists of envelopes may stand everywhere", () => {
    expect(read([{ cts: trace }, smn(text([trace, trace])), 7, cloudEvent([trace])])).toEqual([
      "createSecret",
      "createSecret",
      "createSecret",
      "! [2]",
      "createSecret",
    ]);
  });

  test("a trace is a trace, whatever else it holds", () => {
    const odd = { ...trace, data: {}, cts: {}, record: [], request_payload: "", message: trace };
    expect(read(odd)).toEqual(["createSecret"]);
    expect(read(smn(text(odd)))).toEqual(["createSecret"]);
  });

  test("a known envelope comes before a trace in another field", () => {
    const lost = { ...trace, trace_name: "createKey" };
    const message = text({ data: { cts: trace }, detail: lost });
    expect(read(smn(message))).toEqual(["createSecret"]);
  });

  test("two traces in the fields of one notification are not guessed about", () => {
    expect(read(smn(text({ before: trace, after: trace })))).toEqual([
      "! record[0].smn.message.trace_name",
    ]);
  });
});

describe("problems", () => {
  test.each([
    ["nothing", undefined, "event"],
    ["null", null, "event"],
    ["a number", 7, "event"],
    ["other text", "hello", "event"],
    ["no text", "", "event"],
    ["an empty object", {}, "event"],
    ["a timer's event", { trigger_type: "TIMER" }, "event"],
    ["an empty list", [], "event"],
    ["no records", { record: [] }, "record"],
    ["an empty trace", { cts: {} }, "cts.trace_name"],
    ["no trace", { cts: null }, "cts"],
    ["a trace with a bad name", { trace_name: 7 }, "trace_name"],
    ["another CloudEvent", cloudEvent({ obs: {} }), "data.trace_name"],
    ["a lost timer event", failure(text({ trigger_type: "TIMER" })), "request_payload.trace_name"],
    ["a lost text", failure("hello"), "request_payload"],
    ["a lost list", failure([{ cts: {} }]), "request_payload[0].cts.trace_name"],
  ])("%s: one input that says where", (_name, event, at) => {
    const inputs = parseEvent(event);
    expect(inputs).toEqual([{ ok: false, at, problem: expect.stringMatching(/^expected /) }]);
  });

  const noTrace = "expected a CTS trace, or an envelope that holds one";
  const noText = "expected JSON text that holds a CTS trace";

  test.each<[unknown, string, string]>([
    [{ cts: 7 }, "cts", noTrace],
    [{ trigger_type: "TIMER" }, "event", noTrace],
    ["hello", "event", noText],
    [smn("hello"), "record[0].smn.message", noText],
    [{ record: [] }, "record", "expected at least one CTS trace"],
    [{ cts: {} }, "cts.trace_name", "expected the name of a trace, as text"],
  ])("%j: %s: %s", (event, at, problem) => {
    expect(parseEvent(event)).toEqual([{ ok: false, at, problem }]);
  });

  test.each([
    ["detail", "detail"],
    ["two words", "*"],
    ["s3cret!", "*"],
    ["w".repeat(64), "w".repeat(64)],
    ["w".repeat(65), "*"],
  ])("a field called %s is shown as %s", (field, shown) => {
    const at = `record[0].smn.message.${shown}.trace_name`;
    const event = smn(text({ [field]: { trace_name: "" } }));
    expect(parseEvent(event)).toMatchObject([{ ok: false, at }]);
  });

  test("no problem and no path quotes the event", () => {
    const odd = { "s3cret value!": { trace_name: "" }, trace_id: "s3cret" };
    const bad = [
      "s3cret",
      { cts: { trace_name: 0, s3cret: "s3cret" } },
      smn(text(odd)),
      smn("s3cret"),
    ];
    for (const event of bad) expect(text(parseEvent(event))).not.toContain("s3cret");
  });
});

describe("bounds", () => {
  const nest = (depth: number, inner: unknown): unknown =>
    depth === 0 ? inner : { cts: nest(depth - 1, inner) };

  test("envelopes inside each other have a limit", () => {
    expect(read(nest(DEPTH_MAX, trace))).toEqual(["createSecret"]);
    expect(parseEvent(nest(DEPTH_MAX + 1, trace))).toEqual([
      {
        ok: false,
        at: Array.from({ length: DEPTH_MAX + 1 }, () => "cts").join("."),
        problem: "expected at most 10 envelopes inside each other",
      },
    ]);
  });

  test.each<[string, number, (inner: unknown) => unknown]>([
    ["text", 1, (inner) => text(inner)],
    ["a list", 1, (inner) => [inner]],
    ["a CTS trigger", 1, (inner) => ({ cts: inner })],
    ["a CloudEvent", 1, (inner) => cloudEvent(inner)],
    ["a notification outside a list", 2, (inner) => ({ record: { smn: { message: inner } } })],
    ["a notification", 3, (inner) => smn(inner)],
  ])("%s counts as %i", (_name, count, wrap) => {
    const most = nest(DEPTH_MAX - count, trace);
    const more = nest(DEPTH_MAX - count + 1, trace);
    expect(read(wrap(most))).toEqual(["createSecret"]);
    expect(read(wrap(more))).toEqual([expect.stringMatching(/^! /)]);
  });

  test("nesting without end is one problem", () => {
    const depth = 50_000;
    expect(parseEvent("[".repeat(depth) + "]".repeat(depth))).toHaveLength(1);
    expect(parseEvent(`${'{"data":'.repeat(depth)}1${"}".repeat(depth)}`)).toHaveLength(1);
    const request: unknown = JSON.parse("[".repeat(depth) + "]".repeat(depth));
    expect(read({ cts: { ...trace, request, user: { domain: request } } })).toEqual([
      "createSecret",
    ]);
  });

  test("records beyond the limit are one problem", () => {
    const full: unknown[] = Array.from({ length: INPUTS_MAX }, () => trace);
    expect(parseEvent(full).every((input) => input.ok)).toBe(true);
    const inputs = parseEvent([...full, trace, trace]);
    expect(inputs).toHaveLength(INPUTS_MAX + 1);
    expect(inputs.at(-1)).toMatchObject({
      ok: false,
      at: "event",
      problem: expect.stringContaining("at most 1000 records"),
    });
  });
});

describe("whatever comes in", () => {
  const key = fc.oneof(
    fc.constantFrom("cts", "data", "record", "smn", "message", "request_payload", "trace_name"),
    fc.constantFrom("user", "time", "code", "request", "response", "resource_id", "__proto__"),
    fc.string({ unit: "binary", maxLength: 4 }),
  );
  const leaf = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom("createKey", "{", '{"trace_name":"createKey"}', "\ud800", "undefined"),
    fc.double(),
    fc.boolean(),
    fc.constant(null),
  );
  const { value: json } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      leaf,
      fc.array(tie("value"), { maxLength: 4 }),
      fc.dictionary(key, tie("value"), { maxKeys: 5 }),
      tie("value").map((value) => JSON.stringify(value)),
    ),
  }));

  function check(event: unknown): void {
    const inputs = parseEvent(event);
    expect(inputs.length).toBeGreaterThan(0);
    for (const input of inputs) {
      if (input.ok) {
        expect(input.trace.name).toMatch(/\S/);
        for (const value of input.trace.fields.values()) expect(value).toMatch(/\S/);
      } else {
        expect(input.at).toMatch(/^(event|[\w.[\]*]+)$/);
        expect(input.problem).toMatch(/^expected [\w ,;-]+$/);
      }
    }
  }

  test("nothing is thrown, and there is at least one input of a known kind", () => {
    fc.assert(fc.property(json, check), { numRuns: 2000 });
    fc.assert(fc.property(fc.anything(), check), { numRuns: 500 });
  });

  test("a good trace survives any neighbours", () => {
    const messages = fc.array(
      json.map((value) => text(value) ?? ""),
      { maxLength: 4 },
    );
    fc.assert(
      fc.property(messages, messages, (before, after) => {
        const all = [...before, text({ cts: trace }), ...after];
        const record = all.map((message) => ({ smn: { message } }));
        expect(read({ record })).toContain("createSecret");
      }),
      { numRuns: 300 },
    );
  });
});

describe("the example events", () => {
  test("the manifest names each file, and each of its files is there", () => {
    expect(Object.keys(manifest.files).toSorted()).toEqual(events.toSorted());
  });

  test.each(events)("%s gives inputs", (file) => {
    expect(parseEvent(loadEvent(file)).length).toBeGreaterThan(0);
  });

  test("of three notifications the bad one is told apart", () => {
    expect(read(loadEvent("smn-create-keys.json"))).toEqual([
      "createKey",
      "! record[1].smn.message",
      "createKey",
    ]);
  });
});
