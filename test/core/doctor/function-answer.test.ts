import { describe, expect, test } from "vitest";
import {
  functionsNamed,
  readAsyncConfig,
  readFunctionConfig,
  readFunctions,
  readTriggers,
} from "../../../shared/core/doctor/function-answer.ts";
import { said, UNREADABLE } from "./answers.ts";
import { functionConfig } from "./configs.ts";

const URN = "urn:fss:eu-west-101:0a1b2c:function:default:acme-retag";

describe("the list of functions", () => {
  const read = (...functions: readonly unknown[]) => readFunctions(said({ functions }));

  test("is read with and without versions in its URNs", () => {
    expect(
      read(
        { func_urn: URN, func_name: "acme-retag", runtime: "x" },
        {
          func_urn: `${URN}:v1.2-a`,
          func_name: "retag",
        },
      ),
    ).toEqual([
      { urn: URN, name: "acme-retag" },
      { urn: `${URN}:v1.2-a`, name: "retag" },
    ]);
    expect(read()).toEqual([]);
  });

  test.each([
    ["no object", null],
    ["no name", { func_urn: URN }],
    ["a name that is no text", { func_urn: URN, func_name: 1 }],
    ["no URN", { func_name: "retag" }],
    ["a URN that is no text", { func_urn: [URN], func_name: "retag" }],
    ["a path in its URN", { func_urn: `${URN}/../x`, func_name: "retag" }],
    ["a path before its URN", { func_urn: `/${URN}`, func_name: "retag" }],
    ["a path in its version", { func_urn: `${URN}:a/b`, func_name: "retag" }],
    ["an empty version", { func_urn: `${URN}:`, func_name: "retag" }],
    ["a region that is none", { func_urn: URN.replace("eu-", "e/u"), func_name: "retag" }],
    ["a project that is none", { func_urn: URN.replace("0a1b2c", "0a-1b"), func_name: "retag" }],
    ["a group that is none", { func_urn: URN.replace("default", "a b"), func_name: "retag" }],
    ["another service's URN", { func_urn: URN.replace("fss", "smn"), func_name: "retag" }],
  ])("passes over what has %s", (_, row) => {
    expect(read(row, { func_urn: URN, func_name: "retag" })).toEqual([{ urn: URN, name: "retag" }]);
  });

  test("is a list and nothing else", () => {
    for (const answer of [...UNREADABLE, said([]), said({}), said({ functions: { length: 0 } })])
      expect(readFunctions(answer)).toBeNull();
  });
});

describe("functions that stand for one of ours", () => {
  const list = ["retag", "acme-retag", "b-retag", "xretag", "retag-old"].map((name) => ({
    urn: `urn:${name}`,
    name,
  }));
  const named = (rows: typeof list) => functionsNamed(rows, "retag").map(({ name }) => name);

  test("have its name, or else one that ends in it", () => {
    expect(named(list)).toEqual(["retag"]);
    expect(named(list.slice(1))).toEqual(["acme-retag", "b-retag"]);
    expect(named(list.slice(3))).toEqual([]);
  });
});

