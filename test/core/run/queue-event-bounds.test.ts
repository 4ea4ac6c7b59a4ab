import { describe, expect, test } from "vitest";
import { MESSAGES_MAX, parseQueueEvent, STEPS_MAX } from "../../../shared/core/run/queue-event.ts";

const text = JSON.stringify;
const run = { kind: "run", version: 1, run: "r-1" };
const kafka = (messages: unknown) => ({ trigger_type: "KAFKA", records: [{ messages }] });
const cloudEvent = (data: unknown) => ({ specversion: "1.0", id: "e", source: "s", data });

/** What matters of an input: the form of its message, or where the problem is. */
const read = (event: unknown) =>
  parseQueueEvent(event).map((input) =>
    input.ok ? (input.message.kind ?? "tags") : `! ${input.at}`,
  );

describe("bounds", () => {
  const nest = (depth: number): unknown => (depth === 0 ? run : { data: nest(depth - 1) });
  const wrap = (depth: number): unknown => (depth === 0 ? run : cloudEvent(wrap(depth - 1)));

  test.each([
    ["fields", nest],
    ["CloudEvents", wrap],
  ])("%s inside each other have a limit", (_name, make) => {
    expect(read(make(STEPS_MAX))).toEqual(["run"]);
    expect(parseQueueEvent(make(STEPS_MAX + 1))).toMatchObject([{ ok: false }]);
  });

  test("an envelope beyond it is told, with its place", () => {
    expect(parseQueueEvent(wrap(STEPS_MAX + 1))).toEqual([
      {
        ok: false,
        at: Array.from({ length: STEPS_MAX + 1 }, () => "data").join("."),
        problem: "expected at most 20 envelopes inside each other",
        raw: run,
      },
    ]);
  });

  test.each<[string, (inner: unknown) => unknown]>([
    ["texts", (inner) => text(text(text(inner)))],
    ["lists", (inner) => [[[inner]]]],
    ["fields", (inner) => ({ a: { b: { c: inner } } })],
    ["CloudEvents", (inner) => cloudEvent(cloudEvent(cloudEvent(inner)))],
  ])(
    "%s are steps like any other, on the way and where nothing says where to go",
    (_name, three) => {
      for (const make of [nest, wrap]) {
        const [most, more] = [STEPS_MAX - 3, STEPS_MAX - 2];
        expect(read(three(make(most)))).toEqual(["run"]);
        expect(parseQueueEvent(three(make(more)))).toMatchObject([{ ok: false }]);
        expect(read({ value: three(make(more - 1)) })).toEqual(["! event"]);
        expect(read({ value: three(make(most - 1)) })).toEqual(["run"]);
      }
    },
  );

  test("what is too deep to be found is in nobody's way", () => {
    expect(read({ a: { b: run, c: nest(STEPS_MAX - 2) } })).toEqual(["! a"]);
    expect(read({ a: { b: run, c: nest(STEPS_MAX - 1) } })).toEqual(["run"]);
  });

  const DEPTH = 50_000;
  const deep = (open: string, close: string) => `${open.repeat(DEPTH)}1${close.repeat(DEPTH)}`;

  test.each([
    ["lists", deep("[", "]")],
    ["objects", deep('{"a":', "}")],
    ["CloudEvents", deep('{"specversion":1,"data":', "}")],
    ["records", `{"records":${deep("[", "]")}}`],
    ["notifications", `{"record":${deep("[", "]")}}`],
    ["a field of a message", `{"kind":"run","version":1,"run":"r","a":${deep("[", "]")}}`],
    ["values of a message", `{"kind":"job","version":1,"edits":${deep('{"map":', "}")}}`],
  ])("%s without end are one problem", (_name, endless) => {
    expect(parseQueueEvent(endless)).toMatchObject([{ ok: false }]);
    expect(parseQueueEvent(JSON.parse(endless))).toMatchObject([{ ok: false }]);
    expect(read(kafka([endless, text(run)]))).toContain("run");
  });

  test("a batch of the largest size is read whole, and what goes beyond is one problem that holds it", () => {
    const full: unknown[] = Array.from({ length: MESSAGES_MAX }, () => text(run));
    expect(parseQueueEvent(kafka(full)).every(({ ok }) => ok)).toBe(true);

    const inputs = parseQueueEvent(kafka([...full, text(run), "hello"]));
    expect(inputs).toHaveLength(MESSAGES_MAX + 1);
    expect(inputs.at(-1)).toEqual({
      ok: false,
      at: "event",
      problem: "expected at most 10000 messages; the rest was not read",
      raw: [text(run), "hello"],
    });
  });

  test("a huge text is read once for each envelope that could hold it, no more", () => {
    const value = "x".repeat(6_000_000);
    const message = {
      resource: { type: "key", id: "x" },
      action: "create",
      tags: [{ key: value }],
    };
    expect(read(cloudEvent({ value: text(message) }))).toEqual(["! data.value"]);
    expect(parseQueueEvent(value)).toMatchObject([{ ok: false, at: "event" }]);
  });
});
