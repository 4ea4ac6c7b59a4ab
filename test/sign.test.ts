/**
 * Goal: our requests carry the very signatures of Huawei's SDK, in the bundles too, where what stands
 * behind its signer (moment, lodash) is replaced.
 * Method: random requests through the bundled `sign`, compared with the signer as it is installed.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AKSKSigner } from "@huaweicloud/huaweicloud-sdk-core/auth/AKSKSigner.js";
import * as esbuild from "esbuild";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { replacements } from "../functions/bundle.mjs";
import { type Credentials, sign, type UnsignedRequest } from "../shared/io/sign.ts";

let bundled: typeof sign;
let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tagwarden-sign-"));
  const outfile = join(folder, "sign.cjs");
  const root = new URL("..", import.meta.url).pathname;
  const { metafile } = await esbuild.build({
    absWorkingDir: root,
    entryPoints: ["shared/io/sign.ts"],
    bundle: true,
    platform: "node",
    format: "cjs",
    minify: true,
    metafile: true,
    outfile,
    plugins: [replacements],
  });
  const inputs = Object.keys(metafile.inputs);
  expect(inputs.filter((input) => /node_modules\/(moment|lodash)\//.test(input))).toEqual([]);
  bundled = createRequire(import.meta.url)(outfile).sign;
});

afterAll(() => rm(folder, { recursive: true }));

/** The SDK's own answer for the same headers, read in UTC. */
function signAsInstalled(request: UnsignedRequest, { ak, sk }: Credentials, headers: object) {
  const unsigned = Object.entries(headers).filter(
    ([name]) => name !== "Authorization" && name !== "host",
  );
  return AKSKSigner.sign(
    {
      method: request.method,
      endpoint: `${request.endpoint}${request.path}`,
      queryParams: {},
      headers: Object.fromEntries(unsigned),
      data: request.body,
    },
    {
      getAk: () => ak,
      getSk: () => sk,
      processAuthRequest: neverAsked,
      processAuthParams: neverAsked,
    },
  );
}

function neverAsked(): never {
  throw new Error("the signer asks for the two keys only");
}

const segment = fc.stringMatching(/^[A-Za-z0-9_.~-]{1,40}$/);
const request: fc.Arbitrary<UnsignedRequest> = fc.record({
  method: fc.constantFrom("GET", "POST"),
  endpoint: fc.constantFrom("https://kms.eu-west-101.myhuaweicloud.eu", "http://127.0.0.1:8080"),
  path: fc.array(segment, { minLength: 1, maxLength: 6 }).map((parts) => `/${parts.join("/")}`),
  body: fc.option(fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 }), { nil: undefined }),
});
const credentials: fc.Arbitrary<Credentials> = fc.record(
  { ak: segment, sk: segment, token: segment },
  { requiredKeys: ["ak", "sk"] },
);
const nowMs = fc.integer({ min: Date.UTC(2020, 0), max: Date.UTC(2099, 11) });

test("the bundled signer and the SDK's agree on 3,000 random requests", () => {
  fc.assert(
    fc.property(request, credentials, segment, nowMs, (asked, keys, project, now) => {
      const headers = bundled(asked, keys, project, now);
      expect(headers).toEqual(signAsInstalled(asked, keys, headers));
    }),
    { numRuns: 3_000 },
  );
});

test("every header is signed, the token and the project included", () => {
  const asked = {
    method: "GET",
    endpoint: "http://127.0.0.1:1",
    path: "/v1",
    body: undefined,
  };
  const headers = sign(
    asked,
    { ak: "AK", sk: "SK", token: "T" },
    "project",
    Date.UTC(2026, 0, 2, 3, 4, 5),
  );
  expect(headers["X-Sdk-Date"]).toBe("20260102T030405Z");
  expect(headers.Authorization).toContain(
    "Access=AK, SignedHeaders=content-type;host;x-project-id;x-sdk-date;x-security-token,",
  );
  expect(JSON.stringify(headers)).not.toContain("SK");
});

test("long-term keys send no token", () => {
  const asked = {
    method: "GET",
    endpoint: "http://127.0.0.1:1",
    path: "/v1",
    body: undefined,
  };
  expect(sign(asked, { ak: "AK", sk: "S" }, "project", 0)).not.toHaveProperty("X-Security-Token");
});
