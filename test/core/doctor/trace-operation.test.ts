import { describe, expect, test } from "vitest";
import { ok, problem, unknown } from "../../../shared/core/doctor/diagnosis.ts";
import {
  compareSubscriptions,
  creationTraces,
  judgeTraces,
  readOperations,
  readSubscription,
  subscriptionFor,
  type TraceOperations,
  textsOf,
} from "../../../shared/core/doctor/trace-operation.ts";
import { answered, said, silent, UNREADABLE } from "./answers.ts";

const row = (serviceType: string, types: string, names: string): TraceOperations => ({
  serviceType,
  resourceTypes: types.split(" "),
  names: names.split(" "),
});
const SECRETS = row(
  "CSMS",
  "secret",
  "createSecret deleteSecret restoreSecretFromBackupBlob restoreSecretFromDeletedStatus",
);
const KEYS = row("KMS", "Cmk other", "cancelKeyDeletion createKey");
const DISKS = row("EVS", "disk", "createKey createSecret");
const KNOWN = [DISKS, SECRETS, KEYS];

/** A list as CTS answers it; each row with one type, as there. */
const listed = (rows: readonly TraceOperations[]) =>
  said({
    operations: rows.map(({ serviceType, resourceTypes, names }) => ({
      service_type: serviceType,
      resource_type: resourceTypes[0],
      operation_list: names,
    })),
  });

test("only texts are taken from a list", () => {
  expect(textsOf(["a", 1, null, "", "b"])).toEqual(["a", "", "b"]);
  for (const other of ["ab", undefined, { 0: "a", length: 1 }]) expect(textsOf(other)).toEqual([]);
});

describe("CTS' operations are read", () => {
  test("row by row, without the rows that are none", () => {
    const operations = [
      { service_type: "KMS", resource_type: "cmk", operation_list: ["createKey", 7] },
      { service_type: "CSMS", resource_type: 1, operation_list: "createSecret" },
      { resource_type: "cmk", operation_list: ["createKey"] },
      "KMS",
      null,
    ];
    expect(readOperations(said({ operations }))).toEqual([
      { serviceType: "KMS", resourceTypes: ["cmk"], names: ["createKey"] },
      { serviceType: "CSMS", resourceTypes: [], names: [] },
    ]);
    expect(readOperations(said({ operations: [] }))).toEqual([]);
  });

  test("from nothing but a list", () => {
    for (const answer of [...UNREADABLE, said({}), said({ operations: { 0: "x" } }), said([])])
      expect(readOperations(answer)).toBeNull();
  });
});

test("an item of a trigger names a service, types and traces", () => {
  expect(readSubscription("KMS:cmk;secret:createKey;createSecret")).toEqual(
    row("KMS", "cmk secret", "createKey createSecret"),
  );
  expect(readSubscription("")).toEqual({ serviceType: "", resourceTypes: [""], names: [""] });
});

test("the creation traces of a kind are its own", () => {
  expect(creationTraces("key")).toEqual(["createKey", "cancelKeyDeletion"]);
  expect(creationTraces("secret")).toEqual([
    "createSecret",
    "restoreSecretFromBackupBlob",
    "restoreSecretFromDeletedStatus",
  ]);
});

describe("what to subscribe to", () => {
  test("is every creation trace that CTS knows of the kind, as CTS names it", () => {
    expect(subscriptionFor("key", KNOWN)).toBe("KMS:Cmk;other:createKey;cancelKeyDeletion");
    expect(subscriptionFor("secret", [row("KMS", "csms", "x restoreSecretFromBackupBlob")])).toBe(
      "KMS:csms:restoreSecretFromBackupBlob",
    );
  });

  test.each([
    ["CTS' list is not known", null],
    ["the list is empty", []],
    ["only other kinds have such traces", [DISKS, SECRETS]],
    ["the kind has only other traces", [row("KMS", "cmk", "deleteKey CreateKey")]],
  ])("is nothing where %s", (_, known) => {
    expect(subscriptionFor("key", known)).toBe("");
  });
});

