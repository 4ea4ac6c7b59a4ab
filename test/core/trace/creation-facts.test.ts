import { describe, expect, test } from "vitest";
import { EVENT_FIELDS, type Facts, RESOURCE_FIELDS } from "../../../shared/core/facts.ts";
import type { ResourceRef, ResourceType } from "../../../shared/core/resource.ts";
import { completeFacts, factsOf } from "../../../shared/core/trace/creation-facts.ts";
import { decide } from "../../../shared/core/trace/decision.ts";
import { parseEvent } from "../../../shared/core/trace/envelope.ts";
import { loadEvent } from "../../events/index.ts";

const PLACE = { region: "eu-west-101", project: "default-project" };
const NAMED_ID = "99999999-9999-4999-8999-999999999999";

/** The facts of the first trace of an event, whose resource has `NAMED_ID` where only a name is known. */
function facts(event: unknown, type: ResourceType): Facts {
  const [input] = parseEvent(event);
  if (input?.ok !== true) throw new Error("no trace");
  const decision = decide(input.trace, type);
  if (decision.do !== "tag") throw new Error(decision.reason);
  const { identity, creation } = decision;
  const ref = identity.by === "id" ? identity.ref : { type, id: NAMED_ID, name: identity.name };
  return factsOf(input.trace, creation, ref, PLACE);
}

function fields(event: unknown, type: ResourceType): { readonly [field: string]: string | null } {
  return Object.fromEntries(facts(event, type).fields);
}

const creator = {
  "creator.name": "mara.lindqvist",
  "creator.id": "7f3a1c9e5b2d4e8096a4c1d7e0b3f582",
  "creator.type": "User",
  "creator.domain": "acme-payments",
  "creator.ip": "203.0.113.24",
};
const nobody = Object.fromEntries(
  EVENT_FIELDS.filter((field) => field.startsWith("creator.")).map((field) => [field, null]),
);

describe("a created resource", () => {
  test("a secret's trace tells all that a secret has", () => {
    expect(fields(loadEvent("cts-create-secret.json"), "secret")).toEqual({
      ...creator,
      "creator.agent": "Mozilla/5.0 (X11; Linux x86_64)",
      "event.time": "2025-11-24T16:00:12.345Z",
      "event.id": "3c0d7f52-c9a1-11f0-8b3e-fa163e5d2c41",
      "event.type": "ConsoleAction",
      region: "eu-west-101",
      project: "0a1b2c3d4e5f60718293a4b5c6d7e8f9",
      "resource.id": "5d1f0f6e-2a51-4c58-9c0e-7b6f2d9a1c34",
      "resource.type": "secret",
      "resource.name": "prod-orders-db-password",
      "resource.createdAt": "2025-11-24T16:00:11.000Z",
      "resource.kmsKeyId": "b2c7e1a0-93f4-4d0b-8e21-6f5a4b3c2d10",
      "resource.secretType": "COMMON",
      "resource.keySpec": null,
      "resource.state": "ENABLED",
      "resource.enterpriseProject": "e7f2a9c4-58b1-4b7e-9d60-13c8f5a2b946",
    });
  });

  test("a key's trace tells all that a key has", () => {
    expect(fields(loadEvent("cts-create-key.json"), "key")).toEqual({
      ...creator,
      "creator.agent": "terraform-provider-huaweicloud/1.97.1",
      "event.time": "2025-11-24T16:00:12.345Z",
      "event.id": "3c0d7f52-c9a1-11f0-8b3e-fa163e5d2c42",
      "event.type": "ApiCall",
      region: "eu-west-101",
      project: "0a1b2c3d4e5f60718293a4b5c6d7e8f9",
      "resource.id": "b2c7e1a0-93f4-4d0b-8e21-6f5a4b3c2d10",
      "resource.type": "key",
      "resource.name": "prod-orders-db",
      "resource.createdAt": "2025-11-24T16:00:12.000Z",
      "resource.kmsKeyId": null,
      "resource.secretType": null,
      "resource.keySpec": "AES_256",
      "resource.state": "2",
      "resource.enterpriseProject": "e7f2a9c4-58b1-4b7e-9d60-13c8f5a2b946",
    });
  });

  test("the same trace tells the same in every envelope", () => {
    const trace = loadEvent("bare-trace.json");
    const text = JSON.stringify;
    const smn = (message: string) => ({ record: [{ smn: { message } }] });
    const envelopes = [
      { cts: trace },
      { specversion: "1.0", data: trace },
      { specversion: "1.0", data: text({ cts: trace }) },
      smn(text(trace)),
      smn(text({ cts: trace })),
      smn(text({ notice: trace })),
      { request_context: {}, request_payload: text({ cts: trace }) },
      { request_context: {}, request_payload: smn(text(trace)) },
      [trace],
    ];
    for (const event of envelopes) expect(facts(event, "secret")).toEqual(facts(trace, "secret"));
    for (const file of ["cts-create-secret", "cts-bodies-as-json-text", "eventgrid-data-as-text"])
      expect(facts(loadEvent(`${file}.json`), "secret")).toEqual(facts(trace, "secret"));
  });

  test("times in seconds and as text are the same moment", () => {
    for (const file of ["cts-times-in-seconds.json", "cts-times-as-text.json"])
      expect(fields(loadEvent(file), "secret")["event.time"]).toBe("2025-11-24T16:00:12.000Z");
  });
});

