/**
 * Goal: whatever comes in, each message ends in exactly one input, nothing is thrown, and nothing of
 * what came is quoted.
 * Method: random JSON made of the names and texts that envelopes and messages are made of, and
 * messages to which something was done.
 */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { parseQueueEvent } from "../../../shared/core/run/queue-event.ts";
import { MESSAGES, mutated } from "./message-arbitraries.ts";
import { FORM_NAMES } from "./message-schema.ts";

const text = (value: unknown) => JSON.stringify(value) ?? "";
const kafka = (messages: readonly unknown[]) => ({ records: [{ messages }] });

const key = fc.oneof(
  fc.constantFrom("records", "messages", "record", "smn", "message", "data", "request_payload"),
  fc.constantFrom("specversion", "kind", "version", "run", "resource", "action", "tags", "value"),
  fc.constantFrom("__proto__", "constructor", "toString", "s3cret", "user_event", "edits"),
  fc.string({ unit: "binary", maxLength: 4 }),
);
const leaf = fc.oneof(
  fc.constantFrom("run", "tags", "job", "create", "r-1", "{", "s3cret", "\ud800", "\uFEFF{}", "[]"),
  fc.constantFrom(text({ kind: "run", version: 1, run: "r" }), text({ kind: "job", version: 1 })),
  fc.string({ unit: "binary" }),
  fc.double(),
  fc.constantFrom(1, true, null),
);
const message = fc.oneof(...FORM_NAMES.map((form) => MESSAGES[form]));
const { value: json } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    leaf,
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(key, tie("value"), { maxKeys: 5, noNullPrototype: true }),
    tie("value").map(text),
    message,
  ),
}));

function check(event: unknown): void {
  const inputs = parseQueueEvent(event);
  expect(inputs.length).toBeGreaterThan(0);
  for (const input of inputs) {
    expect(input.at).toMatch(/^(event|[\w.[\]*]+)$/);
    if (!input.ok) {
      expect(input.problem).toMatch(/^([\w.[\]*]+: )?expected [\w ,;:.[\]*-]+$/);
      expect(input.problem).not.toMatch(/s3cret|another|fewer fields/);
    }
  }
}

test("nothing is thrown, there is at least one input, and no problem is vague or quotes", () => {
  fc.assert(fc.property(json, check), { numRuns: 1000 });
  fc.assert(fc.property(fc.anything(), check), { numRuns: 500 });
  fc.assert(
    fc.property(
      fc.json().map((inner) => kafka([inner])),
      check,
    ),
    { numRuns: 500 },
  );
});

test("of a message to which something was done the problem says what was expected", () => {
  const changed = fc.oneof(...FORM_NAMES.map((form) => MESSAGES[form].chain(mutated)));
  fc.assert(
    fc.property(changed, (value) => {
      check(value);
      check(kafka([text(value)]));
    }),
    { numRuns: 1000 },
  );
});

test("a good message in any envelope comes out as it went in", () => {
  const envelope = fc.constantFrom<(value: unknown) => unknown>(
    text,
    (value) => [value],
    (value) => kafka([value]),
    (value) => ({ record: [{ smn: { message: text(value) } }] }),
    (value) => ({ specversion: "1.0", data: value }),
    (value) => ({ request_payload: text(value), response_payload: "{}" }),
    (value) => ({ context: { topic: "t" }, value }),
  );
  fc.assert(
    fc.property(message, fc.array(envelope, { maxLength: 3 }), (value, envelopes) => {
      const event = envelopes.reduce<unknown>((inner, wrap) => wrap(inner), value);
      expect(parseQueueEvent(event)).toMatchObject([{ ok: true, message: value }]);
    }),
    { numRuns: 500 },
  );
});

test("a good message survives any neighbours, and each of a batch has its input", () => {
  const others = fc.array(json.map(text), { maxLength: 4 });
  const good = text({ kind: "run", version: 1, run: "the-good-one" });
  fc.assert(
    fc.property(others, others, (before, after) => {
      const inputs = parseQueueEvent(kafka([...before, good, ...after]));
      const at = `records[0].messages[${before.length}]`;
      expect(inputs.filter((input) => input.at === at)).toMatchObject([{ ok: true, raw: good }]);
    }),
    { numRuns: 500 },
  );
});
