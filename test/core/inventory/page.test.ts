import { describe, expect, test } from "vitest";
import { parseKeyDetail, parseSecretDetail } from "../../../shared/core/answer.ts";
import { readInstancePage, readKeyPage, readTotal } from "../../../shared/core/inventory/page.ts";
import { parseJsonRows } from "../../../shared/core/json-rows.ts";
import type { ResourceType } from "../../../shared/core/resource.ts";

const PLACE = { region: "cn-north-4", project: "p-1" };
const ID = "0d0466b0-e727-4d9c-b35d-f84bb474a37f";
const OTHER = "bb6a3d22-dc93-47ac-b5bd-88df7ad35f1e";

const SECRET = {
  id: ID,
  name: "prod-db",
  state: "ENABLED",
  kms_key_id: OTHER,
  create_time: 1700000000000,
  secret_type: "COMMON",
  enterprise_project_id: "0",
};
const KEY = {
  key_id: ID,
  key_alias: "prod-key",
  key_state: "2",
  key_spec: "RSA_2048",
  creation_date: "1700000000000",
  default_key_flag: "0",
  sys_enterprise_project_id: "",
};

const read = (type: ResourceType, ...rows: readonly unknown[]) => {
  const page = readInstancePage(type, { resources: rows, total_count: rows.length }, PLACE);
  return page && { ...page, items: [...page.items] };
};
const first = (type: ResourceType, row: unknown) => read(type, row)?.items[0];

describe("the id of a row", () => {
  test.each([
    ["resource_id", { resource_id: ID }],
    ["the description", { resource_detail: KEY }],
    ["the first of a list of descriptions", { resource_detail: [KEY] }],
    ["key_details", { key_details: KEY }],
    ["the description where resource_id is empty", { resource_id: "", resource_detail: KEY }],
    [
      "key_details where resource_detail is no description",
      { resource_detail: [], key_details: KEY },
    ],
    ["resource_id where the description has none", { resource_id: ID, resource_detail: {} }],
    ["resource_id and the description alike", { resource_id: ID, resource_detail: KEY }],
  ])("is found in %s", (_where, row) => {
    expect(first("key", { tags: [], ...row })?.resource.id).toBe(ID);
  });

  test("is found in the description of a secret, too", () => {
    expect(first("secret", { resource_detail: SECRET })?.resource.id).toBe(ID);
  });

  test.each([
    ["there is none", {}],
    ["it is no id", { resource_id: "../../etc" }],
    ["the parts of the row speak of two", { resource_id: OTHER, resource_detail: KEY }],
    ["the row is no object", "row"],
    ["there is no row", null],
  ])("is missing where %s, and the row is counted", (_why, row) => {
    expect(read("key", row)).toEqual({ items: [null], rows: 1, total: 1 });
  });
});

describe("the tags of a row", () => {
  test("are read, an absent value as an empty one", () => {
    const tags = [{ key: "A", value: "1" }, { key: "B" }, { key: "C", value: null }];
    expect(first("secret", { resource_id: ID, tags })?.tags).toEqual(
      new Map([
        ["A", "1"],
        ["B", ""],
        ["C", ""],
      ]),
    );
  });

  test("are none where the list is empty", () => {
    expect(first("secret", { resource_id: ID, tags: [] })?.tags).toEqual(new Map());
  });

  test.each([
    ["no list", {}],
    ["null", { tags: null }],
    ["text", { tags: "[]" }],
    ["an entry that is no tag", { tags: [{ key: "A", value: "1" }, "B"] }],
    ["no entry", { tags: [null] }],
    ["a key that is no text", { tags: [{ key: 1, value: "1" }] }],
    ["a value that is no text", { tags: [{ key: "A", value: 1 }] }],
  ])("are unknown, never none, where there is %s", (_what, row) => {
    expect(first("secret", { resource_id: ID, ...row })?.tags).toBeNull();
  });
});

describe("the facts of a row", () => {
  test("of a secret are those of its description", () => {
    const described = parseSecretDetail({ secret: SECRET });
    const item = first("secret", { resource_id: ID, resource_detail: SECRET, tags: [] });
    for (const [field, value] of described?.fields ?? [])
      expect(item?.facts.fields.get(field), field).toBe(value);
    expect(item?.resource).toEqual({ type: "secret", id: ID, name: "prod-db" });
    expect(item?.facts.fields.get("region")).toBe("cn-north-4");
    expect(item?.facts.hasEvent).toBe(false);
  });

  test("of a key are those of its description", () => {
    const described = parseKeyDetail({ key_info: KEY });
    const item = first("key", { resource_id: ID, resource_detail: [KEY], tags: [] });
    for (const [field, value] of described?.fields ?? [])
      expect(item?.facts.fields.get(field), field).toBe(value);
  });

  test("are unread without a description, but for the name beside it", () => {
    const item = first("secret", { resource_id: ID, resource_name: "prod-db", tags: [] });
    expect(item?.facts.fields.get("resource.name")).toBe("prod-db");
    expect(item?.facts.fields.has("resource.state")).toBe(false);
    expect(item?.facts.fields.has("resource.kmsKeyId")).toBe(false);
  });
});