describe("a function's configuration", () => {
  test("is read field by field", () => {
    const body = {
      runtime: "Node.js20.15",
      handler: "index.handler",
      timeout: 30,
      memory_size: 256,
      digest: "ab",
      description: "Tagwarden",
      xrole: "agency",
      strategy_config: { concurrency: -1 },
      user_data: '{"A":"1","B":2}',
      encrypted_user_data: { C: "3" },
    };
    expect(readFunctionConfig(said(body))).toEqual({
      runtime: "Node.js20.15",
      handler: "index.handler",
      timeoutSeconds: 30,
      memoryMb: 256,
      digest: "ab",
      description: "Tagwarden",
      hasAgency: true,
      instancesMax: -1,
      userData: new Map([
        ["A", "1"],
        ["C", "3"],
      ]),
      allReadable: true,
    });
  });

  test("says nothing where a field is missing or of another type", () => {
    const nothing = functionConfig({ hasAgency: false });
    expect(readFunctionConfig(said({}))).toEqual(nothing);
    const odd = {
      runtime: 20,
      handler: null,
      timeout: "30",
      memory_size: Number.POSITIVE_INFINITY,
      digest: ["ab"],
      description: 1,
      xrole: "",
      app_xrole: {},
      strategy_config: "2",
      user_data: "",
      encrypted_user_data: null,
    };
    expect(readFunctionConfig(said(odd))).toEqual(nothing);
    const inherited = Object.create({ runtime: "x", timeout: 1 });
    expect(readFunctionConfig(said(inherited))).toEqual(nothing);
  });

  test("has an agency if it has either of the two", () => {
    const hasAgency = (body: object) => readFunctionConfig(said(body))?.hasAgency;
    expect(hasAgency({ xrole: "a", app_xrole: "" })).toBe(true);
    expect(hasAgency({ xrole: "", app_xrole: "b" })).toBe(true);
  });

  test.each([
    ["user_data", "{A=1}"],
    ["user_data", 7],
    ["user_data", "[]"],
    ["encrypted_user_data", "c2VjcmV0"],
  ])("has settings that cannot be read where %s is %j", (field, text) => {
    const other = field === "user_data" ? "encrypted_user_data" : "user_data";
    const config = readFunctionConfig(said({ [field]: text, [other]: '{"A":"1"}' }));
    expect(config?.allReadable).toBe(false);
    expect(config?.userData).toEqual(new Map([["A", "1"]]));
  });

  test("is an object and nothing else", () => {
    for (const answer of [...UNREADABLE, said([])]) expect(readFunctionConfig(answer)).toBeNull();
  });
});

describe("a function's triggers", () => {
  const data = { operations: ["KMS:cmk:createKey"], schedule: "0 0 1 * * *" };

  test("are read, their data as an object or as JSON text", () => {
    const row = { trigger_type_code: "CTS", trigger_status: "ACTIVE", event_data: data };
    const read = {
      type: "CTS",
      active: true,
      operations: ["KMS:cmk:createKey"],
      schedule: "0 0 1 * * *",
    };
    const asText = { ...row, event_data: JSON.stringify(data) };
    expect(readTriggers(said([row, asText]))).toEqual([read, read]);
  });

  test.each([
    ["DISABLED", false],
    ["DISABLE", false],
    ["ACTIVE", true],
    ["", true],
    ["NOT DISABLED", true],
    ["DISABLED soon", true],
    [undefined, true],
  ])("with the status %s are active: %s", (status, active) => {
    const rows = readTriggers(said([{ trigger_status: status }]));
    expect(rows).toEqual([{ type: "", active, operations: [], schedule: null }]);
  });

  test.each([undefined, null, "text", "[1]", 3])("have no details in %j", (event_data) => {
    const rows = readTriggers(said([{ trigger_type_code: "TIMER", event_data }, "row"]));
    expect(rows).toEqual([{ type: "TIMER", active: true, operations: [], schedule: null }]);
  });

  test("are a list and nothing else", () => {
    expect(readTriggers(said([]))).toEqual([]);
    for (const answer of [...UNREADABLE, said({ length: 0 })])
      expect(readTriggers(answer)).toBeNull();
  });
});

describe("the asynchronous configuration", () => {
  test("tells how often is tried again, and where to what fails goes", () => {
    const body = {
      max_async_retry_attempts: 3,
      destination_config: { on_failure: { destination: "OBS", param: "{}" } },
    };
    expect(readAsyncConfig(said(body))).toEqual({ retries: 3, onFailure: "OBS" });
  });

  test.each([
    ["is not there", {}],
    ["is something else", { destination_config: "OBS", max_async_retry_attempts: "3" }],
    ["is for successes", { destination_config: { on_success: { destination: "OBS" } } }],
    ["is no object", { destination_config: { on_failure: "OBS" } }],
    ["is empty", { destination_config: { on_failure: { destination: "" } } }],
  ])("sends failures nowhere where the destination %s", (_, body) => {
    expect(readAsyncConfig(said(body))).toEqual({ retries: null, onFailure: null });
  });

  test("is an object and nothing else", () => {
    for (const answer of [...UNREADABLE, said([])]) expect(readAsyncConfig(answer)).toBeNull();
  });
});
