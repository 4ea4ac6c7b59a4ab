import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { Accounts, Login } from "./accounts.ts";
import { refuseAtGateway } from "./gateway.ts";

/** SDK-HMAC-SHA256 as dew-api.md 10 gives it, stage by stage, from the server's side. */
export const ALGORITHM = "SDK-HMAC-SHA256";

/** How far `X-Sdk-Date` may be from the cloud's clock. */
export const CLOCK_SKEW_MAX_MS = 15 * 60 * 1000;

/** A request as it arrived; header names in lower case, path and query still encoded. */
export type SignedRequest = {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: { readonly [name: string]: string | undefined };
  readonly body: Buffer;
};

type Authorization = {
  readonly ak: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
};

/** Finds whose request it is, or refuses with the gateway's 401. */
export function authenticate(request: SignedRequest, accounts: Accounts, nowMs: number): Login {
  const authorization = parseAuthorization(request.headers.authorization);
  const date = request.headers["x-sdk-date"] ?? "";
  const dateMs = parseSdkDate(date);
  if (dateMs === null) throw unauthenticated(`X-Sdk-Date is missing or malformed: ${date}`);
  if (Math.abs(dateMs - nowMs) > CLOCK_SKEW_MAX_MS) {
    throw unauthenticated(`X-Sdk-Date ${date} is more than 15 minutes from the server's clock`);
  }

  const login = accounts.login(authorization.ak);
  if (login === undefined) throw unauthenticated(`ak ${authorization.ak} does not exist`);
  verifySignature(request, authorization, date, login.sk);
  verifyToken(request.headers["x-security-token"], login, nowMs);
  return login;
}

/** The access key id that a request names, whether or not it can prove it; empty where it names none. */
export function claimedAk(authorization: string | undefined): string {
  return /\bAccess=([^,\s]*)/.exec(authorization ?? "")?.[1] ?? "";
}

function parseAuthorization(header: string | undefined): Authorization {
  if (header === undefined) throw unauthenticated("the request is not signed");
  const match = /^(\S+) Access=([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]+)$/.exec(
    header,
  );
  const [, algorithm, ak, headers, signature] = match ?? [];
  if (ak === undefined || headers === undefined || signature === undefined) {
    throw unauthenticated("the Authorization header cannot be read");
  }
  if (algorithm !== ALGORITHM) throw unauthenticated(`the algorithm is not ${ALGORITHM}`);
  return { ak, signedHeaders: headers.split(";"), signature };
}

/** Milliseconds of a date of the form `20261121T104500Z`, `null` where it has another form. */
export function parseSdkDate(text: string): number | null {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (match === null) return null;
  const [year, month, day, hour, minute, second] = match.slice(1).map(Number);
  return Date.UTC(year ?? 0, (month ?? 0) - 1, day, hour, minute, second);
}

function verifySignature(
  request: SignedRequest,
  { signedHeaders, signature }: Authorization,
  date: string,
  sk: string,
): void {
  for (const name of ["host", "x-sdk-date"]) {
    if (!signedHeaders.includes(name)) throw unauthenticated(`header ${name} is not signed`);
  }
  const canonical = canonicalRequest(request, signedHeaders);
  const expected = sign(stringToSign(date, canonical), sk);
  if (!sameText(expected, signature)) {
    throw unauthenticated(
      `verify aksk signature fail, the canonical request is ${JSON.stringify(canonical)}`,
    );
  }
}

function verifyToken(token: string | undefined, login: Login, nowMs: number): void {
  if (login.token === undefined) return;
  if (token === undefined) throw unauthenticated("temporary keys need X-Security-Token");
  if (!sameText(token, login.token))
    throw unauthenticated("X-Security-Token is not that of the keys");
  if (login.expiresMs !== null && nowMs >= login.expiresMs) {
    throw unauthenticated("the temporary keys have expired");
  }
}

/** `METHOD\npath/\nquery\nheaders\nsigned;headers\nhash of the body`. */
export function canonicalRequest(request: SignedRequest, signedHeaders: readonly string[]): string {
  return [
    request.method,
    canonicalPath(request.path),
    canonicalQuery(request.query),
    // A signed header that did not arrive counts as empty, so its absence shows in the echo.
    signedHeaders.map((name) => `${name}:${(request.headers[name] ?? "").trim()}\n`).join(""),
    signedHeaders.join(";"),
    createHash("sha256").update(request.body).digest("hex"),
  ].join("\n");
}

export function stringToSign(date: string, canonical: string): string {
  return [ALGORITHM, date, createHash("sha256").update(canonical).digest("hex")].join("\n");
}

export function sign(text: string, sk: string): string {
  return createHmac("sha256", sk).update(text).digest("hex");
}

/** Each segment is encoded from its decoded form; the path ends in a slash. */
export function canonicalPath(path: string): string {
  const encoded = path
    .split("/")
    .map((segment) => encode(decode(segment)))
    .join("/");
  return encoded.endsWith("/") ? encoded : `${encoded}/`;
}

/** Pairs sorted by name, then by value, before they are encoded. `+` reads as a space, as in a form. */
export function canonicalQuery(query: string): string {
  if (query === "") return "";
  const pairs = query.split("&").map((pair) => {
    const [name = "", value = ""] = splitOnce(pair.replaceAll("+", " "), "=");
    return { name: decode(name), value: decode(value) };
  });
  pairs.sort((a, b) => compare(a.name, b.name) || compare(a.value, b.value));
  return pairs.map(({ name, value }) => `${encode(name)}=${encode(value)}`).join("&");
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, ""] : [text.slice(0, at), text.slice(at + separator.length)];
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** RFC 3986: only letters, digits and `-._~` stay as they are. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // not percent-encoding: a `%` that stands for itself
  }
}

function sameText(a: string, b: string): boolean {
  const [first, second] = [Buffer.from(a), Buffer.from(b)];
  return first.length === second.length && timingSafeEqual(first, second);
}

function unauthenticated(detail: string) {
  return refuseAtGateway("APIGW.0301", detail);
}