describe("a trace that tells little", () => {
  test("what was not read is left out, what nothing else could tell is null", () => {
    const event = { trace_name: "createKey", resource_id: NAMED_ID };
    const { fields, hasEvent, type, keyTags } = facts(event, "key");
    for (const field of EVENT_FIELDS) expect(fields.get(field)).toBeNull();
    const read = RESOURCE_FIELDS.filter((field) => fields.has(field));
    expect(read.map((field) => [field, fields.get(field)])).toEqual([
      ["resource.id", NAMED_ID],
      ["resource.type", "key"],
      ["resource.kmsKeyId", null],
      ["resource.secretType", null],
    ]);
    expect(fields.get("region")).toBe("eu-west-101");
    expect(fields.get("project")).toBe("default-project");
    expect([hasEvent, type, keyTags]).toEqual([true, "key", undefined]);
  });

  test("a secret that was only named has the name, and its creation is the trace's time", () => {
    const read = fields(loadEvent("cts-resource-id-is-name.json"), "secret");
    expect(read["resource.id"]).toBe(NAMED_ID);
    expect(read["resource.name"]).toBe("prod-orders-db-password");
    expect(read["resource.createdAt"]).toBe("2025-11-24T16:00:12.345Z");
    for (const field of ["resource.kmsKeyId", "resource.secretType", "resource.state"])
      expect(field in read).toBe(false);
  });

  test("the request stands in for an answer that is missing", () => {
    const request = {
      name: "db",
      kms_key_id: NAMED_ID,
      secret_type: "COMMON",
      enterprise_project_id: "0",
    };
    const read = fields({ trace_name: "createSecret", resource_id: NAMED_ID, request }, "secret");
    expect(read).toMatchObject({
      "resource.name": "db",
      "resource.kmsKeyId": NAMED_ID,
      "resource.secretType": "COMMON",
      "resource.enterpriseProject": "0",
    });
    expect("resource.createdAt" in read).toBe(false);
  });

  test("a system action has no creator", () => {
    const read = fields(loadEvent("cts-user-null.json"), "key");
    expect(read).toMatchObject({ "creator.name": null, "creator.id": null, "creator.ip": null });
  });
});

