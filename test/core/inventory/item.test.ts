import { describe, expect, test } from "vitest";
import { describeItem } from "../../../shared/core/inventory/item.ts";
import { textIn } from "../../../shared/core/inventory/item-fields.ts";
import type { JsonObject } from "../../../shared/core/json-value.ts";
import type { ResourceType } from "../../../shared/core/resource.ts";

const ID = "0d0466b0-e727-4d9c-b35d-f84bb474a37f";
const PLACE = { region: "eu-west-101", project: "p-1" };

const describeOne = (type: ResourceType, detail: JsonObject | null, name: string | null = null) =>
  describeItem(type, { id: ID, detail, name, tags: null }, PLACE);

const SECRET = {
  name: "prod-db",
  state: "ENABLED",
  kms_key_id: "k-1",
  secret_type: "COMMON",
  enterprise_project_id: "0",
  create_time: 1_700_000_000_000,
};
const KEY = {
  key_alias: "prod-key",
  key_state: "2",
  key_spec: "RSA_2048",
  sys_enterprise_project_id: "ep",
  creation_date: "1700000000000",
};

const fieldsOf = (type: ResourceType, detail: JsonObject | null, name?: string) => [
  ...describeOne(type, detail, name).facts.fields,
];

describe("all fields that are told, in the order of the policy's fields", () => {
  const place = [
    ["region", "eu-west-101"],
    ["project", "p-1"],
  ];

  test("of a secret", () => {
    expect(fieldsOf("secret", SECRET)).toEqual([
      ["resource.name", "prod-db"],
      ["resource.id", ID],
      ["resource.type", "secret"],
      ["resource.state", "ENABLED"],
      ["resource.createdAt", "2023-11-14T22:13:20.000Z"],
      ["resource.kmsKeyId", "k-1"],
      ["resource.secretType", "COMMON"],
      ["resource.keySpec", null],
      ["resource.enterpriseProject", "0"],
      ...place,
    ]);
  });

  test("of a key", () => {
    expect(fieldsOf("key", KEY)).toEqual([
      ["resource.name", "prod-key"],
      ["resource.id", ID],
      ["resource.type", "key"],
      ["resource.state", "2"],
      ["resource.createdAt", "2023-11-14T22:13:20.000Z"],
      ["resource.kmsKeyId", null],
      ["resource.secretType", null],
      ["resource.keySpec", "RSA_2048"],
      ["resource.enterpriseProject", "ep"],
      ...place,
    ]);
  });

  test("of a secret whose description says nothing: all are absent", () => {
    expect(fieldsOf("secret", {})).toEqual([
      ["resource.name", null],
      ["resource.id", ID],
      ["resource.type", "secret"],
      ["resource.state", null],
      ["resource.createdAt", null],
      ["resource.kmsKeyId", null],
      ["resource.secretType", null],
      ["resource.keySpec", null],
      ["resource.enterpriseProject", null],
      ...place,
    ]);
  });

  test("of a key without a description: only what no key has is absent", () => {
    const known = [
      ["resource.id", ID],
      ["resource.type", "key"],
      ["resource.kmsKeyId", null],
      ["resource.secretType", null],
      ...place,
    ];
    expect(fieldsOf("key", null)).toEqual(known);
    expect(fieldsOf("key", null, "prod-key")).toEqual([["resource.name", "prod-key"], ...known]);
  });

  test("can be gone through as those of any map", () => {
    const { fields } = describeOne("key", KEY).facts;
    const entries = [...fields];
    const visited: unknown[] = [];
    fields.forEach((value, field, all) => {
      visited.push([field, value, all]);
    });
    expect(visited).toEqual(entries.map(([field, value]) => [field, value, fields]));
    expect([...fields.entries()]).toEqual(entries);
    expect([...fields.keys()]).toEqual(entries.map(([field]) => field));
    expect([...fields.values()]).toEqual(entries.map(([, value]) => value));
    expect(fields.size).toBe(11);
    expect(fields.has("resource.state")).toBe(true);
    expect(fields.has("creator.name")).toBe(false);
    expect(fields.get("creator.name")).toBeUndefined();
  });
});

describe("the name of a resource", () => {
  test.each<[string, JsonObject | null, string | null, string | undefined]>([
    ["is its description's", { name: "told" }, "beside", "told"],
    ["is the one beside a description that has none", {}, "beside", "beside"],
    ["is the one beside an empty one", { name: "" }, "beside", "beside"],
    ["is the one beside no description", null, "beside", "beside"],
    ["is none where nobody says it", {}, null, undefined],
  ])("%s", (_which, detail, beside, name) => {
    const { resource } = describeOne("secret", detail, beside);
    expect(resource).toStrictEqual({ type: "secret", id: ID, ...(name !== undefined && { name }) });
  });
});

test.each<[ResourceType, JsonObject | null, string | null]>([
  ["secret", SECRET, null],
  ["secret", { state: "PENDING_DELETE" }, "pending-deletion"],
  ["secret", { state: "4" }, null],
  ["secret", null, null],
  ["key", KEY, null],
  ["key", { key_state: "4" }, "pending-deletion"],
  ["key", { key_state: "PENDING_DELETE" }, null],
  ["key", { default_key_flag: "1", key_state: "4" }, "default-key"],
  ["key", { default_key_flag: "0" }, null],
  ["key", { key_alias: "csms/default" }, "default-key"],
  ["key", { key_alias: 5 }, null],
  ["key", null, null],
])("a %s with %j is skipped: %j", (type, detail, skip) => {
  expect(describeOne(type, detail).skip).toBe(skip);
});

test.each([
  ["a", "a"],
  ["", null],
  [5, null],
  [null, null],
  [undefined, null],
])("the text in %j is %j", (value, text) => {
  expect(textIn(value)).toBe(text);
});