describe("CTS knows the creation traces", () => {
  test("all of them, under names that are told once each", () => {
    expect(judgeTraces(listed(KNOWN))).toEqual(ok("known: KMS:Cmk, CSMS:secret"));
    const twice = [...KNOWN, row("KMS", "key", "createKey")];
    expect(judgeTraces(listed(twice))).toEqual(ok("known: KMS:Cmk, KMS:key, CSMS:secret"));
  });

  test("or does not, and which are missing is said", () => {
    const fewer = [DISKS, row("CSMS", "secret", "createSecret cancelKeyDeletion"), KEYS];
    expect(judgeTraces(listed(fewer))).toEqual(
      problem(
        "CTS knows no restoreSecretFromBackupBlob, restoreSecretFromDeletedStatus here",
        "subscribe to what the console of CTS offers for secrets and keys; what no trace tells, the audit finds",
      ),
    );
  });

  test("as far as its answer shows", () => {
    expect(judgeTraces(said({}))).toEqual(
      unknown("the list of operations cannot be read", "compare it with the console of CTS"),
    );
    expect(judgeTraces(answered(403, "CTS.1"))).toEqual(
      unknown("may not be looked at (403 CTS.1)", "allow yourself cts:notification:listOperation"),
    );
    expect(judgeTraces(silent("ETIMEDOUT"))).toMatchObject({ found: "no answer (ETIMEDOUT)" });
  });
});

describe("subscriptions are compared", () => {
  const all = "KMS:Cmk;other:createKey;cancelKeyDeletion";

  test("with what CTS offers for the kind", () => {
    expect(compareSubscriptions("key", [all], KNOWN)).toEqual({ missing: [], foreign: [] });
    expect(compareSubscriptions("key", ["KMS:Cmk:createKey"], KNOWN)).toEqual({
      missing: ["cancelKeyDeletion"],
      foreign: [],
    });
    expect(compareSubscriptions("key", [], KNOWN)).toEqual({
      missing: ["createKey", "cancelKeyDeletion"],
      foreign: [],
    });
  });

  test("over several items together", () => {
    const items = ["KMS:other;Cmk:createKey", "KMS:Cmk:cancelKeyDeletion"];
    expect(compareSubscriptions("key", items, KNOWN)).toEqual({ missing: [], foreign: [] });
  });

  test("and what CTS does not know need not be subscribed to", () => {
    const known = [row("KMS", "cmk", "createKey")];
    expect(compareSubscriptions("key", ["KMS:cmk:createKey"], known)).toEqual({
      missing: [],
      foreign: [],
    });
  });

  test("with every creation trace where CTS offers none of the kind", () => {
    for (const known of [null, [], [SECRETS]])
      expect(compareSubscriptions("key", [], known).missing).toEqual([
        "createKey",
        "cancelKeyDeletion",
      ]);
  });

  test("without a word on foreign names where CTS' list is not known", () => {
    expect(compareSubscriptions("key", ["X:cmk:createKey;cancelKeyDeletion"], null)).toEqual({
      missing: [],
      foreign: [],
    });
  });

  test.each([
    ["another service", "CSMS:Cmk:createKey", []],
    ["another type", "KMS:cmk:createKey", []],
    ["another case of a name", "KMS:Cmk:CreateKey", ["createKey"]],
    ["another kind's trace", "KMS:Cmk:createSecret", ["createKey"]],
    ["a disk's type", "EVS:disk:createKey", ["createKey"]],
  ])("by every letter: %s", (what, item, missing) => {
    const expected = {
      missing: [...missing, "cancelKeyDeletion"],
      foreign: what === "a disk's type" ? [] : [item],
    };
    expect(compareSubscriptions("key", [item], KNOWN)).toEqual(expected);
  });

  test("and each foreign name stands alone with its service and types", () => {
    const { foreign } = compareSubscriptions("key", ["KMS:Cmk;x:createKey;a;b"], KNOWN);
    expect(foreign).toEqual(["KMS:Cmk;x:a", "KMS:Cmk;x:b"]);
  });
});
