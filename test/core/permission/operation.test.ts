import { expect, test } from "vitest";
import {
  OPERATIONS,
  type Operation,
  type OperationName,
} from "../../../shared/core/permission/operation.ts";

const rows: readonly (readonly [string, Operation])[] = Object.entries(OPERATIONS);

/** Actions of roles and of identity policies; a question mark where no document at hand names one. */
const said = ({ role, policy }: Operation) =>
  [role, policy].map(({ name, established }) => `${name}${established ? "" : "?"}`);

test("each operation is permitted by these actions of a role and of an identity policy", () => {
  expect(Object.fromEntries(rows.map(([name, row]) => [name, said(row)]))).toEqual({
    listSecretTags: ["csms:tag:getBySecret", "csms:secret:listTags"],
    writeSecretTags: ["csms:tag:batch", "csms:secret:batchCreateOrDeleteTags"],
    showSecret: ["csms:secret:get", "csms:secret:get"],
    listSecrets: ["csms:tag:getSecretByTag", "csms:secret:getSecretsByTag"],
    listProjectSecretTags: ["csms:tag:getAll", "csms::listProjectTags"],
    listKeyTags: ["kms:cmkTag:list", "kms:cmk:getTags"],
    writeKeyTags: ["kms:cmkTag:batch", "kms:cmk:createTags"],
    showKey: ["kms:cmk:get", "kms:cmk:get"],
    listKeys: ["kms:cmkTag:listInstance", "kms:cmk:listKeysByTag"],
    listAllKeys: ["kms:cmk:list", "kms:cmk:list"],
    listProjectKeyTags: ["kms:cmkTag:list", "kms::listAllTags"],
    readObject: ["obs:object:GetObject", "obs:object:getObject?"],
    writeObject: ["obs:object:PutObject", "obs:object:putObject?"],
    deleteObject: ["obs:object:DeleteObject", "obs:object:deleteObject?"],
    listObjects: ["obs:bucket:ListBucket", "obs:bucket:listBucket"],
    invokeFunction: ["functiongraph:function:invokeAsync", "functiongraph:function:invokeAsync?"],
    publishMessage: ["smn:topic:publish", "smn:topic:publish?"],
  });
});

test("only two operations write tags", () => {
  const names = rows.filter(([, { writesTags }]) => writesTags).map(([name]) => name);
  expect(names).toEqual(["writeSecretTags", "writeKeyTags"]);
});

test("an operation of a store or on a function can be limited to it, no other can", () => {
  const limited = rows.filter(([, { target }]) => target !== "any");
  expect(Object.fromEntries(limited.map(([name, { target }]) => [name, target]))).toEqual({
    readObject: "objects",
    writeObject: "objects",
    deleteObject: "objects",
    listObjects: "bucket",
    invokeFunction: "function",
  });
});

test("each operation is told in words of its own", () => {
  const told = rows.map(([, { does }]) => does);
  expect(new Set(told).size).toBe(rows.length);
  for (const text of told) expect(text).toMatch(/^[a-z]+ .+[^.]$/);
});

test.each<readonly [OperationName, string]>([
  ["showKey", "dew-api.md 9"],
  ["writeKeyTags", "dew-api.md 9"],
  ["readObject", "api-obs obs_04_0112 (role)"],
  ["listObjects", "usermanual-iam iam_01_0019, usermanual-iam5 iam_01_1289"],
  ["invokeFunction", "T Cloud Public, Config user guide, custom rules (role)"],
  ["publishMessage", "api-smn, Message Publishing (role)"],
])("where the actions of %s are named is said", (name, source) => {
  expect(OPERATIONS[name].source).toBe(source);
});
