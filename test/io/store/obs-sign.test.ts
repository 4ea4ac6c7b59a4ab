/**
 * Goal: a signature goes through the stages of api-obs obs_04_0010 as its tables show them.
 * Method: each stage by itself, with requests like those of the page; the HMAC with a vector of RFC 2202.
 */
import { expect, test } from "vitest";
import {
  encodeKey,
  obsSignature,
  signObs,
  stringToSign,
} from "../../../shared/io/store/obs-sign.ts";

const NOW = Date.UTC(2026, 10, 21, 10, 45, 1);
const DATE = "Sat, 21 Nov 2026 10:45:01 GMT";

test("a plain GET signs its date and where it leads", () => {
  const text = stringToSign({ method: "GET", bucket: "bucket", key: "object.txt" }, { date: DATE });
  expect(text).toBe(`GET\n\n\n${DATE}\n/bucket/object.txt`);
});

test("the bucket itself is signed with a slash at its end", () => {
  const text = stringToSign({ method: "GET", bucket: "bucket", key: "" }, { date: DATE });
  expect(text).toBe(`GET\n\n\n${DATE}\n/bucket/`);
});

test("type, digest and OBS's own headers are signed, these by name and on lines of their own", () => {
  const headers = {
    "x-obs-security-token": "T",
    date: DATE,
    "content-type": "text/plain",
    "content-md5": "I5pU0r4+sgO9Emgl1KMQUg==",
    "x-obs-acl": "private",
  };
  expect(stringToSign({ method: "PUT", bucket: "bucket", key: "a/b" }, headers)).toBe(
    `PUT\nI5pU0r4+sgO9Emgl1KMQUg==\ntext/plain\n${DATE}\nx-obs-acl:private\nx-obs-security-token:T\n/bucket/a/b`,
  );
});

test("a key is signed as it is sent: encoded but for its slashes", () => {
  expect(encodeKey("a-b_c.d~e/f g:h+i*(é)")).toBe("a-b_c.d~e/f%20g%3Ah%2Bi%2A%28%C3%A9%29");
  const text = stringToSign({ method: "GET", bucket: "b", key: "x y" }, { date: DATE });
  expect(text.endsWith("/b/x%20y")).toBe(true);
});

test("the signature is the base64 of the HMAC-SHA1", () => {
  const hex = Buffer.from(obsSignature("what do ya want for nothing?", "Jefe"), "base64").toString(
    "hex",
  );
  expect(hex).toBe("effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
});

test("the headers of a request are those that were signed, and no others", () => {
  const put = { method: "PUT", bucket: "b", key: "k", body: "message digest" } as const;
  const headers = signObs(put, { ak: "AK", sk: "SK", token: "TOKEN" }, NOW);
  const { authorization, ...signed } = headers;
  expect(signed).toEqual({
    date: DATE,
    // MD5 of "message digest" in RFC 1321.
    "content-md5": Buffer.from("f96b697d7cb7938d525a2f31aaf161d0", "hex").toString("base64"),
    "content-type": "text/plain; charset=utf-8",
    "x-obs-security-token": "TOKEN",
  });
  expect(authorization).toBe(`OBS AK:${obsSignature(stringToSign(put, signed), "SK")}`);
});

test("permanent keys send no token, and a request without a body neither type nor digest", () => {
  const get = { method: "GET", bucket: "b", key: "k", body: null } as const;
  expect(Object.keys(signObs(get, { ak: "AK", sk: "SK" }, NOW)).sort()).toEqual([
    "authorization",
    "date",
  ]);
});
