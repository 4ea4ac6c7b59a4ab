import { isJsonObject, type JsonObject, objectOf, own, parseJson } from "../json-value.ts";
import { parseTrace } from "./parse.ts";
import type { TraceInput } from "./trace.ts";

/**
 * Most inputs that are read from one event. An asynchronous event has at most 256 KB
 * (functiongraph.md 6), and a trace hardly ever less than 256 bytes.
 */
export const INPUTS_MAX = 1000;

/** Most envelopes (lists included) inside each other; a lost SMN notification has five. */
export const DEPTH_MAX = 10;

/**
 * Finds the traces of an event and reads each of them (functiongraph.md 3 and 5, dew-api.md 7).
 *
 * Known are, in each other to any sensible depth, as objects or as JSON text, alone or in lists:
 * - `{ cts }`: a CTS trigger;
 * - `{ data }`: a CloudEvent of EventGrid; `data` is the trace. For CTS events that is not established,
 *   so `data` may also be JSON text, or hold `cts`;
 * - `{ record: [{ smn: { message } }] }`: SMN. The body of a CTS notification is not established:
 *   JSON text of any of these is accepted, and of an object with a trace in one of its fields;
 * - `{ request_payload }`: what a failure destination receives, so that a lost event can be replayed;
 * - a bare trace.
 *
 * One bad record never takes the others with it: each gives exactly one input. An event without any
 * trace gives one input with `ok: false`. Nothing is thrown, and no problem quotes the event.
 */
export function parseEvent(event: unknown): readonly TraceInput[] {
  const inputs: TraceInput[] = [];
  for (const input of readInputs(event, "", 0)) {
    if (inputs.length === INPUTS_MAX) {
      inputs.push(problem("", `expected at most ${INPUTS_MAX} records; the rest was not read`));
      break;
    }
    inputs.push(input);
  }
  return inputs;
}

const NO_TRACE = "expected a CTS trace, or an envelope that holds one";

type Reader = (value: unknown, at: string, depth: number) => Iterable<TraceInput>;

/** What each envelope holds under its key, in order of precedence. */
const ENVELOPES: readonly { readonly key: string; readonly read: Reader }[] = [
  { key: "request_payload", read: readInputs },
  { key: "cts", read: readInputs },
  { key: "record", read: readRecords },
  { key: "data", read: readInputs },
];

function* readInputs(value: unknown, at: string, depth: number): Generator<TraceInput> {
  if (depth > DEPTH_MAX) {
    yield problem(at, `expected at most ${DEPTH_MAX} envelopes inside each other`);
  } else if (typeof value === "string") {
    const parsed = parseJson(value);
    if (parsed === undefined) yield problem(at, "expected JSON text that holds a CTS trace");
    else yield* readInputs(parsed, at, depth + 1);
  } else if (Array.isArray(value)) {
    yield* readEach(value, at, depth, readInputs);
  } else if (isJsonObject(value)) {
    yield* readObject(value, at, depth);
  } else {
    yield problem(at, NO_TRACE);
  }
}

function* readObject(value: JsonObject, at: string, depth: number): Generator<TraceInput> {
  const envelope = envelopeOf(value);
  if (envelope !== undefined) {
    yield* envelope.read(own(value, envelope.key), join(at, envelope.key), depth + 1);
  } else if (at === "" && !isTrace(value)) {
    yield problem(at, NO_TRACE);
  } else {
    // Inside an envelope there must be a trace: if it is none, the problem names the field it lacks.
    yield parseTrace(value, at);
  }
}

function envelopeOf(value: JsonObject) {
  if (isTrace(value)) return undefined;
  return ENVELOPES.find(({ key }) => Object.hasOwn(value, key));
}

function isTrace(value: JsonObject): boolean {
  return Object.hasOwn(value, "trace_name");
}

/** Records of SMN (`record` in the singular); one that stands outside a list is accepted. */
function* readRecords(value: unknown, at: string, depth: number): Generator<TraceInput> {
  if (Array.isArray(value)) yield* readEach(value, at, depth, readRecord);
  else yield* readRecord(value, at, depth);
}

function* readRecord(value: unknown, at: string, depth: number): Generator<TraceInput> {
  const smn = isJsonObject(value) ? own(value, "smn") : undefined;
  const message = isJsonObject(smn) ? own(smn, "message") : undefined;
  yield* readMessage(message, `${at}.smn.message`, depth + 1);
}

/** The message of a notification: a known shape, or an object with a trace in one of its fields. */
function* readMessage(message: unknown, at: string, depth: number): Generator<TraceInput> {
  const found = traceInside(objectOf(message));
  if (found === null) yield* readInputs(message, at, depth);
  else yield parseTrace(found.trace, join(at, found.key));
}

/** The only trace in the fields of an object that is no envelope, as an object or as JSON text. */
function traceInside(body: JsonObject | null) {
  if (body === null || isTrace(body) || envelopeOf(body) !== undefined) return null;
  const found = Object.keys(body).flatMap((key) => {
    const trace = objectOf(body[key]);
    return trace !== null && isTrace(trace) ? [{ key, trace }] : [];
  });
  return found.length === 1 ? (found[0] ?? null) : null;
}

function* readEach(
  values: readonly unknown[],
  at: string,
  depth: number,
  read: Reader,
): Generator<TraceInput> {
  if (values.length === 0) yield problem(at, "expected at least one CTS trace");
  for (const [index, value] of values.entries()) yield* read(value, `${at}[${index}]`, depth + 1);
}

function problem(at: string, problem: string): TraceInput {
  return { ok: false, at: at === "" ? "event" : at, problem };
}

/** A key that came with the event is shown only where it is a plain word. */
function join(at: string, key: string): string {
  const shown = /^\w{1,64}$/.test(key) ? key : "*";
  return at === "" ? shown : `${at}.${shown}`;
}
