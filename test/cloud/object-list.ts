import { element, refuseObject, xml } from "./object-errors.ts";

/** The most rows of one page (api-obs obs_04_0022). */
export const LIST_ROWS_MAX = 1000;

export type ListQuery = {
  readonly prefix: string;
  readonly marker: string;
  readonly delimiter: string;
  readonly maxKeys: number;
  /** Keys are sent URL-encoded. */
  readonly encoded: boolean;
};

type Row = { readonly name: string; readonly kind: "object" | "common-prefix" };

/** Reads the parameters of ListObjects; others are not known here. */
export function parseListQuery(query: string): ListQuery {
  const fields = new URLSearchParams(query);
  for (const name of fields.keys())
    if (!["prefix", "marker", "delimiter", "max-keys", "encoding-type"].includes(name))
      throw refuseObject("NotImplemented", name);
  const maxKeys = fields.get("max-keys") ?? String(LIST_ROWS_MAX);
  if (!/^[1-9]\d{0,8}$/.test(maxKeys)) throw refuseObject("InvalidArgument", "max-keys");
  const encoding = fields.get("encoding-type");
  if (encoding !== null && encoding !== "url") throw refuseObject("InvalidArgument", encoding);
  return {
    prefix: fields.get("prefix") ?? "",
    marker: fields.get("marker") ?? "",
    delimiter: fields.get("delimiter") ?? "",
    maxKeys: Math.min(Number(maxKeys), LIST_ROWS_MAX),
    encoded: encoding === "url",
  };
}

/** One page over keys in ascending order: objects, and what they have in common up to the delimiter. */
export function pageOf(keys: readonly string[], query: ListQuery) {
  const rows: Row[] = [];
  for (const key of keys) {
    const row = rowOf(key, query);
    if (row === undefined || row.name === rows.at(-1)?.name) continue;
    if (rows.length === query.maxKeys) return { rows, truncated: true };
    rows.push(row);
  }
  return { rows, truncated: false };
}

function rowOf(key: string, { prefix, marker, delimiter }: ListQuery): Row | undefined {
  if (!key.startsWith(prefix) || compareKeys(key, marker) <= 0) return undefined;
  const end = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
  if (end === -1) return { name: key, kind: "object" };
  const name = key.slice(0, end + delimiter.length);
  return name === marker ? undefined : { name, kind: "common-prefix" };
}

/** The order of a list: bytes of UTF-8. */
export function compareKeys(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}

/** The answer of ListObjects. `shorten` leaves out that many rows at the end, as if they were not there. */
export function listBody(
  bucket: string,
  query: ListQuery,
  { rows, truncated }: ReturnType<typeof pageOf>,
  shorten = 0,
): string {
  const name = (text: string) =>
    query.encoded ? encodeURIComponent(text).replaceAll("%20", "+").replaceAll("%2F", "/") : text;
  const sent = rows.slice(0, Math.max(0, rows.length - shorten));
  const head = [
    element("Name", bucket),
    element("Prefix", name(query.prefix)),
    element("Marker", name(query.marker)),
    query.delimiter === "" ? "" : element("Delimiter", name(query.delimiter)),
    element("MaxKeys", String(query.maxKeys)),
    query.encoded ? element("EncodingType", "url") : "",
    element("IsTruncated", String(truncated)),
    truncated ? element("NextMarker", name(rows.at(-1)?.name ?? "")) : "",
  ];
  const objects = sent.filter(({ kind }) => kind === "object");
  const prefixes = sent.filter(({ kind }) => kind === "common-prefix");
  return xml(
    "ListBucketResult",
    [
      ...head,
      ...objects.map((row) => `<Contents>${element("Key", name(row.name))}</Contents>`),
      ...prefixes.map(
        (row) => `<CommonPrefixes>${element("Prefix", name(row.name))}</CommonPrefixes>`,
      ),
    ].join(""),
    ' xmlns="http://obs.myhuaweicloud.com/doc/2015-06-30/"',
  );
}
