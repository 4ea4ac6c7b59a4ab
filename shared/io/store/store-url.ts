import { isAbsolute } from "node:path";
import { fileURLToPath } from "node:url";
import { isOwnName } from "./store-name.ts";

/** Where a store is. */
export type StorePlace =
  /** `prefix` is empty, or ends in `/`. */
  | { readonly at: "bucket"; readonly bucket: string; readonly prefix: string }
  | { readonly at: "folder"; readonly path: string };

export type ParsedStoreUrl =
  | { readonly ok: true; readonly place: StorePlace }
  /** What was expected, to follow the name of the setting. The URL is not repeated. */
  | { readonly ok: false; readonly problem: string };

/** See `NAME_CHARS_MAX`: prefix and name make one key. */
const PREFIX_CHARS_MAX = 200;

/** What an URL of a store may look like, for messages. */
export const STORE_URL_FORMS = "obs://bucket, obs://bucket/prefix or file:///absolute/path";

/**
 * Reads the URL of a store: `obs://bucket[/prefix]`, or `file:///path` where the caller allows it (a
 * function does so only beside a loopback endpoint, product.md 8).
 */
export function parseStoreUrl(
  url: string,
  { allowFile }: { readonly allowFile: boolean },
): ParsedStoreUrl {
  if (url.startsWith("obs://")) return parseBucket(url.slice("obs://".length));
  if (!url.startsWith("file:")) return refuse(`must be ${STORE_URL_FORMS}`);
  if (!allowFile) return refuse("must be obs://bucket or obs://bucket/prefix here, not a folder");
  return parseFolder(url);
}

function parseBucket(rest: string): ParsedStoreUrl {
  const slash = rest.indexOf("/");
  const bucket = slash === -1 ? rest : rest.slice(0, slash);
  const path = slash === -1 ? "" : rest.slice(slash + 1).replace(/\/$/, "");
  // A bucket's name may have dots (api-obs obs_04_0021), but no certificate is for `a.b.obs.<region>.…`.
  if (!/^[a-z0-9](?!.*--)[a-z0-9-]{1,61}[a-z0-9]$/.test(bucket))
    return refuse(
      "must name a bucket: 3 to 63 lower-case letters, digits and single hyphens, no dots (obs://bucket/prefix)",
    );
  if (path !== "" && (!isOwnName(path) || path.length > PREFIX_CHARS_MAX))
    return refuse(
      `must have a prefix of letters, digits, ".", "_", "-" and "/", at most ${PREFIX_CHARS_MAX} characters`,
    );
  return { ok: true, place: { at: "bucket", bucket, prefix: path === "" ? "" : `${path}/` } };
}

function parseFolder(url: string): ParsedStoreUrl {
  const problem = "must be file:///absolute/path, with nothing behind the path";
  if (!url.startsWith("file:///") || /[?#]/.test(url)) return refuse(problem);
  try {
    const path = fileURLToPath(url);
    return isAbsolute(path) ? { ok: true, place: { at: "folder", path } } : refuse(problem);
  } catch {
    return refuse(problem); // an encoded slash, or a `%` that encodes nothing
  }
}

function refuse(problem: string): ParsedStoreUrl {
  return { ok: false, problem };
}
