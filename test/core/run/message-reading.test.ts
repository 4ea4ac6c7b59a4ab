import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../../shared/core/json-value.ts";
import {
  isMessage,
  readMessage,
  resemblesMessage,
} from "../../../shared/core/run/message-reading.ts";

describe("what is found in an event", () => {
  test.each<[JsonObject, boolean, boolean]>([
    // Is it a message beyond doubt; could it be meant as one?
    [{ kind: "run" }, true, true],
    [{ kind: "slice" }, true, true],
    [{ kind: "job" }, true, true],
    [{ kind: "tags" }, true, true],
    [{ resource: 1, action: 2 }, true, true],
    [{ kind: "letter", resource: 1, action: 2 }, true, true],
    [{ kind: "letter" }, false, true],
    [{ resource: 1 }, false, true],
    [{ action: 1 }, false, true],
    [{ tags: [] }, false, true],
    [{ resource: 1, tags: [] }, false, true],
    [{ version: 1, run: "r-1" }, false, false],
    [{ "": "", data: {} }, false, false],
    [Object.create({ kind: "run", resource: 1, action: 2 }), false, false],
  ])("%j is a message: %j; resembles one: %j", (value, isOne, resembles) => {
    expect([isMessage(value), resemblesMessage(value)]).toEqual([isOne, resembles]);
  });
});

describe("a name of the prototype", () => {
  const job = (edits: string): JsonObject =>
    JSON.parse(`{"kind":"job","version":1,"edits":${edits}}`);

  test.each([
    ['{"set":{"__proto__":"x"}}'],
    ['{"map":{"Owner":{"__proto__":"x"}}}'],
    ['{"map":{"__proto__":{}},"unset":[]}'],
  ])("is refused in %s, which a table would lose", (edits) => {
    const problem = "expected no field or key called __proto__";
    expect(readMessage(job(edits))).toEqual({ ok: false, problem });
  });

  test("is a text like any other", () => {
    expect(readMessage(job('{"unset":["__proto__"]}'))).toMatchObject({ ok: true });
  });

  test("is an unknown field where there are no tables", () => {
    const tag = JSON.parse('{"key":"A","__proto__":"x"}');
    const resource = { type: "key", id: "0a1b2c3d-4e5f-6a7b-8c9d-0e1f2a3b4c5d" };
    const problem = "tags[0]: expected no field but key, value";
    const message = { resource, action: "create", tags: [tag] };
    expect(readMessage(message)).toEqual({ ok: false, problem });
  });
});
