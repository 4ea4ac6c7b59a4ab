import { createHash, createHmac } from "node:crypto";
import type { Credentials } from "../sign.ts";
import { piecesOf, type StoreText } from "./store-text.ts";

/** What of a request OBS's signature looks at. */
export type ObsUnsigned = {
  readonly method: "GET" | "PUT" | "DELETE";
  readonly bucket: string;
  /** The object's key, not encoded; empty for the bucket itself. */
  readonly key: string;
  /** `null`: nothing is sent. */
  readonly body: StoreText | null;
};

type Headers = { readonly [name: string]: string };

/** OBS guesses a type from the key where none is sent; a browser should not run what a report quotes. */
const CONTENT_TYPE = "text/plain; charset=utf-8";
const PREFIX = "x-obs-";

/**
 * Signs a request in a header, stage by stage as api-obs obs_04_0010 ("Authentication of Signature in a
 * Header") has it, and answers with all headers to send. The body's MD5 is sent and signed, so that OBS
 * refuses a body that was damaged on its way (api-obs obs_04_0080). None of our queries is a sub-resource.
 */
export function signObs(
  request: ObsUnsigned,
  { ak, sk, token }: Credentials,
  nowMs: number,
): Record<string, string> {
  const headers = {
    date: new Date(nowMs).toUTCString(),
    ...(request.body === null ? {} : bodyHeaders(request.body)),
    ...(token === undefined ? {} : { "x-obs-security-token": token }),
  };
  const signature = obsSignature(stringToSign(request, headers), sk);
  return { ...headers, authorization: `OBS ${ak}:${signature}` };
}

/** Where a body comes in pieces, nobody but us knows its length, which OBS wants. */
function bodyHeaders(body: StoreText): Headers {
  const hash = createHash("md5");
  let bytes = 0;
  for (const piece of piecesOf(body)) {
    hash.update(piece);
    bytes += Buffer.byteLength(piece);
  }
  return {
    "content-md5": hash.digest("base64"),
    ...(typeof body === "function" ? { "content-length": String(bytes) } : {}),
    "content-type": CONTENT_TYPE,
  };
}

/** `VERB\nContent-MD5\nContent-Type\nDate\nCanonicalizedHeaders CanonicalizedResource` (without the space). */
export function stringToSign(
  request: Pick<ObsUnsigned, "method" | "bucket" | "key">,
  headers: Headers,
): string {
  const { date = "", "content-md5": md5 = "", "content-type": type = "" } = headers;
  const lines = [request.method, md5, type, date, ...canonicalHeaders(headers)];
  return [...lines, canonicalResource(request)].join("\n");
}

/** One `name:value` for each header of OBS's own, by name. Ours are in lower case and without spaces. */
function canonicalHeaders(headers: Headers): readonly string[] {
  return Object.entries(headers)
    .filter(([name]) => name.startsWith(PREFIX))
    .map(([name, value]) => `${name}:${value}`)
    .sort();
}

function canonicalResource({ bucket, key }: Pick<ObsUnsigned, "bucket" | "key">): string {
  return `/${bucket}/${encodeKey(key)}`;
}

/** Base64 of the HMAC-SHA1. */
export function obsSignature(text: string, sk: string): string {
  return createHmac("sha1", sk).update(text).digest("base64");
}

/** A key as a path has it and the signature sees it: all but `A-Za-z0-9-._~/` as `%XX` of UTF-8. */
export function encodeKey(key: string): string {
  return encodeText(key).replaceAll("%2F", "/");
}

/** A value as a query has it. */
export function encodeText(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
