import { describe, expect, test } from "vitest";
import {
  createEvent,
  idOf,
  keyTagsOf,
  listResource,
} from "../../../shared/core/policy-test/fixture.ts";
import type { PolicyTest } from "../../../shared/core/policy-test/schema.ts";
import type { ResourceType } from "../../../shared/core/resource.ts";

const ID = "0d0466b0-e727-4d9c-b35d-f84bb474a37f";
const MADE_UP_ID = "00000000-0000-4000-8000-000000000001";
const KMS_KEY_ID = "resource.kmsKeyId";
const NOW_MS = Date.UTC(2026, 10, 21, 12);

const about = (fixture: Partial<PolicyTest>): PolicyTest => ({
  name: "a",
  expect: { bulk: {} },
  ...fixture,
});
const listed = (
  fixture: Partial<PolicyTest>,
  type: ResourceType,
  traced: [] | [string, string] = [],
) => {
  const [field, value] = traced;
  const known = new Map(
    field === "resource.name" || field === "region" ? [[field, value ?? ""] as const] : [],
  );
  return listResource(about(fixture), type, ID, known);
};

const SECRET = {
  type: "secret",
  name: "prod-a",
  enterpriseProject: "ep",
  state: "ENABLED",
  createdAt: "2026-11-20T10:00:00Z",
  kmsKeyId: ID,
  secretType: "COMMON",
  region: "eu-west-101",
  project: "p-1",
  tags: { Owner: "ann" },
} as const;

describe("the resource of a test", () => {
  test("has all that the test says of it", () => {
    const item = listed({ resource: SECRET }, "secret");
    expect(item.resource).toEqual({ type: "secret", id: ID, name: "prod-a" });
    expect(item.tags).toEqual(new Map([["Owner", "ann"]]));
    expect(item.skip).toBeNull();
    expect(item.facts).toMatchObject({ type: "secret", hasEvent: false, keyTags: null });
    expect(Object.fromEntries(item.facts.fields)).toEqual({
      "resource.name": "prod-a",
      "resource.id": ID,
      "resource.type": "secret",
      "resource.state": "ENABLED",
      "resource.createdAt": "2026-11-20T10:00:00.000Z",
      "resource.kmsKeyId": ID,
      "resource.secretType": "COMMON",
      "resource.keySpec": null,
      "resource.enterpriseProject": "ep",
      region: "eu-west-101",
      project: "p-1",
    });
  });

  test("has a key's fields where it is a key", () => {
    const resource = { ...SECRET, type: "key", keySpec: "RSA_2048", state: "4" } as const;
    const item = listed({ resource }, "key");
    expect(item.skip).toBe("pending-deletion");
    expect(Object.fromEntries(item.facts.fields)).toMatchObject({
      "resource.state": "4",
      "resource.kmsKeyId": null,
      "resource.secretType": null,
      "resource.keySpec": "RSA_2048",
    });
  });

  test("has nothing that nobody says of it", () => {
    const item = listed({}, "secret");
    expect(item.resource).toEqual({ type: "secret", id: ID });
    expect(item.tags).toEqual(new Map());
    expect(Object.fromEntries(item.facts.fields)).toEqual({
      "resource.name": null,
      "resource.id": ID,
      "resource.type": "secret",
      "resource.state": null,
      "resource.createdAt": null,
      "resource.kmsKeyId": null,
      "resource.secretType": null,
      "resource.keySpec": null,
      "resource.enterpriseProject": null,
      region: null,
      project: null,
    });
  });

  test("has what its trace tells where the test does not say otherwise", () => {
    const traced = ["resource.name", "traced"] as [string, string];
    expect(listed({}, "secret", traced).resource.name).toBe("traced");
    expect(listed({ resource: { name: "said" } }, "secret", traced).resource.name).toBe("said");
    expect(listed({}, "key", ["region", "r-1"]).facts.fields.get("region")).toBe("r-1");
  });

  test("is encrypted by a key of its own where the test has one", () => {
    const kmsKey = { tags: { CostCenter: "CC-1" } };
    const { facts } = listed({ kmsKey }, "secret");
    expect(facts.fields.get("resource.kmsKeyId")).toBe("00000000-0000-4000-8000-000000000002");
    expect(facts.keyTags).toEqual(new Map([["CostCenter", "CC-1"]]));
    const untold = listResource(about({ kmsKey }), "secret", ID, new Map([[KMS_KEY_ID, null]]));
    expect(untold.facts.fields.get(KMS_KEY_ID)).toBe("00000000-0000-4000-8000-000000000002");
    const said = listed({ kmsKey, resource: { kmsKeyId: ID } }, "secret");
    expect(said.facts.fields.get("resource.kmsKeyId")).toBe(ID);
  });

  test("has the id that the test says, or one that is made up", () => {
    expect(idOf(about({ resource: { id: ID } }))).toBe(ID);
    expect(idOf(about({ resource: {} }))).toBe(MADE_UP_ID);
    expect(idOf(about({}))).toBe(MADE_UP_ID);
  });

  test("has no key to read where the test has none", () => {
    expect(keyTagsOf(about({}))).toBeNull();
    expect(keyTagsOf(about({ kmsKey: { tags: {} } }))).toEqual(new Map());
  });
});

describe("the event of a creation", () => {
  test("tells all that the test says", () => {
    const created = {
      by: "ann",
      id: "u-1",
      type: "User",
      domain: "shop",
      ip: "10.0.0.1",
      agent: "terraform",
      at: "2026-11-20T10:00:00Z",
      trace: "restoreSecretFromBackupBlob",
    };
    const test = about({ resource: { ...SECRET, id: ID } });
    expect(createEvent(created, "secret", test, NOW_MS)).toEqual({
      cts: {
        trace_name: "restoreSecretFromBackupBlob",
        trace_rating: "normal",
        resource_type: "secret",
        resource_id: ID,
        resource_name: "prod-a",
        enterprise_project_id: "ep",
        project_id: "p-1",
        time: Date.UTC(2026, 10, 20, 10),
        user: { name: "ann", id: "u-1", type: "User", domain: { name: "shop" } },
        source_ip: "10.0.0.1",
        user_agent: "terraform",
      },
    });
  });

  test.each([
    ["secret", "createSecret", "secret"],
    ["key", "createKey", "cmk"],
  ] as const)("of a %s is %s, now, where nothing is said", (type, trace, resourceType) => {
    expect(createEvent({}, type, about({}), NOW_MS)).toEqual({
      cts: {
        trace_name: trace,
        trace_rating: "normal",
        resource_type: resourceType,
        resource_id: MADE_UP_ID,
        time: NOW_MS,
        user: { domain: {} },
      },
    });
  });
});
