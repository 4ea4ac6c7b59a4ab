import { isJsonObject, type JsonObject, own, parseJson } from "../json-value.ts";
import type { Message } from "./message.ts";
import { isMessage, readMessage, resemblesMessage } from "./message-reading.ts";

/**
 * Most messages that are read from one event. A queue trigger brings at most 1,000, an event stream
 * at most 10,000 (functiongraph.md 4).
 */
export const MESSAGES_MAX = 10_000;

/** Most steps into fields, lists and texts; a lost notification of a lost batch of events takes 16. */
export const STEPS_MAX = 20;

/**
 * One message of an event, or what is wrong with it. `at` is its place in the event, `raw` the message
 * as it came (its text, or the object), for a dead letter.
 */
export type MessageInput =
  | { readonly ok: true; readonly at: string; readonly message: Message; readonly raw: unknown }
  | { readonly ok: false; readonly at: string; readonly problem: string; readonly raw: unknown };

/**
 * Finds the messages of an event and reads each of them (functiongraph.md 3, 4 and 5).
 *
 * Known are, in each other to any sensible depth, as objects or as JSON text, alone or in lists:
 * - `{ records: [{ messages }] }`: triggers of Kafka and RocketMQ; their messages are texts. That of
 *   RabbitMQ is not established: the same shape is accepted. So are messages that are objects;
 * - `{ record: [{ smn: { message } }] }`: SMN;
 * - `{ specversion, data }`: a CloudEvent; `data` is the message;
 * - `{ request_payload }`: what a failure destination receives, so that a lost event can be replayed;
 * - any other object with messages in exactly one of its fields. What an event stream of EventGrid
 *   sends is not established; a timer's `user_event` is one of these fields, too;
 * - the bare message.
 *
 * Messages are not decoded from base64: no document says that any of these carries it.
 *
 * One bad message never takes the others with it: each gives exactly one input, and what an event
 * holds beyond `MESSAGES_MAX` gives one, whose `raw` is the list of the rest. An event without any
 * message gives one input with `ok: false`. Nothing is thrown, and no problem quotes the event.
 */
export function parseQueueEvent(event: unknown): readonly MessageInput[] {
  const inputs: MessageInput[] = [];
  const rest: unknown[] = [];
  for (const found of findMessages(event, event, "", 0)) {
    if (inputs.length < MESSAGES_MAX) inputs.push(readFound(found));
    else rest.push(found.raw);
  }
  if (inputs.length === 0) inputs.push(refuse("", "expected at least one message", event));
  if (rest.length > 0)
    inputs.push(
      refuse("", `expected at most ${MESSAGES_MAX} messages; the rest was not read`, rest),
    );
  return inputs;
}

/** Where a message stands, or where one should: then there is a problem in its stead. */
type Found = { readonly at: string; readonly raw: unknown } & (
  | { readonly value: JsonObject }
  | { readonly problem: string }
);

function readFound(found: Found): MessageInput {
  const { at, raw } = found;
  if ("problem" in found) return refuse(at, found.problem, raw);
  const read = readMessage(found.value);
  return read.ok
    ? { ok: true, at: placeOf(at), message: read.message, raw }
    : refuse(at, read.problem, raw);
}

/** `raw` is what stands at `at`: the value itself, or the text that it was read from. */
function* findMessages(value: unknown, raw: unknown, at: string, steps: number): Generator<Found> {
  if (steps > STEPS_MAX) {
    yield { at, raw, problem: `expected at most ${STEPS_MAX} envelopes inside each other` };
  } else if (typeof value === "string") {
    const parsed = parseText(value);
    if (parsed === undefined) yield { at, raw, problem: "expected JSON text that holds a message" };
    else yield* findMessages(parsed, raw, at, steps + 1);
  } else if (Array.isArray(value)) {
    for (const [index, item] of value.entries())
      yield* findMessages(item, item, `${at}[${index}]`, steps + 1);
  } else if (isJsonObject(value)) {
    yield* findInObject(value, raw, at, steps);
  } else {
    yield { at, raw, problem: NO_MESSAGE };
  }
}

const NO_MESSAGE = "expected a message, or an envelope that holds one";

/** What tells each envelope, in order of precedence, and the fields that lead to its messages. */
const ENVELOPES: readonly {
  readonly marks: readonly string[];
  readonly path: readonly string[];
}[] = [
  { marks: ["request_payload"], path: ["request_payload"] },
  { marks: ["records"], path: ["records", "messages"] },
  { marks: ["record"], path: ["record", "smn", "message"] },
  { marks: ["specversion", "data"], path: ["data"] },
];

function* findInObject(
  value: JsonObject,
  raw: unknown,
  at: string,
  steps: number,
): Generator<Found> {
  if (isMessage(value)) {
    yield { at, raw, value };
    return;
  }
  const path = ENVELOPES.find(({ marks }) =>
    marks.every((field) => (own(value, field) ?? null) !== null),
  )?.path;
  if (path !== undefined) {
    yield* findAlong(path, value, at, steps);
    return;
  }
  const fields = Object.keys(value).filter((field) => holdsMessage(value[field], steps + 1));
  const [only, ...others] = fields;
  if (only === undefined) {
    yield resemblesMessage(value) ? { at, raw, value } : { at, raw, problem: NO_MESSAGE };
  } else if (others.length > 0) {
    yield { at, raw, problem: "expected messages in one field only" };
  } else {
    yield* findMessages(value[only], value[only], join(at, only), steps + 1);
  }
}

/** Follows the fields of an envelope; on the way there may be lists, and at its end are messages. */
function* findAlong(
  path: readonly string[],
  value: unknown,
  at: string,
  steps: number,
): Generator<Found> {
  const [field, ...further] = path;
  if (field === undefined || steps > STEPS_MAX) {
    yield* findMessages(value, value, at, steps);
  } else if (Array.isArray(value)) {
    for (const [index, item] of value.entries())
      yield* findAlong(path, item, `${at}[${index}]`, steps + 1);
  } else {
    const inner = isJsonObject(value) ? own(value, field) : undefined;
    const place = join(at, field);
    if (inner === undefined) yield { at: place, raw: value, problem: NO_MESSAGE };
    else yield* findAlong(further, inner, place, steps + 1);
  }
}

/** Is there a message beyond doubt anywhere inside? */
function holdsMessage(value: unknown, steps: number): boolean {
  if (steps > STEPS_MAX) return false;
  if (typeof value === "string") return holdsMessage(parseText(value), steps + 1);
  if (Array.isArray(value)) return value.some((item) => holdsMessage(item, steps + 1));
  if (!isJsonObject(value)) return false;
  return isMessage(value) || Object.values(value).some((inner) => holdsMessage(inner, steps + 1));
}

/** What the text says as JSON, where that can hold a message; some senders begin with a byte-order mark. */
function parseText(text: string): unknown {
  return /^\uFEFF?\s*["[{]/.test(text) ? parseJson(text.replace(/^\uFEFF/, "")) : undefined;
}

function refuse(at: string, problem: string, raw: unknown): MessageInput {
  return { ok: false, at: placeOf(at), problem, raw };
}

function placeOf(at: string): string {
  return at === "" ? "event" : at;
}

/** A key that came with the event is shown only where it is a plain word. */
function join(at: string, key: string): string {
  const shown = /^\w{1,64}$/.test(key) ? key : "*";
  return at === "" ? shown : `${at}.${shown}`;
}
