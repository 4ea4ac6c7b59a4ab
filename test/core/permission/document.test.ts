import { describe, expect, test } from "vitest";
import {
  ANY_DEPLOYMENT,
  type Demands,
  type Deployment,
  demandsOf,
  FUNCTION_NAMES,
} from "../../../shared/core/permission/demand.ts";
import {
  documentsOf,
  KEYS_STATEMENT,
  permissionsOf,
} from "../../../shared/core/permission/document.ts";
import type { OperationName } from "../../../shared/core/permission/operation.ts";
import { constant, policy, rule } from "../plan/builders.ts";

/** Demands of these operations; when they are made plays no part in documents. */
const demanding = (
  operations: readonly OperationName[],
  keys: readonly string[] | null = null,
): Demands => ({ keys, demands: operations.map((operation) => ({ operation, when: "" })) });

const LIMITED: Deployment = {
  store: { bucket: "acme", prefix: "tags/" },
  queue: { package: "default", function: "retag" },
  topic: "any",
  anyKey: false,
};
const REACHING = demanding([
  "listObjects",
  "readObject",
  "showKey",
  "invokeFunction",
  "writeObject",
]);

describe("documents of IAM", () => {
  test("allow each action once, in alphabetical order", () => {
    const demands = demanding(["showKey", "listKeyTags", "listProjectKeyTags", "showKey"]);
    expect(documentsOf(demands, ANY_DEPLOYMENT)).toEqual({
      role: {
        Version: "1.1",
        Statement: [{ Effect: "Allow", Action: ["kms:cmk:get", "kms:cmkTag:list"] }],
      },
      policy: {
        Version: "5.0",
        Statement: [
          { Effect: "Allow", Action: ["kms::listAllTags", "kms:cmk:get", "kms:cmk:getTags"] },
        ],
      },
    });
  });

  test("allow nothing where nothing is demanded", () => {
    expect(documentsOf(demanding([], ["A"]), ANY_DEPLOYMENT)).toEqual({
      role: { Version: "1.1", Statement: [] },
      policy: { Version: "5.0", Statement: [] },
    });
  });

  test("have actions of OBS in a statement of their own", () => {
    expect(documentsOf(REACHING, ANY_DEPLOYMENT).role.Statement).toEqual([
      {
        Effect: "Allow",
        Action: ["obs:bucket:ListBucket", "obs:object:GetObject", "obs:object:PutObject"],
      },
      { Effect: "Allow", Action: ["functiongraph:function:invokeAsync", "kms:cmk:get"] },
    ]);
  });

  test("limit a role to the bucket, the prefix in it, and the function that is called", () => {
    expect(documentsOf(REACHING, LIMITED).role.Statement).toEqual([
      {
        Effect: "Allow",
        Action: ["obs:bucket:ListBucket"],
        Resource: ["obs:*:*:bucket:acme"],
      },
      {
        Effect: "Allow",
        Action: ["obs:object:GetObject", "obs:object:PutObject"],
        Resource: ["obs:*:*:object:acme/tags/*"],
      },
      { Effect: "Allow", Action: ["kms:cmk:get"] },
      {
        Effect: "Allow",
        Action: ["functiongraph:function:invokeAsync"],
        Resource: ["functiongraph:*:*:function:default/retag"],
      },
    ]);
  });

  test("do not limit an identity policy to a function, whose form is not established", () => {
    expect(documentsOf(REACHING, LIMITED).policy.Statement.slice(2)).toEqual([
      { Effect: "Allow", Action: ["functiongraph:function:invokeAsync", "kms:cmk:get"] },
    ]);
  });
});

describe("the statement that denies tag keys", () => {
  const denied = (operations: readonly OperationName[], keys: readonly string[] | null) =>
    documentsOf(demanding(operations, keys), ANY_DEPLOYMENT).policy.Statement.slice(1);

  test("denies all but the policy's to every action that writes tags, in identity policies only", () => {
    const operations = ["showKey", "writeSecretTags", "writeKeyTags"] as const;
    expect(denied(operations, ["Owner", "Env", "Owner"])).toEqual([
      {
        Sid: "OnlyKeysOfThePolicy",
        Effect: "Deny",
        Action: ["csms:secret:batchCreateOrDeleteTags", "kms:cmk:createTags"],
        Condition: { "ForAnyValue:StringNotEquals": { "g:TagKeys": ["Env", "Owner"] } },
      },
    ]);
    const { role } = documentsOf(demanding(operations, ["Owner"]), ANY_DEPLOYMENT);
    expect(role.Statement).toHaveLength(1);
  });

  test("sorts its actions as it sorts the keys", () => {
    const [statement] = denied(["writeKeyTags", "writeSecretTags"], ["A"]);
    expect(statement?.Action).toEqual([
      "csms:secret:batchCreateOrDeleteTags",
      "kms:cmk:createTags",
    ]);
  });

  test("is not there where every key may be written, or none is", () => {
    expect(denied(["writeKeyTags"], null)).toEqual([]);
    expect(denied(["showKey"], ["Owner"])).toEqual([]);
  });

  test("is known by its name", () => {
    expect(KEYS_STATEMENT).toBe("OnlyKeysOfThePolicy");
  });
});

test("each function has the documents of its own demands", () => {
  const about = policy({ tags: [rule("A", { sources: [constant("x")] })] });
  expect(permissionsOf(about, LIMITED)).toEqual(
    Object.fromEntries(
      FUNCTION_NAMES.map((name) => [name, documentsOf(demandsOf(name, about, LIMITED), LIMITED)]),
    ),
  );
});
