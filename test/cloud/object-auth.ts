import { createHmac, timingSafeEqual } from "node:crypto";
import type { Accounts, Login } from "./accounts.ts";
import { CLOCK_SKEW_MAX_MS, type SignedRequest } from "./auth.ts";
import { refuseObject } from "./object-errors.ts";

/**
 * `Authorization: OBS ak:signature` as api-obs obs_04_0010 ("Authentication of Signature in a Header") gives
 * it, from the server's side. The order of the checks, and the code for a token that is missing or wrong,
 * are guesses; the page says 403 for all.
 */
export function authenticateObject(
  request: SignedRequest,
  accounts: Accounts,
  nowMs: number,
): Login {
  const match = /^OBS ([^:\s]+):(\S+)$/.exec(request.headers.authorization ?? "");
  const [, ak, signature] = match ?? [];
  if (ak === undefined || signature === undefined)
    throw refuseObject("AccessDenied", "the Authorization header cannot be read");
  const login = accounts.login(ak);
  if (login === undefined) throw refuseObject("InvalidAccessKeyId", ak);

  const date = request.headers["x-obs-date"] ?? request.headers.date ?? "";
  const dateMs = Date.parse(date);
  if (Number.isNaN(dateMs) || new Date(dateMs).toUTCString() !== date)
    throw refuseObject("AccessDenied", `the date is missing or malformed: ${date}`);
  if (Math.abs(dateMs - nowMs) > CLOCK_SKEW_MAX_MS)
    throw refuseObject("RequestTimeTooSkewed", date);

  const text = objectStringToSign(request);
  const expected = createHmac("sha1", login.sk).update(text, "utf8").digest();
  const given = Buffer.from(signature, "base64");
  if (given.length !== expected.length || !timingSafeEqual(given, expected))
    throw refuseObject("SignatureDoesNotMatch", `the string to sign is ${JSON.stringify(text)}`);
  verifyToken(request.headers["x-obs-security-token"], login, nowMs);
  return login;
}

/** The access key id that a request names, whether or not it can prove it; empty where it names none. */
export function claimedObjectAk(authorization: string): string {
  return /^OBS ([^:\s]+):/.exec(authorization)?.[1] ?? "";
}

function verifyToken(token: string | undefined, login: Login, nowMs: number): void {
  if (login.token === undefined) return;
  if (token === undefined) throw refuseObject("AccessDenied", "temporary keys need a token");
  if (token !== login.token)
    throw refuseObject("AccessDenied", "the token is not that of the keys");
  if (login.expiresMs !== null && nowMs >= login.expiresMs)
    throw refuseObject("AccessDenied", "the temporary keys have expired");
}

/** Queries that name a part of a bucket or object, as the official SDKs list them: they are signed. */
const SUB_RESOURCES = new Set(
  `acl append backtosource cors delete deletebucket lifecycle location logging notification partNumber
  policy position quota replication requestPayment response-cache-control response-content-disposition
  response-content-encoding response-content-language response-content-type response-expires restore
  storageClass storageinfo storagePolicy tagging torrent uploadId uploads versionId versioning versions
  website x-image-process`.split(/\s+/),
);

/** The sub-resources that a query names, by name. */
export function subResources(query: string): readonly [string, string][] {
  return [...new URLSearchParams(query)]
    .filter(([name]) => SUB_RESOURCES.has(name))
    .sort(([one], [other]) => (one < other ? -1 : 1));
}

export function objectStringToSign({ method, path, query, headers }: SignedRequest): string {
  const own = Object.keys(headers).filter((name) => name.startsWith("x-obs-"));
  let text = `${method}\n`;
  text += `${headers["content-md5"] ?? ""}\n`;
  text += `${headers["content-type"] ?? ""}\n`;
  // Where OBS's own date is there, it is signed among OBS's own headers.
  text += `${own.includes("x-obs-date") ? "" : (headers.date ?? "")}\n`;
  for (const name of own.sort()) text += `${name}:${(headers[name] ?? "").trim()}\n`;
  // Path style: the path already begins with the bucket. The bucket itself ends in a slash.
  text += /^\/[^/]+$/.test(path) ? `${path}/` : path;
  const parts = subResources(query).map(([name, value]) =>
    value === "" ? name : `${name}=${value}`,
  );
  return parts.length === 0 ? text : `${text}?${parts.join("&")}`;
}
