import { describe, expect, test } from "vitest";
import { parseTrace } from "../../../shared/core/trace/parse.ts";
import type { Trace } from "../../../shared/core/trace/trace.ts";

function read(fields: { readonly [field: string]: unknown }): Trace {
  const input = parseTrace({ trace_name: "createKey", ...fields }, "cts");
  if (!input.ok) throw new Error(input.problem);
  return input.trace;
}

describe("what is required", () => {
  test("a name alone makes a trace, and it has succeeded", () => {
    expect(read({})).toEqual({
      id: "",
      name: "createKey",
      resourceType: "",
      timeMs: null,
      succeeded: true,
      resourceId: null,
      resourceName: null,
      resourceUrl: null,
      request: {},
      response: {},
      fields: new Map(),
    });
  });

  test.each([[undefined], [null], [""], [" \n"], [7], [{}], [["createKey"]]])(
    "a trace_name of %j is none, and the problem says where",
    (trace_name) => {
      expect(parseTrace({ trace_name }, "record[2].smn.message")).toEqual({
        ok: false,
        at: "record[2].smn.message.trace_name",
        problem: "expected the name of a trace, as text",
      });
    },
  );

  test.each([[null], [undefined], [7], ["text"], [[]]])("%j is no trace", (value) => {
    expect(parseTrace(value, "")).toMatchObject({ ok: false, at: "trace_name" });
  });
});

describe("times", () => {
  const ms = Date.UTC(2025, 10, 24, 16, 0, 12);

  test.each([
    ["milliseconds", ms],
    ["seconds", ms / 1000],
    ["milliseconds as text", String(ms)],
    ["formatted text", "2025/11/25 00:00:12 GMT+08:00"],
    ["ISO text", "2025-11-24T16:00:12Z"],
  ])("are read from %s", (_form, time) => {
    const trace = read({ time });
    expect(trace.timeMs).toBe(ms);
    expect(trace.fields.get("event.time")).toMatch(/^2025-11-24T16:00:12(\.000)?Z$/);
  });

  test("fall back to record_time", () => {
    expect(read({ time: "yesterday", record_time: ms }).timeMs).toBe(ms);
    expect(read({ time: ms, record_time: ms + 5000 }).timeMs).toBe(ms);
  });

  test.each([[{}], [""], ["soon"], [null], [[]], [true]])("of %j are unknown", (time) => {
    const trace = read({ time });
    expect(trace.timeMs).toBeNull();
    expect(trace.fields.has("event.time")).toBe(false);
  });
});

describe("request and response", () => {
  test.each([
    ["an object", { name: "a" }],
    ["JSON text", '{"name":"a"}'],
    ["JSON text inside JSON text", JSON.stringify('{"name":"a"}')],
  ])("are read from %s", (_form, body) => {
    const trace = read({ request: body, response: body });
    expect([trace.request, trace.response]).toEqual([{ name: "a" }, { name: "a" }]);
  });

  test.each([[""], ["name=a"], [null], [undefined], [7], [[]], ["[1]"], ["null"], ["{"]])(
    "are empty when sent as %j",
    (body) => {
      const trace = read({ request: body, response: body });
      expect([trace.request, trace.response]).toEqual([{}, {}]);
    },
  );
});

