import { describe, expect, test } from "vitest";
import { ok, problem, unknown } from "../../../shared/core/doctor/diagnosis.ts";
import {
  actionWords,
  firstSubject,
  judgePermission,
  PERMISSIONS,
  type Permission,
  pathOf,
} from "../../../shared/core/doctor/permission.ts";
import { answered, said, silent, UNREADABLE } from "./answers.ts";

const there = { id: "id-1", name: "name-1", exists: true };
const absent = { id: "id-0", name: "name-0", exists: false };

function permissionNamed(id: string): Permission {
  const found = PERMISSIONS.find((permission) => permission.id === id);
  if (found === undefined) throw new Error(`no permission ${id}`);
  return found;
}

test("each operation on secrets and keys is asked for by a call that changes nothing", () => {
  const calls = PERMISSIONS.map((permission) => {
    const call = permission.call(there, absent, "Owner");
    return [permission.id, pathOf(permission, call, "p1"), call.body];
  });
  const page = { action: "filter", limit: "1", offset: "0" };
  const deletion = { action: "delete", tags: [{ key: "Owner" }] };
  expect(calls).toEqual([
    ["secret.instances", "/v1/p1/csms/resource_instances/action", page],
    ["secret.vocabulary", "/v1/p1/csms/tags", undefined],
    ["secret.tags", "/v1/p1/csms/id-1/tags", undefined],
    ["secret.write", "/v1/p1/csms/id-0/tags/action", deletion],
    ["secret.show", "/v1/p1/secrets/name-1", undefined],
    ["key.instances", "/v1.0/p1/kms/resource_instances/action", page],
    ["key.vocabulary", "/v1.0/p1/kms/tags", undefined],
    ["key.tags", "/v1.0/p1/kms/id-1/tags", undefined],
    ["key.write", "/v1.0/p1/kms/id-0/tags/action", deletion],
    ["key.list", "/v1.0/p1/kms/list-keys", { limit: "1", key_spec: "ALL" }],
    ["key.show", "/v1.0/p1/kms/describe-key", { key_id: "id-1" }],
  ]);
});

test("each permission says of which kind it is, what it lets one do, and what permits it", () => {
  expect(
    PERMISSIONS.map(({ id, type, does, operation }) => [id, type, does, operation].join(" | ")),
  ).toEqual([
    "secret.instances | secret | list secrets with their tags | listSecrets",
    "secret.vocabulary | secret | list the tags of all secrets | listProjectSecretTags",
    "secret.tags | secret | read the tags of a secret | listSecretTags",
    "secret.write | secret | write tags of a secret | writeSecretTags",
    "secret.show | secret | describe a secret | showSecret",
    "key.instances | key | list keys with their tags | listKeys",
    "key.vocabulary | key | list the tags of all keys | listProjectKeyTags",
    "key.tags | key | read the tags of a key | listKeyTags",
    "key.write | key | write tags of a key | writeKeyTags",
    "key.list | key | list keys | listAllKeys",
    "key.show | key | describe a key | showKey",
  ]);
});

test("only writes are asked for about what is not there", () => {
  const aboutNothing = PERMISSIONS.filter((permission) => permission.aboutNothing);
  expect(aboutNothing.map(({ id }) => id)).toEqual(["secret.write", "key.write"]);
});

describe("an operation", () => {
  const judge = (id: string, answer: ReturnType<typeof answered>) =>
    judgePermission(permissionNamed(id), answer);

  test("is permitted if it succeeds", () => {
    expect(judge("secret.tags", answered(200))).toEqual(ok("permitted"));
  });

  test("seems permitted if only the resource is missing, whatever the status", () => {
    const found = "seems permitted (400 CSMS.0005)";
    expect(judge("secret.write", answered(400, "CSMS.0005"))).toEqual(ok(found));
    expect(judge("key.show", answered(403, "KMS.0207"))).toEqual(
      ok("seems permitted (403 KMS.0207)"),
    );
  });

  test("is not judged by another service's code, nor by a status without one", () => {
    const advice = "run doctor again; if it stays so, look at the service's status";
    expect(judge("secret.tags", answered(400, "KMS.0207"))).toEqual(
      unknown("400 KMS.0207", advice),
    );
    expect(judge("key.tags", answered(404))).toEqual(unknown("404", advice));
    expect(judge("key.tags", silent("KMS.0207"))).toEqual(unknown("no answer (KMS.0207)", advice));
  });

  test("is refused by 403, and the action to allow is named", () => {
    expect(judge("secret.tags", answered(403, "CSMS.0302"))).toEqual(
      problem(
        "refused (403 CSMS.0302)",
        "allow csms:secret:listTags (in a role: csms:tag:getBySecret)",
        "access",
      ),
    );
  });

  test("that writes is not proved by a write to nothing that succeeds", () => {
    expect(judge("key.write", answered(204))).toEqual(
      unknown(
        "a write to an id that nothing has was accepted (204)",
        "try it on a resource of your own: tagwarden plan --ids",
      ),
    );
  });
});

test("an action of one name is said once", () => {
  expect(actionWords("showKey")).toBe("kms:cmk:get");
  expect(actionWords("writeKeyTags")).toBe("kms:cmk:createTags (in a role: kms:cmkTag:batch)");
});

describe("a resource to ask about", () => {
  test("is the first of the page", () => {
    const row = { resource_id: "id-1", resource_name: "name-1", tags: [] };
    const next = { resource_id: "id-2", resource_name: "name-2" };
    expect(firstSubject(said({ resources: [row, next] }))).toEqual(there);
  });

  test.each([
    ["has no list", {}],
    [
      "has something else for a list",
      { resources: { 0: { resource_id: "a", resource_name: "b" } } },
    ],
    ["is empty", { resources: [] }],
    ["has something else for a row", { resources: ["row"] }],
    ["has a row without an id", { resources: [{ resource_name: "b" }] }],
    ["has a row without a name", { resources: [{ resource_id: "a", resource_name: 1 }] }],
  ])("is not there where the page %s", (_, body) => {
    expect(firstSubject(said(body))).toBeNull();
  });

  test("is not there where there is no page", () => {
    const page = { resources: [{ resource_id: "id-1", resource_name: "name-1" }] };
    for (const answer of [...UNREADABLE, answered(500, "", page)])
      expect(firstSubject(answer)).toBeNull();
  });
});
