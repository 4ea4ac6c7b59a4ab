import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createAccounts } from "./accounts.ts";
import {
  ALGORITHM,
  authenticate,
  canonicalPath,
  canonicalQuery,
  canonicalRequest,
  parseSdkDate,
  sign,
  stringToSign,
} from "./auth.ts";
import { sdkDate, signHeaders } from "./client.ts";
import { createManualClock } from "./clock.ts";
import { at, START_MS, useCloud } from "./fixture.ts";

describe("each stage", () => {
  test.each([
    ["/v1/p/csms", "/v1/p/csms/"],
    ["/", "/"],
    ["/a%20b/c", "/a%20b/c/"],
    ["/a b", "/a%20b/"],
    ["/%7Ea!*'()", "/~a%21%2A%27%28%29/"],
    ["/50%", "/50%25/"],
    ["/gr%C3%B6%C3%9Fe", "/gr%C3%B6%C3%9Fe/"],
  ])("the path %s is signed as %s", (path, expected) => {
    expect(canonicalPath(path)).toBe(expected);
  });

  test.each([
    ["", ""],
    ["b=1&a=2", "a=2&b=1"],
    ["a=2&a=10", "a=10&a=2"],
    ["a", "a="],
    ["a=x+y", "a=x%20y"],
    ["a-=1&a=2", "a=2&a-=1"],
    ["q=%2B%2F", "q=%2B%2F"],
  ])("the query %s is signed as %s", (query, expected) => {
    expect(canonicalQuery(query)).toBe(expected);
  });

  test.each([
    ["20261121T104500Z", START_MS],
    ["2026-11-21T10:45:00Z", null],
    ["20261121T104500", null],
    ["", null],
  ])("the date %s is %s", (text, ms) => {
    expect(parseSdkDate(text)).toBe(ms);
  });
});

test("whatever the vendor's signer signs is authenticated", () => {
  const clock = createManualClock(START_MS);
  const accounts = createAccounts(clock, Math.random);
  const agency = accounts.agency("tagger");
  const cloud = { endpoint: "http://127.0.0.1:1234", project: "p", clock };
  const segment = fc.stringMatching(/^[A-Za-z0-9_.~-]{1,12}$/);
  const queryText = fc.string({ minLength: 1, maxLength: 8, unit: "grapheme" });
  const query = fc.dictionary(queryText, queryText, { noNullPrototype: true });

  fc.assert(
    fc.property(
      fc.constantFrom("GET", "POST", "PUT", "DELETE"),
      fc.array(segment, { maxLength: 6 }),
      query,
      fc.option(fc.dictionary(segment, fc.jsonValue()), { nil: undefined }),
      fc.constantFrom(accounts.user("alice"), agency),
      (method, segments, pairs, body, credentials) => {
        const path = `/${segments.join("/")}`;
        const search = Object.entries(pairs)
          .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
          .join("&");
        const headers = signHeaders(cloud, credentials, method, `${path}?${search}`, body);
        const lowerCase = Object.entries(headers).map(([name, value]) => [
          name.toLowerCase(),
          value,
        ]);
        const request = {
          method,
          path,
          query: search,
          headers: Object.fromEntries(lowerCase),
          body: Buffer.from(body === undefined ? "" : JSON.stringify(body)),
        };
        expect(authenticate(request, accounts, clock.now()).ak).toBe(credentials.ak);
      },
    ),
    { numRuns: 500 },
  );
});

describe("what the vendor's client does not send, signed by hand", () => {
  const fixture = useCloud();

  async function sendByHand(path: string, body: string, headerNames: readonly string[]) {
    const { cloud } = fixture();
    const { ak, sk } = cloud.user("alice");
    const date = sdkDate(cloud.clock.now());
    const headers = { host: new URL(cloud.endpoint).host, "x-sdk-date": date };
    const request = { method: "POST", path, query: "", headers, body: Buffer.from(body) };
    const signature = sign(stringToSign(date, canonicalRequest(request, headerNames)), sk);
    const names = headerNames.join(";");
    const response = await fetch(`${cloud.endpoint}${path}`, {
      method: "POST",
      headers: {
        "x-sdk-date": date,
        Authorization: `${ALGORITHM} Access=${ak}, SignedHeaders=${names}, Signature=${signature}`,
      },
      body,
    });
    return { status: response.status, body: await response.json() };
  }

  test("a body that is not JSON is refused by the service, each with its own code", async () => {
    const { project } = fixture().cloud;
    const signed = ["host", "x-sdk-date"];
    const kms = await sendByHand(`/v1.0/${project}/kms/create-key`, '{"key_alias":', signed);
    expect([kms.status, at(kms.body, "error", "error_code")]).toEqual([400, "KMS.0202"]);
    const csms = await sendByHand(`/v1/${project}/secrets`, "name=s", signed);
    expect([csms.status, at(csms.body, "error", "error_code")]).toEqual([400, "CSMS.0004"]);
  });

  test("a body of another type is a parameter problem", async () => {
    const path = `/v1.0/${fixture().cloud.project}/kms/create-key`;
    for (const body of ['"text"', "[]", "7", "null"]) {
      const answer = await sendByHand(path, body, ["host", "x-sdk-date"]);
      expect(at(answer.body, "error", "error_code")).toMatch(/^KMS\.(0204|0308)$/);
    }
  });

  test.each([["host"], ["x-sdk-date"]])("only %s signed is not enough", async (name) => {
    const answer = await sendByHand("/v1/x/secrets", "", [name]);
    expect([answer.status, at(answer.body, "error_code")]).toEqual([401, "APIGW.0301"]);
    expect(at(answer.body, "error_msg")).toContain("is not signed");
  });
});