describe("success", () => {
  const cases: readonly (readonly [{ readonly [field: string]: unknown }, boolean])[] = [
    [{}, true],
    [{ trace_rating: "normal" }, true],
    [{ trace_rating: "warning" }, false],
    [{ trace_rating: "Incident" }, false],
    [{ trace_rating: " warning " }, false],
    [{ trace_rating: "failed" }, false],
    [{ trace_rating: "unheard-of" }, true],
    [{ trace_status: "normal" }, true],
    [{ trace_status: "warning" }, false],
    [{ trace_status: "incident" }, false],
    [{ trace_rating: "normal", trace_status: "warning" }, true],
    [{ trace_rating: "warning", trace_status: "normal" }, false],
    [{ trace_rating: "", trace_status: "incident" }, false],
    [{ code: 0 }, true],
    [{ code: 204 }, true],
    [{ code: 399 }, true],
    [{ code: 400 }, false],
    [{ code: "200" }, true],
    [{ code: "400" }, false],
    [{ code: " 503 " }, false],
    [{ code: "" }, true],
    [{ code: null }, true],
    [{ code: {} }, true],
    [{ code: "KMS.0207" }, false],
    [{ code: "KMS.0207", trace_rating: "normal" }, true],
    [{ code: "KMS.0207", trace_status: "normal" }, true],
    [{ code: 500, trace_rating: "normal" }, false],
    [{ code: 200, trace_rating: "warning" }, false],
  ];

  test.each(cases)("%j: %s", (fields, succeeded) => {
    expect(read(fields).succeeded).toBe(succeeded);
  });
});

describe("who and where", () => {
  const user = {
    id: "u-1",
    name: "mara",
    type: "User",
    domain: { id: "d-1", name: "acme" },
    principal_id: "p-1",
    user_name: "mara-long",
    account_id: "a-1",
  };

  test("every field has its place", () => {
    const trace = read({
      trace_id: "t-1",
      trace_type: "ApiCall",
      time: 1764000012000,
      user,
      source_ip: "203.0.113.24",
      user_agent: "curl",
      project_id: "p",
      enterprise_project_id: "0",
    });
    expect(trace.id).toBe("t-1");
    expect(Object.fromEntries(trace.fields)).toEqual({
      "creator.name": "mara",
      "creator.id": "u-1",
      "creator.type": "User",
      "creator.domain": "acme",
      "creator.ip": "203.0.113.24",
      "creator.agent": "curl",
      "event.time": expect.stringMatching(/^2025-11-24T16:00:12/),
      "event.id": "t-1",
      "event.type": "ApiCall",
      project: "p",
      "resource.enterpriseProject": "0",
    });
  });

  test("newer fields stand in for older ones that are missing or empty", () => {
    const { fields } = read({ user: { ...user, id: "", name: "undefined", domain: null } });
    expect(fields.get("creator.name")).toBe("mara-long");
    expect(fields.get("creator.id")).toBe("p-1");
    expect(fields.get("creator.domain")).toBe("a-1");
  });

  test("a user may be JSON text", () => {
    expect(read({ user: JSON.stringify(user) }).fields).toEqual(read({ user }).fields);
  });

  test.each([[null], [undefined], [""], ["mara"], [7], [[]], [{}], [{ name: {}, domain: [] }]])(
    "a user of %j is nobody",
    (user) => {
      expect(read({ user }).fields.size).toBe(0);
    },
  );

  test.each([["undefined"], ["null"], [""], ["  "], [0], [{}], [null]])(
    "%j is not a value",
    (value) => {
      const fields = { resource_id: value, resource_url: value };
      const trace = read({ ...fields, source_ip: value, trace_id: value, user: { name: value } });
      expect([trace.resourceId, trace.resourceUrl]).toEqual([null, null]);
      expect(trace.id).toBe("");
      expect(trace.fields.size).toBe(0);
    },
  );

  test("a name is what it says, where it says anything", () => {
    for (const name of ["undefined", "null", " db "])
      expect(read({ resource_name: name }).resourceName).toBe(name);
    for (const name of ["", "  ", 0, {}, null])
      expect(read({ resource_name: name }).resourceName).toBeNull();
  });
});

test("keys that reach for the prototype reach nothing", () => {
  const event: unknown = JSON.parse(
    '{"trace_name":"createKey","__proto__":{"trace_id":"p"},"user":{"__proto__":{"name":"p"}},"request":{"__proto__":{"name":"p"},"constructor":1}}',
  );
  const input = parseTrace(event, "");
  expect(input).toMatchObject({ ok: true, trace: { id: "", fields: new Map() } });
  expect(Object.hasOwn(Object.prototype, "trace_id")).toBe(false);
});
