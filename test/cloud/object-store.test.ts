/**
 * Goal: the object store judges clients by the documents, not by our own signer.
 * Method: requests that are signed here by hand, from strings written out as the page shows them.
 */
import { createHash, createHmac } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Dispatcher, Pool } from "undici";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { START_MS, useCloud } from "./fixture.ts";
import { OBJECT_BYTES_MAX } from "./object-store.ts";

const fixture = useCloud();
const DATE = new Date(START_MS).toUTCString();

let pool: Pool | undefined;
beforeEach(() => {
  pool = new Pool(fixture().cloud.endpoint);
  fixture().cloud.objects.createBucket("photos");
});
afterEach(() => pool?.destroy());

type Headers = { readonly [name: string]: string };

/** Sends what is signed by the person `alice`, or by `keys`: `signed` stands for the string to sign. */
async function send(
  method: Dispatcher.HttpMethod,
  path: string,
  signed: string,
  {
    headers = {},
    body = null,
    keys = fixture().cloud.user("alice"),
  }: {
    readonly headers?: Headers;
    readonly body?: string | null;
    readonly keys?: { ak: string; sk: string };
  } = {},
) {
  const signature = createHmac("sha1", keys.sk).update(signed).digest("base64");
  const response = await pool?.request({
    method,
    path,
    headers: { date: DATE, authorization: `OBS ${keys.ak}:${signature}`, ...headers },
    body,
  });
  if (response === undefined) throw new Error("there is no pool outside of a test");
  const text = await response.body.text();
  const code = /<Code>(\w+)<\/Code>/.exec(text)?.[1];
  return { status: response.statusCode, headers: response.headers, text, code };
}

const get = (path: string, resource = path) => send("GET", path, `GET\n\n\n${DATE}\n${resource}`);

const keysIn = (text: string) => [...text.matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key]) => key);
const prefixesIn = (text: string) =>
  [...text.matchAll(/<CommonPrefixes><Prefix>([^<]*)<\/Prefix>/g)].map(([, name]) => name);

describe("a signature", () => {
  test("holds over verb, digest, type, date, OBS's own headers and the resource", async () => {
    const md5 = createHash("md5").update("hello").digest("base64");
    const text = `PUT\n${md5}\ntext/plain\n${DATE}\nx-obs-acl:private\nx-obs-meta-a:1\n/photos/a/b`;
    const headers = {
      "Content-MD5": md5,
      "Content-Type": "text/plain",
      "X-Obs-Meta-A": " 1 ",
      "x-obs-acl": "private",
    };
    const answer = await send("PUT", "/photos/a/b", text, { headers, body: "hello" });
    expect(answer).toMatchObject({ status: 200, text: "" });
    expect(fixture().cloud.objects.read("photos", "a/b")).toBe("hello");
    expect(fixture().cloud.seen).toMatchObject([
      { service: "obs", operation: "PutObject", ak: fixture().cloud.user("alice").ak, status: 200 },
    ]);
  });

  test.each([
    ["another verb", `PUT\n\n\n${DATE}\n/photos/a`],
    ["another object", `GET\n\n\n${DATE}\n/photos/b`],
    ["another date", `GET\n\n\n${new Date(START_MS + 1000).toUTCString()}\n/photos/a`],
    ["a type that was not sent", `GET\n\ntext/plain\n${DATE}\n/photos/a`],
  ])("over %s is refused, with the string that was expected", async (_name, text) => {
    const answer = await send("GET", "/photos/a", text);
    expect(answer).toMatchObject({ status: 403, code: "SignatureDoesNotMatch" });
    expect(answer.text).toContain(String.raw`GET\n\n\n${DATE}\n/photos/a`);
  });

  test("uses OBS's own date in place of the other where it is sent", async () => {
    const headers = { "x-obs-date": DATE, date: "" };
    const text = `GET\n\n\n\nx-obs-date:${DATE}\n/photos/a`;
    expect(await send("GET", "/photos/a", text, { headers })).toMatchObject({ code: "NoSuchKey" });
  });

  test("may be a quarter of an hour old, or early, and no more", async () => {
    const { clock } = fixture();
    await clock.advance(15 * 60_000);
    expect(await get("/photos/a")).toMatchObject({ code: "NoSuchKey" });
    await clock.advance(1_000);
    expect(await get("/photos/a")).toMatchObject({ status: 403, code: "RequestTimeTooSkewed" });
    const early = new Date(clock.now() + 16 * 60_000).toUTCString();
    const answer = await send("GET", "/photos/a", `GET\n\n\n${early}\n/photos/a`, {
      headers: { date: early },
    });
    expect(answer).toMatchObject({ code: "RequestTimeTooSkewed" });
  });

  test("needs keys that exist, a date that can be read, and a form that is known", async () => {
    const text = `GET\n\n\n${DATE}\n/photos/a`;
    const nobody = { ak: "NOBODY", sk: "x" };
    expect(await send("GET", "/photos/a", text, { keys: nobody })).toMatchObject({
      ...{ status: 403, code: "InvalidAccessKeyId" },
    });
    for (const headers of [{ date: "yesterday" }, { date: "" }, { authorization: "OBS x" }])
      expect(await send("GET", "/photos/a", text, { headers })).toMatchObject({
        ...{ status: 403, code: "AccessDenied" },
      });
  });

  test("of temporary keys is good with their own token only, which is signed, for a day", async () => {
    const { cloud, clock } = fixture();
    const { token, ...keys } = cloud.agency("store");
    const other = cloud.agency("store").token ?? "";
    const ask = (sent: string | undefined, date = DATE) =>
      send(
        "GET",
        "/photos/a",
        `GET\n\n\n${date}\n${sent === undefined ? "" : `x-obs-security-token:${sent}\n`}/photos/a`,
        {
          keys,
          headers: { date, ...(sent === undefined ? {} : { "x-obs-security-token": sent }) },
        },
      );
    expect(await ask(token)).toMatchObject({ code: "NoSuchKey" });
    expect(await ask(undefined)).toMatchObject({ status: 403, code: "AccessDenied" });
    expect(await ask(other)).toMatchObject({ status: 403, code: "AccessDenied" });
    await clock.advance(24 * 60 * 60_000);
    const tomorrow = new Date(clock.now()).toUTCString();
    expect(await ask(token, tomorrow)).toMatchObject({ status: 403, code: "AccessDenied" });
  });
});

