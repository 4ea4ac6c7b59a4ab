import { createHash } from "node:crypto";
import type { Accounts } from "./accounts.ts";
import type { Clock } from "./clock.ts";
import type { FailureBucket, Fault } from "./contract.ts";
import type { Faults } from "./faults.ts";
import { authenticateObject, subResources } from "./object-auth.ts";
import { objectErrorBody, refuseObject, slowDown } from "./object-errors.ts";
import { compareKeys, listBody, pageOf, parseListQuery } from "./object-list.ts";
import type { Answer, Request } from "./pipeline.ts";
import { Refusal } from "./refusal.ts";

/**
 * OBS: buckets and whole objects, in path style (`/bucket/key`), as api-obs describes PutObject (obs_04_0080),
 * GetObject (obs_04_0083), DeleteObject (obs_04_0085) and ListObjects (obs_04_0022).
 *
 * Not here, and answered with 501: buckets' operations, HEAD, ranges, conditions, versions, multipart uploads,
 * copies, access lists and every other sub-resource. An absent object is NoSuchKey also for a caller who may
 * not list; whether OBS hides it from such a caller is not established.
 */
export type Objects = {
  /** Makes an empty bucket; one that is there stays as it is. */
  createBucket(name: string): void;
  /** The text of an object; `undefined` where there is none. */
  read(bucket: string, key: string): string | undefined;
  /** Puts an object there without a request. */
  put(bucket: string, key: string, text: string): void;
  /** All keys of a bucket in ascending order. */
  keys(bucket: string): readonly string[];
  /** What is in a bucket, in ascending order of the keys. */
  entries(bucket: string): readonly ObjectEntry[];
  /** Removes the objects of a prefix that were written before a time, as a rule of the lifecycle does. */
  expire(bucket: string, prefix: string, beforeMs: number): void;
};

/** An object without its content; `writtenMs` in milliseconds since 1970. */
export type ObjectEntry = {
  readonly key: string;
  readonly bytes: number;
  readonly writtenMs: number;
};

type Stored = { readonly body: Buffer; readonly writtenMs: number };

/** Largest object that is taken. (OBS: 5 GB.) */
export const OBJECT_BYTES_MAX = 64 * 1024 * 1024;

type Call = { readonly bucket: string; readonly key: string; readonly request: Request };
type Reply = { readonly status: number; readonly body: string; readonly type?: string };

type ObjectOperation = {
  /** Of roles, and of identity policies: those of objects are not established (api-obs obs_04_0112). */
  readonly actions: readonly string[];
  /** `object`, or what it is in. */
  readonly target: "object" | "bucket";
  readonly run: (call: Call, fault: Fault | undefined) => Reply;
};

const XML_TYPE = "application/xml";
/** Headers with a meaning that is not done here. */
const UNKNOWN_HEADERS = [
  "range",
  "if-match",
  "if-none-match",
  "if-modified-since",
  "x-obs-copy-source",
];

/** Does a request address the object store? Its signature gives it away. */
export function isObjectRequest(authorization: string | undefined): boolean {
  return authorization?.startsWith("OBS ") ?? false;
}

/** What a request asks of the object store, by method and path; `unknown` for what it cannot do. */
export function objectOperation(method: string, path: string): string {
  const object = /^\/[^/]+\/./.test(path);
  if (method === "GET") return object ? "GetObject" : "ListObjects";
  const names: { readonly [method: string]: string } = { PUT: "PutObject", DELETE: "DeleteObject" };
  return (object ? names[method] : undefined) ?? "unknown";
}

export type ObjectParts = {
  readonly accounts: Accounts;
  readonly faults: Faults;
  readonly clock: Clock;
};

