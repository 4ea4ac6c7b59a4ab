import { timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";

/** Carries the page's token: no other site's page can send it, nor learn what it is. */
export const TOKEN_HEADER = "x-console-token";

export type Gate = { readonly port: number; readonly token: string };

/**
 * Why a request is turned away; `null` where it may pass. The console has no login: what keeps the web out is that
 * it listens on loopback, that the Host names loopback (a name that was made to point here does not), that what
 * acts comes from the page itself (Origin and token), and that data is for no other site's page.
 */
export function turnAway(
  method: string,
  path: string,
  headers: IncomingHttpHeaders,
  { port, token }: Gate,
): string | null {
  const { host = "", origin } = headers;
  const hosts = ["127.0.0.1", "localhost", "[::1]"].map((name) => `${name}:${port}`);
  if (!hosts.includes(host)) return `this console answers to http://127.0.0.1:${port} only`;
  const isDocument = path === "/" || path.startsWith("/reports/");
  const site = headers["sec-fetch-site"];
  // Another port of this machine is "same-site" and none of ours. Following a link to a document is harmless.
  if (!isDocument && site !== undefined && site !== "same-origin" && site !== "none")
    return "another site's page may not use this console";
  if (method !== "POST") return null;
  if (origin !== `http://${host}`) return "the request does not come from this console's page";
  const given = headers[TOKEN_HEADER];
  if (typeof given !== "string" || !isSame(given, token))
    return "the page is of an earlier start: load it again";
  return null;
}

function isSame(one: string, other: string): boolean {
  const [first, second] = [Buffer.from(one), Buffer.from(other)];
  return first.length === second.length && timingSafeEqual(first, second);
}