describe("objects", () => {
  test("are read as they were put, under names that are encoded in the path", async () => {
    fixture().cloud.objects.put("photos", "a b/é", "text");
    expect(await get("/photos/a%20b/%C3%A9")).toMatchObject({ status: 200, text: "text" });
  });

  test("that are not there are told from buckets that are not there", async () => {
    expect(await get("/photos/a")).toMatchObject({ status: 404, code: "NoSuchKey" });
    expect(await get("/nowhere/a")).toMatchObject({ status: 404, code: "NoSuchBucket" });
    const answer = await get("/nowhere/", "/nowhere/");
    expect(answer).toMatchObject({ status: 404, code: "NoSuchBucket" });
    expect(answer.headers["content-type"]).toBe("application/xml");
    expect(answer.text).toContain(`<RequestId>${answer.headers["x-obs-request-id"]}</RequestId>`);
  });

  test("are removed, as often as one likes", async () => {
    const { objects } = fixture().cloud;
    objects.put("photos", "a", "");
    const remove = () => send("DELETE", "/photos/a", `DELETE\n\n\n${DATE}\n/photos/a`);
    expect([(await remove()).status, (await remove()).status]).toEqual([204, 204]);
    expect(objects.keys("photos")).toEqual([]);
  });

  test("are not put where their digest is wrong, or they are too large", async () => {
    const put = (md5: string, body: string) =>
      send("PUT", "/photos/a", `PUT\n${md5}\n\n${DATE}\n/photos/a`, {
        headers: { "content-md5": md5 },
        body,
      });
    const other = createHash("md5").update("other").digest("base64");
    expect(await put(other, "text")).toMatchObject({ status: 400, code: "BadDigest" });
    expect(await put("abc", "text")).toMatchObject({ status: 400, code: "InvalidDigest" });
    const large = "x".repeat(OBJECT_BYTES_MAX + 1);
    expect(await put(other, large)).toMatchObject({ status: 400, code: "EntityTooLarge" });
    expect(fixture().cloud.objects.keys("photos")).toEqual([]);
  });

  test("what is not done here is not answered as if it were", async () => {
    const asked = [
      await get("/photos/a?acl", "/photos/a?acl"),
      await get("/photos/?versions", "/photos/?versions"),
      await get("/photos/?list-type=2", "/photos/"),
      await send("POST", "/photos/a", `POST\n\n\n${DATE}\n/photos/a`),
      await send("PUT", "/photos", `PUT\n\n\n${DATE}\n/photos/`),
      await send("GET", "/photos/a", `GET\n\n\n${DATE}\n/photos/a`, {
        headers: { range: "bytes=0-1" },
      }),
      await send("PUT", "/photos/a", `PUT\n\n\n${DATE}\n/photos/a`, {
        headers: { "if-none-match": "*" },
      }),
    ];
    for (const answer of asked)
      expect(answer).toMatchObject({ status: 501, code: "NotImplemented" });
  });
});

