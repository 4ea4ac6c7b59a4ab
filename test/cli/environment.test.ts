import { describe, expect, test } from "vitest";
import { hasCredentials, placeOf, readEnvironment } from "../../shared/cli/environment.ts";

const SDK = {
  HUAWEICLOUD_SDK_AK: "sdk-ak",
  HUAWEICLOUD_SDK_SK: "sdk-sk",
  HUAWEICLOUD_SDK_PROJECT_ID: "p1",
  HUAWEICLOUD_REGION: "eu-west-101",
};
const TERRAFORM = {
  HW_ACCESS_KEY: "hw-ak",
  HW_SECRET_KEY: "hw-sk",
  HW_SECURITY_TOKEN: "hw-token",
  HW_PROJECT_ID: "p2",
  HW_REGION_NAME: "cn-north-4",
};

describe("the environment of a command", () => {
  test("is read by the names of the SDKs; long-term keys have no token", () => {
    const read = readEnvironment(SDK);
    expect(read.credentials).toEqual({ ak: "sdk-ak", sk: "sdk-sk" });
    expect(read.project).toBe("p1");
    expect(read.config.endpoint).toBe("https://kms.eu-west-101.myhuaweicloud.eu");
  });

  test("is read by Terraform's names", () => {
    const read = readEnvironment(TERRAFORM);
    expect(read.credentials).toEqual({ ak: "hw-ak", sk: "hw-sk", token: "hw-token" });
    expect(read.project).toBe("p2");
    expect(read.config).toMatchObject({
      region: "cn-north-4",
      endpoint: "https://kms.cn-north-4.myhuaweicloud.com",
    });
  });

  test("never pairs the keys of one family with the token of the other", () => {
    const read = readEnvironment({ ...TERRAFORM, ...SDK });
    expect(read.credentials).toEqual({ ak: "sdk-ak", sk: "sdk-sk" });
    expect(read.project).toBe("p1");
    expect(read.config.region).toBe("eu-west-101");
  });

  test("takes an empty text for nothing", () => {
    const env = { ...TERRAFORM, HUAWEICLOUD_SDK_AK: "", HUAWEICLOUD_SDK_SK: " " };
    expect(readEnvironment(env).credentials.ak).toBe("hw-ak");
  });

  test("needs no region where the endpoint is set", () => {
    const { HUAWEICLOUD_REGION: _, ...env } = SDK;
    const read = readEnvironment({ ...env, HUAWEICLOUD_KMS_ENDPOINT: "http://127.0.0.1:8080" });
    expect(read.config).toMatchObject({ region: null, endpoint: "http://127.0.0.1:8080" });
  });

  test("names everything that is missing, by every name, at once", () => {
    expect(() => readEnvironment({})).toThrowError(
      "settings: HUAWEICLOUD_SDK_AK or HW_ACCESS_KEY must be set; " +
        "HUAWEICLOUD_SDK_SK or HW_SECRET_KEY must be set; " +
        "HUAWEICLOUD_SDK_PROJECT_ID or HW_PROJECT_ID must be set; " +
        "HUAWEICLOUD_REGION or HW_REGION_NAME or HUAWEICLOUD_KMS_ENDPOINT must be set",
    );
  });

  test("names the half of a pair that is missing by the name of its other half", () => {
    const { HW_SECRET_KEY: _, ...env } = TERRAFORM;
    expect(() => readEnvironment(env)).toThrowError("settings: HW_SECRET_KEY must be set");
  });

  test("is refused where a setting is wrong, without quoting it", () => {
    const env = { ...SDK, HUAWEICLOUD_SDK_PROJECT_ID: "../p", HUAWEICLOUD_REGION: "Not A Region" };
    expect(() => readEnvironment(env)).toThrowError(
      "settings: HUAWEICLOUD_SDK_PROJECT_ID or HW_PROJECT_ID must be a project's id; " +
        "HUAWEICLOUD_REGION must look like eu-west-101",
    );
  });
});

test("half a pair of keys counts as credentials, so that the other half is asked for", () => {
  expect(hasCredentials({})).toBe(false);
  expect(hasCredentials({ HW_PROJECT_ID: "p" })).toBe(false);
  expect(hasCredentials({ HW_SECRET_KEY: "s" })).toBe(true);
});

test("the place is known without credentials", () => {
  expect(placeOf({})).toEqual({ region: null, project: null });
  expect(placeOf(TERRAFORM)).toEqual({ region: "cn-north-4", project: "p2" });
});