test.each([
  ["a default key by its flag", { ...KEY, default_key_flag: "1" }, "default-key"],
  ["a default key by its alias", { ...KEY, key_alias: "evs/default" }, "default-key"],
  ["a key pending deletion", { ...KEY, key_state: "4" }, "pending-deletion"],
  ["a disabled key", { ...KEY, key_state: "3" }, null],
])("%s is skipped accordingly", (_what, detail, skip) => {
  expect(first("key", { resource_detail: detail, tags: [] })?.skip).toBe(skip);
});

test.each([
  [{ total_count: 3 }, 3],
  [{ total_count: "3" }, 3],
  [{ total_count: 0 }, 0],
  [{ total_count: "0" }, 0],
  [{ total_count: "999999999" }, 999_999_999],
  [{ total_count: "1234567890" }, null],
  [{ total_count: "" }, null],
  [{ total_count: "3." }, null],
  [{ total_count: "-3" }, null],
  [{ total_count: 1.5 }, null],
  [{ total_count: [3] }, null],
  [{ total_count: -1 }, null],
  [{ total_count: "many" }, null],
  [{}, null],
  [null, null],
])("the total in %j is %j", (answer, total) => {
  expect(readTotal(answer)).toBe(total);
});

test.each([null, [], {}, { resources: null }, { resources: "none" }])("%j is no page", (answer) => {
  expect(readInstancePage("secret", answer, PLACE)).toBeNull();
  expect(readKeyPage(answer, PLACE)).toBeNull();
});

test("a page tells how many rows it has, and how many there are, however it was parsed", () => {
  const text = JSON.stringify({ resources: [{ resource_id: ID }, "row"], total_count: 3000 });
  for (const answer of [JSON.parse(text), parseJsonRows(Buffer.from(text), "resources")]) {
    const page = readInstancePage("secret", answer, PLACE);
    expect(page).toMatchObject({ rows: 2, total: 3000 });
    expect([...(page?.items ?? [])].map((item) => item?.resource.id)).toEqual([ID, undefined]);
  }
});

describe("a page of list-keys", () => {
  const page = (about: object) =>
    readKeyPage(
      { keys: [ID], key_details: [KEY], next_marker: "", truncated: "false", ...about },
      PLACE,
    );

  test("names a key once, with its description where there is one", () => {
    const items = page({ keys: [ID, OTHER] })?.items;
    expect(items?.map(({ resource, tags }) => [resource.id, resource.name, tags])).toEqual([
      [ID, "prod-key", null],
      [OTHER, undefined, null],
    ]);
  });

  test.each([
    [{}, null],
    [{ truncated: "true", next_marker: "1000" }, "1000"],
    [{ truncated: true, next_marker: 1000 }, "1000"],
    [{ truncated: undefined, next_marker: "1000" }, "1000"],
    [{ truncated: "false", next_marker: "1000" }, null],
    [{ truncated: false, next_marker: "1000" }, null],
    [{ truncated: undefined, next_marker: "" }, null],
    [{ truncated: "true", next_marker: "" }, undefined],
    [{ truncated: true, next_marker: null }, undefined],
  ])("with %j goes on at %j", (about, next) => {
    expect(page(about)?.next).toBe(next);
  });

  test("may name keys by their ids alone, or by their descriptions alone", () => {
    const bare = page({ key_details: undefined });
    expect(bare?.items.map(({ resource }) => resource)).toEqual([{ type: "key", id: ID }]);
    expect(bare?.rows).toBe(1);
    const described = page({ keys: null });
    expect(described?.items.map(({ resource }) => resource.name)).toEqual(["prod-key"]);
    expect(described?.rows).toBe(1);
    expect(page({ keys: [], key_details: [] })).toEqual({ items: [], rows: 0, next: null });
    expect(page({ keys: "k", key_details: {} })).toBeNull();
  });

  test("passes over descriptions that are none, or of nobody", () => {
    const details = ["text", { ...KEY, key_id: "?" }, { key_alias: "nobody" }, KEY];
    const found = page({ keys: [], key_details: details });
    expect(found?.items.map(({ resource }) => resource.id)).toEqual([ID]);
    expect(found?.rows).toBe(4);
  });

  test("counts what it cannot read", () => {
    expect(page({ keys: [ID, "?"], key_details: [KEY, {}] })).toMatchObject({ rows: 2 });
    expect(page({ keys: [ID, "?"], key_details: [KEY, {}] })?.items).toHaveLength(1);
  });
});