describe("a list", () => {
  const list = (query: string) => get(`/photos/?${query}`, "/photos/");

  beforeEach(() => {
    for (const key of ["a", "b/1", "b/2", "b/c/3", "d e", "é"])
      fixture().cloud.objects.put("photos", key, "");
  });

  test("has all keys in the order of their bytes", async () => {
    const { text, status } = await list("");
    expect([status, keysIn(text)]).toEqual([200, ["a", "b/1", "b/2", "b/c/3", "d e", "é"]]);
    expect(text).toContain("<IsTruncated>false</IsTruncated>");
    expect(keysIn((await get("/photos", "/photos/")).text)).toHaveLength(6);
  });

  test("has those with a prefix, behind a marker, rolled up at a delimiter", async () => {
    expect(keysIn((await list("prefix=b/&marker=b/1")).text)).toEqual(["b/2", "b/c/3"]);
    const { text } = await list("delimiter=/");
    expect([keysIn(text), prefixesIn(text)]).toEqual([["a", "d e", "é"], ["b/"]]);
    expect(prefixesIn((await list("delimiter=/&prefix=b/")).text)).toEqual(["b/c/"]);
    expect(prefixesIn((await list("delimiter=/&marker=b/")).text)).toEqual([]);
    expect(prefixesIn((await list("delimiter=/&marker=b/1")).text)).toEqual(["b/"]);
  });

  test("comes in pages that name the next one, rolled-up rows counted", async () => {
    const first = (await list("max-keys=2&delimiter=/")).text;
    expect([keysIn(first), prefixesIn(first)]).toEqual([["a"], ["b/"]]);
    expect(first).toContain("<IsTruncated>true</IsTruncated><NextMarker>b/</NextMarker>");
    const second = (await list("max-keys=2&delimiter=/&marker=b/")).text;
    expect(keysIn(second)).toEqual(["d e", "é"]);
    expect(second).toContain("<IsTruncated>false</IsTruncated>");
  });

  test("has 1,000 rows at the most", async () => {
    for (let i = 0; i < 1_001; i++) fixture().cloud.objects.put("photos", `x/${i}`, "");
    const { text } = await list("prefix=x/&max-keys=5000");
    expect(keysIn(text)).toHaveLength(1_000);
    expect(text).toContain("<MaxKeys>1000</MaxKeys><IsTruncated>true</IsTruncated>");
  });

  test("encodes keys where it is asked to", async () => {
    expect(keysIn((await list("encoding-type=url&marker=c")).text)).toEqual(["d+e", "%C3%A9"]);
  });

  test.each(["max-keys=0", "max-keys=x", "encoding-type=utf8"])("refuses %s", async (query) => {
    expect(await list(query)).toMatchObject({ status: 400, code: "InvalidArgument" });
  });

  test("may be short by a fault", async () => {
    fixture().cloud.addFault({ times: 1, fault: { kind: "short-page", rows: 2 } });
    expect(keysIn((await list("")).text)).toEqual(["a", "b/1", "b/2", "b/c/3"]);
    expect(keysIn((await list("")).text)).toHaveLength(6);
  });
});

test("an event that is given up lies in the bucket of its failure destination", async () => {
  const { cloud, clock } = fixture();
  const code = mkdtempSync(join(tmpdir(), "cloud-"));
  writeFileSync(
    join(code, "index.js"),
    "exports.handler = async () => { throw new Error('no'); };",
  );
  cloud.agency("tagger");
  const setup = { code, userData: {}, agency: "tagger", timeoutMs: 5_000, memoryMb: 128 };
  const limits = { maxRetries: 0, maxAgeSeconds: 60, retryDelayMs: 0 };
  for (const [name, bucket] of [
    ["kept", "photos"],
    ["lost", "nowhere"],
  ] as const) {
    const onFailure = { obs: { bucket, prefix: "failures" } };
    cloud.functions.deploy({
      ...setup,
      name,
      maxInstances: 1,
      async: { ...limits, onFailure },
      traces: [],
    });
    cloud.functions.invokeAsync(name, { hello: name });
  }
  await cloud.idle();
  rmSync(code, { recursive: true });
  const [key = "", ...others] = cloud.objects.keys("photos");
  expect(others).toEqual([]);
  expect(key.startsWith(`failures/${new Date(clock.now()).toISOString()}_`)).toBe(true);
  expect(JSON.parse(cloud.objects.read("photos", key) ?? "")).toMatchObject({
    request_payload: '{"hello":"kept"}',
    response_context: { function_error: "no" },
  });
});

test("what was written before a time goes with its prefix, and a list no longer shows it", async () => {
  const { cloud, clock } = fixture();
  const { objects } = cloud;
  objects.put("photos", "old/a", "é");
  objects.put("photos", "kept/a", "1");
  await clock.advance(1_000);
  objects.put("photos", "old/b", "12");

  objects.expire("photos", "old/", clock.now());

  const listed = keysIn((await get("/photos", "/photos/")).text);
  expect(objects.entries("photos")).toEqual([
    { key: "kept/a", bytes: 1, writtenMs: START_MS },
    { key: "old/b", bytes: 2, writtenMs: clock.now() },
  ]);
  expect(listed).toEqual(["kept/a", "old/b"]);
});

test("connections on which nothing is asked can be counted, and closed", async () => {
  const { connections } = fixture().cloud;
  await get("/photos", "/photos/");
  expect(await connections.open()).toBeGreaterThan(0);
  connections.closeIdle();
  expect(await connections.open()).toBe(0);
});