describe("a detail of a resource", () => {
  const at = (path: string, value: string): object => {
    const [field = "", ...inner] = path.split(".");
    return { [field]: inner.length === 0 ? value : at(inner.join("."), value) };
  };
  const OTHER_ID = NAMED_ID.replaceAll("9", "8");
  const projectPlaces = (answer: string) => ["request.enterprise_project_id", answer];

  // Best place first.
  const cases: readonly (readonly [ResourceType, string, readonly string[]])[] = [
    ["secret", "kmsKeyId", ["response.secret.kms_key_id", "request.kms_key_id"]],
    ["secret", "secretType", ["response.secret.secret_type", "request.secret_type"]],
    ["secret", "state", ["response.secret.state"]],
    ["secret", "enterpriseProject", projectPlaces("response.secret.enterprise_project_id")],
    ["key", "keySpec", ["response.key_info.key_spec", "request.key_spec"]],
    ["key", "state", ["response.key_info.key_state", "response.key_state"]],
    ["key", "enterpriseProject", projectPlaces("response.key_info.sys_enterprise_project_id")],
  ];
  const names = { secret: "createSecret", key: "createKey" };

  test.each(cases)("of a %s: its %s is found in each of %j", (type, field, places) => {
    const trace = { trace_name: names[type], resource_id: NAMED_ID };
    for (const place of places) {
      const read = fields({ ...trace, ...at(place, OTHER_ID) }, type);
      expect(read[`resource.${field}`]).toBe(OTHER_ID);
    }
    const [best, other] = places.map((place, index) =>
      at(place, index === 0 ? OTHER_ID : NAMED_ID),
    );
    expect(fields({ ...trace, ...other, ...best }, type)[`resource.${field}`]).toBe(OTHER_ID);
  });

  test("is the trace's own where it has one", () => {
    const request = { enterprise_project_id: "asked" };
    const event = { trace_name: "createKey", resource_id: NAMED_ID, request };
    const own = { ...event, enterprise_project_id: "own" };
    const read = (from: object) => fields(from, "key")["resource.enterpriseProject"];
    expect([read(own), read(event)]).toEqual(["own", "asked"]);
  });
});

test("an id is no name", () => {
  const event = { trace_name: "createSecret", resource_id: NAMED_ID, resource_name: NAMED_ID };
  expect("resource.name" in fields(event, "secret")).toBe(false);
});

test("what the service says of a resource wins, the trace fills the gaps, and the rest is absent", () => {
  const event = { trace_name: "createKey", resource_id: NAMED_ID, resource_name: "prod" };
  const traced = facts({ ...event, response: { key_state: "2" } }, "key");
  const detail = new Map([
    ["resource.state", "3"],
    ["resource.keySpec", "AES_256"],
    ["resource.name", null],
  ] as const);
  const { fields: known, ...rest } = completeFacts(traced, { fields: detail });
  expect(rest).toEqual({ type: "key", hasEvent: true });
  expect(Object.fromEntries(RESOURCE_FIELDS.map((field) => [field, known.get(field)]))).toEqual({
    "resource.id": NAMED_ID,
    "resource.type": "key",
    "resource.name": "prod",
    "resource.state": "3",
    "resource.createdAt": null,
    "resource.kmsKeyId": null,
    "resource.secretType": null,
    "resource.keySpec": "AES_256",
    "resource.enterpriseProject": null,
  });
  expect(known.get("region")).toBe("eu-west-101");
  expect(traced.fields.get("resource.state")).toBe("2");
});

test("the name that the service gave comes before those of the trace", () => {
  const [input] = parseEvent(loadEvent("cts-create-secret.json"));
  if (input?.ok !== true) throw new Error("no trace");
  const creation = { name: "createSecret", type: "secret", createdByUser: true } as const;
  const nameOf = (ref: ResourceRef) =>
    factsOf(input.trace, creation, ref, PLACE).fields.get("resource.name");
  expect(nameOf({ type: "secret", id: NAMED_ID, name: "renamed" })).toBe("renamed");
  expect(nameOf({ type: "secret", id: NAMED_ID })).toBe("prod-orders-db-password");
});

describe("a restored resource", () => {
  test("its restorer is not its creator, and it is as old as the service says", () => {
    const read = fields(loadEvent("cts-restore-secret.json"), "secret");
    expect(read).toMatchObject(nobody);
    expect(read["event.time"]).toBe("2025-11-24T16:00:12.345Z");
    expect(read["resource.createdAt"]).toBe("2024-11-30T20:53:20.000Z");
  });

  test("its age is not read where the trace does not tell it", () => {
    const read = fields(loadEvent("cts-cancel-key-deletion.json"), "key");
    expect(read).toMatchObject(nobody);
    expect("resource.createdAt" in read).toBe(false);
    expect("resource.name" in read).toBe(false);
    expect(read["resource.state"]).toBe("3");
  });
});

test("values that cannot be a name or a text are not passed on", () => {
  const secret = { name: "a/b", state: 7, secret_type: "", kms_key_id: "../key" };
  const response = { secret };
  const event = {
    trace_name: "createSecret",
    resource_id: NAMED_ID,
    resource_name: "a b",
    response,
  };
  const read = fields(event, "secret");
  for (const field of ["name", "state", "secretType", "kmsKeyId"])
    expect(`resource.${field}` in read).toBe(false);
});
