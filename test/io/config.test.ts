import { describe, expect, test } from "vitest";
import { ConfigError, readConfig } from "../../shared/io/config.ts";

const read = (settings: Record<string, string>) =>
  readConfig((name) => (Object.hasOwn(settings, name) ? settings[name] : undefined));

function problemsOf(settings: Record<string, string>): string {
  try {
    read(settings);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return "";
}

describe("the endpoint", () => {
  test("is KMS's of the region; it serves CSMS, too", () => {
    expect(read({ HUAWEICLOUD_REGION: "ap-southeast-1" }).endpoint).toBe(
      "https://kms.ap-southeast-1.myhuaweicloud.com",
    );
  });

  test("is on the European site for European regions", () => {
    expect(read({ HUAWEICLOUD_REGION: "eu-west-101" }).endpoint).toBe(
      "https://kms.eu-west-101.myhuaweicloud.eu",
    );
  });

  test.each(["https://kms.example.com", "https://kms.example.com:8443/", "http://127.0.0.1:8080"])(
    "may be %s",
    (endpoint) => {
      const config = read({ HUAWEICLOUD_KMS_ENDPOINT: endpoint });
      expect(config.endpoint).toBe(endpoint.replace(/\/$/, ""));
      expect(config.region).toBeNull();
    },
  );

  test.each([
    "http://kms.example.com",
    "http://localhost:8080",
    "http://127.0.0.1.example.com",
    "http://127.0.0.1@example.com",
    "ftp://127.0.0.1",
    "https://kms.example.com/path",
    "https://kms.example.com?query",
    "https://user:password@kms.example.com",
    "kms.example.com",
  ])("may not be %s: credentials would go there", (endpoint) => {
    expect(problemsOf({ HUAWEICLOUD_KMS_ENDPOINT: endpoint })).toContain(
      "HUAWEICLOUD_KMS_ENDPOINT",
    );
  });
});

test("the grace is a duration, and unset where it is empty", () => {
  const region = { HUAWEICLOUD_REGION: "eu-west-101" };
  expect(read({ ...region, TAGWARDEN_GRACE: "2s" }).graceMs).toBe(2_000);
  expect(read({ ...region, TAGWARDEN_GRACE: "0s" }).graceMs).toBe(0);
  expect(read({ ...region, TAGWARDEN_GRACE: " " }).graceMs).toBeNull();
});

describe("the rate", () => {
  const region = { HUAWEICLOUD_REGION: "eu-west-101" };

  test.each([
    [undefined, 18],
    ["", 18],
    ["1", 1],
    ["2.5", 2.5],
    ["1000", 1_000],
  ])("%s is %d a second", (text, rps) => {
    expect(read(text === undefined ? region : { ...region, TAGWARDEN_RPS: text }).rps).toBe(rps);
  });

  test.each(["0", "0.9", "1000.1", "1001", "-5", "1e2", "ten", "18/s", "Infinity", "NaN"])(
    "%s is none",
    (text) => {
      expect(problemsOf({ ...region, TAGWARDEN_RPS: text })).toBe(
        "settings: TAGWARDEN_RPS must be a number from 1 to 1000",
      );
    },
  );
});

test("all problems come at once, and none of the values", () => {
  const problems = problemsOf({
    HUAWEICLOUD_REGION: "Paris!",
    HUAWEICLOUD_KMS_ENDPOINT: "http://hunter2",
    TAGWARDEN_GRACE: "soon-ish",
  });
  for (const name of ["HUAWEICLOUD_REGION", "HUAWEICLOUD_KMS_ENDPOINT", "TAGWARDEN_GRACE"])
    expect(problems).toContain(name);
  expect(problems).not.toMatch(/Paris|hunter2|soon/);
});

test("nothing set is one problem that says what to set", () => {
  expect(problemsOf({})).toBe(
    "settings: HUAWEICLOUD_REGION or HUAWEICLOUD_KMS_ENDPOINT must be set",
  );
});