/** An object store without a bucket: `objects` in process, `handle` for requests. */
export function createObjectStore({ accounts, faults, clock }: ObjectParts) {
  const buckets = new Map<string, Map<string, Stored>>();
  const sorted = new Map<string, readonly string[]>();

  function bucketOf(name: string): Map<string, Stored> {
    const bucket = buckets.get(name);
    if (bucket === undefined) throw refuseObject("NoSuchBucket", name);
    return bucket;
  }

  function keysOf(name: string): readonly string[] {
    const keys = sorted.get(name) ?? [...bucketOf(name).keys()].sort(compareKeys);
    sorted.set(name, keys);
    return keys;
  }

  function put(name: string, key: string, body: Buffer): void {
    if (!bucketOf(name).has(key)) sorted.delete(name);
    bucketOf(name).set(key, { body, writtenMs: clock.now() });
  }

  const operations: { readonly [name: string]: ObjectOperation } = {
    GetObject: {
      actions: ["obs:object:GetObject", "obs:object:getObject"],
      target: "object",
      run({ bucket, key }) {
        const stored = bucketOf(bucket).get(key);
        if (stored === undefined) throw refuseObject("NoSuchKey", key);
        return {
          status: 200,
          body: stored.body.toString("utf8"),
          type: "text/plain; charset=utf-8",
        };
      },
    },
    PutObject: {
      actions: ["obs:object:PutObject", "obs:object:putObject"],
      target: "object",
      run({ bucket, key, request }) {
        bucketOf(bucket);
        verifyDigest(request);
        put(bucket, key, request.body);
        return { status: 200, body: "" };
      },
    },
    DeleteObject: {
      actions: ["obs:object:DeleteObject", "obs:object:deleteObject"],
      target: "object",
      run({ bucket, key }) {
        if (bucketOf(bucket).delete(key)) sorted.delete(bucket);
        return { status: 204, body: "" };
      },
    },
    ListObjects: {
      actions: ["obs:bucket:ListBucket", "obs:bucket:listBucket"],
      target: "bucket",
      run({ bucket, request }, fault) {
        const query = parseListQuery(request.query);
        const shorten = fault?.kind === "short-page" ? fault.rows : 0;
        const body = listBody(bucket, query, pageOf(keysOf(bucket), query), shorten);
        return { status: 200, body, type: XML_TYPE };
      },
    },
  };

  async function handle(request: Request): Promise<Answer> {
    try {
      return await serve(request);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const body = objectErrorBody(error, request.path, request.requestId);
      const answer = answerOf(request, { status: error.status, body, type: XML_TYPE });
      return { ...answer, headers: { ...answer.headers, ...error.headers } };
    }
  }

  async function serve(request: Request): Promise<Answer> {
    const { caller } = authenticateObject(request, accounts, clock.now());
    const name = objectOperation(request.method, request.path);
    const [bucket = "", key = ""] = decodePath(request.path);
    const fault = faults.take(name, key);
    if (fault?.kind === "throttle") throw slowDown(fault.retryAfterSeconds);
    if (fault?.kind === "reset" && fault.when === "before") return { kind: "reset" };
    if (fault?.kind === "answer") {
      const headers = { "Content-Type": fault.contentType ?? XML_TYPE, ...fault.headers };
      return { kind: "answer", status: fault.status, headers, body: fault.body };
    }

    const operation = operations[name];
    const [unknown] = [
      ...subResources(request.query).map(([part]) => part),
      ...UNKNOWN_HEADERS.filter((header) => request.headers[header] !== undefined),
    ];
    if (operation === undefined || unknown !== undefined)
      throw refuseObject("NotImplemented", unknown ?? `${request.method} ${request.path}`);
    const { actions, target } = operation;
    const resources = { object: `${bucket}/${key}`, bucket };
    const resource = `obs:*:*:${target}:${resources[target]}`;
    if (!accounts.mayDo(caller, { actions, resource }))
      throw refuseObject("AccessDenied", actions[0]);
    const answer = answerOf(request, operation.run({ bucket, key, request }, fault));

    if (fault?.kind === "reset") return { kind: "reset" };
    if (fault?.kind === "slow") await clock.sleep(fault.ms);
    return answer;
  }

  const objects: Objects = {
    createBucket(name) {
      if (!buckets.has(name)) buckets.set(name, new Map());
    },
    read: (bucket, key) => bucketOf(bucket).get(key)?.body.toString("utf8"),
    put: (bucket, key, text) => put(bucket, key, Buffer.from(text)),
    keys: keysOf,
    entries: (bucket) =>
      [...bucketOf(bucket)]
        .map(([key, { body, writtenMs }]) => ({ key, bytes: body.length, writtenMs }))
        .sort((one, other) => compareKeys(one.key, other.key)),
    expire(bucket, prefix, beforeMs) {
      for (const [key, { writtenMs }] of bucketOf(bucket))
        if (key.startsWith(prefix) && writtenMs < beforeMs) bucketOf(bucket).delete(key);
      sorted.delete(bucket);
    },
  };
  /**
   * A failure destination (functiongraph.md 5). What its objects are called is not established, nor what
   * happens without the bucket: here, nothing. The agency's permission for it is not asked for.
   */
  function putFailure({ bucket, prefix }: FailureBucket, requestId: string, text: string): void {
    const at = new Date(clock.now()).toISOString();
    const folder = prefix === "" || prefix.endsWith("/") ? prefix : `${prefix}/`;
    if (buckets.has(bucket)) put(bucket, `${folder}${at}_${requestId}`, Buffer.from(text));
  }

  return { objects, handle, putFailure };
}

export type ObjectStore = ReturnType<typeof createObjectStore>;

/** The answer to an object that is larger than this store takes. */
export function objectTooLarge(path: string, requestId: string): Answer {
  const body = objectErrorBody(refuseObject("EntityTooLarge"), path, requestId);
  return { kind: "answer", status: 400, headers: { "Content-Type": XML_TYPE }, body };
}

function decodePath(path: string): readonly string[] {
  const [, bucket = "", key = ""] = /^\/([^/]*)\/?(.*)$/s.exec(path) ?? [];
  try {
    return [bucket, decodeURIComponent(key)];
  } catch {
    throw refuseObject("InvalidArgument", path);
  }
}

function verifyDigest({ headers, body }: Request): void {
  const digest = headers["content-md5"];
  if (digest === undefined) return;
  if (!/^[A-Za-z0-9+/]{22}==$/.test(digest)) throw refuseObject("InvalidDigest");
  if (digest !== createHash("md5").update(body).digest("base64")) throw refuseObject("BadDigest");
}

function answerOf({ requestId }: Request, { status, body, type }: Reply) {
  const headers: Record<string, string> = { Server: "OBS", "x-obs-request-id": requestId };
  if (type !== undefined) headers["Content-Type"] = type;
  return { kind: "answer", status, headers, body } as const;
}
