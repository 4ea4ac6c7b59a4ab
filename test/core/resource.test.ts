import { describe, expect, test } from "vitest";
import { KEY_LIMITS, SECRET_LIMITS } from "../../shared/core/limits.ts";
import {
  isDefaultKeyAlias,
  isResourceId,
  isSecretName,
  RESOURCE_KINDS,
  RESOURCE_TYPES,
} from "../../shared/core/resource.ts";

describe("the kinds of resources", () => {
  test("each has its row", () => {
    expect(RESOURCE_TYPES).toEqual(["secret", "key"]);
    for (const type of RESOURCE_TYPES) expect(RESOURCE_KINDS[type].type).toBe(type);
  });

  test("traces call each by several names", () => {
    const { secret, key } = RESOURCE_KINDS;
    expect(secret.traceTypes).toEqual(["secret", "secrets", "csms"]);
    expect(key.traceTypes).toEqual(["cmk", "key", "kms"]);
  });

  test("a secret's tags are calls to CSMS, a key's to KMS", () => {
    const { secret, key } = RESOURCE_KINDS;
    expect([secret.basePath("p-1"), key.basePath("p-1")]).toEqual([
      "/v1/p-1/csms",
      "/v1.0/p-1/kms",
    ]);
  });

  test("a secret has one set of limits, a key those of the policy's profile", () => {
    const { secret, key } = RESOURCE_KINDS;
    for (const profile of ["documented", "extended"] as const) {
      expect(secret.limits(profile)).toBe(SECRET_LIMITS);
      expect(key.limits(profile)).toBe(KEY_LIMITS[profile]);
    }
  });

  test("only a secret is encrypted by a key", () => {
    const { secret, key } = RESOURCE_KINDS;
    expect([secret.hasEncryptingKey, key.hasEncryptingKey]).toEqual([true, false]);
  });

  test("the services' codes say what is absent, what is never tagged, what is hopeless, and what is full", () => {
    const codesOf = (type: "secret" | "key") => {
      const { absentCodes, untaggableCodes, hopelessCodes, fullCodes } = RESOURCE_KINDS[type];
      return { absentCodes, untaggableCodes, hopelessCodes, fullCodes };
    };
    expect(codesOf("secret")).toEqual({
      absentCodes: ["CSMS.0005", "CSMS.0106"],
      untaggableCodes: { "CSMS.0103": "pending-deletion", "CSMS.0107": "pending-deletion" },
      hopelessCodes: [],
      fullCodes: [],
    });
    expect(codesOf("key")).toEqual({
      absentCodes: ["KMS.0207"],
      untaggableCodes: {
        "KMS.0211": "default-key",
        "KMS.0210": "pending-deletion",
        "KMS.0105": "replica",
        "KMS.0106": "replica",
      },
      hopelessCodes: ["KMS.5022", "KMS.0405", "KMS.0407", "KMS.0410", "KMS.0411"],
      fullCodes: ["KMS.0409"],
    });
  });
});

test.each<[unknown, boolean]>([
  ["0a1b2c3d-4e5f-6a7b-8c9d-0e1f2a3b4c5d", true],
  ["0z1y2x3w-4e5f-6a7b-8c9d-0e1f2a3b4c5d", true],
  ["0a1b2c3-4e5f-6a7b-8c9d-0e1f2a3b4c5d", false],
  ["0a1b2c3dd-4e5f-6a7b-8c9d-0e1f2a3b4c5d", false],
  ["0a1b2c3d-4e5-6a7b-8c9d-0e1f2a3b4c5d", false],
  ["0a1b2c3d-4e5f-6a7-8c9d-0e1f2a3b4c5d", false],
  ["0a1b2c3d-4e5f-6a7b-8c9-0e1f2a3b4c5d", false],
  ["0a1b2c3d-4e5f-6a7b-8c9d-0e1f2a3b4c5", false],
  ["0a1b2c3d-4e5f-6a7b-8c9d-0e1f2a3b4c5dd", false],
  ["0A1B2C3D-4E5F-6A7B-8C9D-0E1F2A3B4C5D", false],
  ["0a1b2c3d_4e5f_6a7b_8c9d_0e1f2a3b4c5d", false],
  [["0a1b2c3d-4e5f-6a7b-8c9d-0e1f2a3b4c5d"], false],
  [null, false],
])("%j is an id: %j", (text, isId) => {
  expect(isResourceId(text)).toBe(isId);
});

test.each<[unknown, boolean]>([
  ["db", true],
  ["A.b_c-9", true],
  ["...", true],
  [".db", true],
  ["n".repeat(64), true],
  ["n".repeat(65), false],
  ["", false],
  [".", false],
  ["..", false],
  ["a b", false],
  ["a/b", false],
  ["db\n", false],
  [["db"], false],
  [undefined, false],
])("%j is a secret's name: %j", (text, isName) => {
  expect(isSecretName(text)).toBe(isName);
});

test.each([
  ["evs/default", true],
  ["/default", true],
  ["default", false],
  ["evs/default2", false],
  ["", false],
  [null, false],
  [undefined, false],
])("%j is the alias of a default key: %j", (alias, isDefault) => {
  expect(isDefaultKeyAlias(alias)).toBe(isDefault);
});
