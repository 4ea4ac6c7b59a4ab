import { type ObjectPage, parseObjectPage } from "./obs-answer.ts";
import { callObs, newError, type ObsAccess, type ObsRequest } from "./obs-call.ts";
import { encodeText } from "./obs-sign.ts";
import type { Store } from "./store.ts";
import {
  isReadableName,
  requireOwnName,
  requirePrefix,
  requireReadableName,
} from "./store-name.ts";
import type { StorePlace } from "./store-url.ts";

/** The most that one page holds (api-obs obs_04_0022). */
const PAGE_ROWS_MAX = 1_000;

type Bucket = Extract<StorePlace, { at: "bucket" }>;

/**
 * A store in a bucket of OBS. One PUT replaces an object as a whole, so that nothing else is needed for a
 * write; a condition on it is not established and not used.
 *
 * Whether a reader who may not list gets 403 for an object that is not there (as from services of this
 * kind) is not established: 403 is `denied`, never "nothing there", so give `obs:bucket:ListBucket` too.
 */
export function createObsStore(bucket: Bucket, obs: ObsAccess): Store {
  const { prefix } = bucket;
  const { place: url } = requestIn(bucket, { operation: "ListObjects", method: "GET" });
  // Markers of empty folders, and keys that no path can hold, are passed over.
  const isListed = (key: string) =>
    key.startsWith(prefix) && isReadableName(key.slice(prefix.length));

  return {
    url,
    async read(name) {
      const key = `${prefix}${requireReadableName(name)}`;
      return callObs(obs, requestIn(bucket, { operation: "GetObject", method: "GET", key }));
    },
    async write(name, text) {
      const key = `${prefix}${requireOwnName(name)}`;
      const put = { operation: "PutObject", method: "PUT", key, body: text } as const;
      const asked = requestIn(bucket, put);
      const answer = await callObs(obs, asked);
      if (answer === null) throw newError(asked, { code: "unexpected", status: 404 });
    },
    async remove(name) {
      const key = `${prefix}${requireReadableName(name)}`;
      await callObs(obs, requestIn(bucket, { operation: "DeleteObject", method: "DELETE", key }));
    },
    async *list(wanted, after) {
      const under = `${prefix}${requirePrefix(wanted)}`;
      const marker = after === undefined ? "" : `${prefix}${after}`;
      let last = marker;
      for await (const { keys } of pages(bucket, obs, { prefix: under, marker, delimiter: "" })) {
        for (const key of keys) {
          if (key !== last && isListed(key)) yield key.slice(prefix.length);
          last = key;
        }
      }
    },
    async *folders(wanted) {
      const under = `${prefix}${requirePrefix(wanted)}`;
      const query = { prefix: under, marker: "", delimiter: "/" };
      let last = "";
      for await (const { commonPrefixes } of pages(bucket, obs, query)) {
        for (const folder of commonPrefixes) {
          if (folder !== last && isListed(folder.slice(0, -1))) yield folder.slice(prefix.length);
          last = folder;
        }
      }
    },
  };
}

type Asked = Pick<ObsRequest, "operation" | "method"> & Partial<Pick<ObsRequest, "body" | "query">>;

function requestIn(
  { bucket, prefix }: Bucket,
  { key, ...asked }: Asked & { readonly key?: string },
): ObsRequest {
  const place = `obs://${bucket}/${key ?? prefix}`;
  return {
    ...{ bucket, key: key ?? "", body: null, query: "" },
    ...asked,
    place: key === undefined ? place.replace(/\/$/, "") : place,
  };
}

/** Where a list begins and what it rolls up; a key's own prefix included. */
type Wanted = { readonly prefix: string; readonly marker: string; readonly delimiter: string };

/**
 * All pages of a list. Whether a page begins at its marker or behind it can be read both ways ("start with
 * … following"): a name may come twice.
 */
async function* pages(bucket: Bucket, obs: ObsAccess, wanted: Wanted): AsyncGenerator<ObjectPage> {
  let { marker } = wanted;
  for (;;) {
    const query = listQuery({ ...wanted, marker });
    const asked = requestIn(bucket, { operation: "ListObjects", method: "GET", query });
    const text = await callObs(obs, asked);
    const page = text === null ? null : parseObjectPage(text);
    if (page === null)
      throw newError(asked, { code: "unexpected", detail: "the answer is not a list of objects" });
    yield page;
    if (page.nextMarker === null) return;
    if (Buffer.compare(Buffer.from(page.nextMarker), Buffer.from(marker)) <= 0)
      throw newError(asked, { code: "unexpected", detail: "the list does not go on" });
    marker = page.nextMarker;
  }
}

/**
 * Which objects, from where on. Keys are asked for URL-encoded (obsutil's FAQ obs_11_0082 names the
 * parameter): XML has no way to write some characters that others' keys may have. A service that does not
 * know it answers with the keys as they are.
 */
function listQuery(wanted: Wanted): string {
  const fields = {
    ...wanted,
    "max-keys": String(PAGE_ROWS_MAX),
    "encoding-type": "url",
  };
  const pairs = Object.entries(fields).filter(([, value]) => value !== "");
  return `?${pairs.map(([name, value]) => `${name}=${encodeText(value)}`).join("&")}`;
}
