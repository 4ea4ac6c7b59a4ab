import { afterEach, describe, expect, test } from "vitest";
import { ConfigError } from "../../shared/io/config.ts";
import { connect, disconnect } from "../../shared/io/connect.ts";
import type { FunctionContext } from "../../shared/io/function.ts";

afterEach(disconnect);

function contextWith(change: Partial<FunctionContext> = {}): FunctionContext {
  return {
    getRequestID: () => "request-1",
    getRemainingTimeInMilliSeconds: () => 1_000,
    getUserData: (name) => (name === "HUAWEICLOUD_REGION" ? "eu-west-101" : undefined),
    getProjectID: () => "0123456789abcdef0123456789abcdef",
    getSecurityAccessKey: () => "AK",
    getSecuritySecretKey: () => "SK",
    getSecurityToken: () => "T",
    ...change,
  };
}

describe("a function is not connected", () => {
  test.each<[string, Partial<FunctionContext>, RegExp]>([
    ["without an access key", { getSecurityAccessKey: () => "" }, /agency/],
    ["without a secret key", { getSecuritySecretKey: () => "" }, /agency/],
    ["without a project", { getProjectID: () => "" }, /project/],
    ["with a project that may not go into a path", { getProjectID: () => "../x" }, /project/],
    ["without its compiled policy", {}, /policy\.json/],
  ])("%s, and the message says what is missing", (_name, change, message) => {
    const signal = new AbortController().signal;
    const attempt = () => connect(contextWith(change), { signal, budgetMs: 1_000 });
    expect(attempt).toThrow(ConfigError);
    expect(attempt).toThrow(message);
  });
});
