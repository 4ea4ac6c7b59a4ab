import type * as z from "zod";
import type { Caller } from "./accounts.ts";
import type { Refusal } from "./refusal.ts";

/** A request whose operation and caller are known. */
export type Call = {
  readonly operation: Operation;
  /** Decoded path parameters, by the names in the operation's path. */
  readonly params: { readonly [name: string]: string };
  readonly query: URLSearchParams;
  /** The parsed body; an empty object where there was none. */
  readonly body: unknown;
  readonly caller: Caller;
  readonly nowMs: number;
  /** What traces show of the request beside its body. */
  readonly from: RequestOrigin;
};

export type RequestOrigin = {
  readonly requestId: string;
  readonly sourceIp: string;
  readonly userAgent: string;
  readonly ak: string;
};

export type Reply = {
  readonly status: 200 | 202 | 204;
  readonly body?: object;
  /** What the call was about, where the request did not say: a resource that it created. */
  readonly about?: Subject;
};

/** The resource that a call is about, as far as it is known. */
export type Subject = { readonly id: string; readonly name: string };

export type Operation = {
  /** The services' own name: `BatchCreateOrDeleteTags`. */
  readonly name: string;
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** `/v1/{project}/csms/{id}/tags`; `{project}` must be the cloud's. */
  readonly path: string;
  /** IAM actions, either of which permits it (dew-api.md 9); none where none is published. */
  readonly actions: readonly string[];
  /** How a document of IAM names what it is done to; missing where that is not established. */
  readonly resource?: (params: Call["params"]) => string;
  /** Name of its trace by the request; missing where the documents name none (reads). */
  readonly trace?: (body: unknown) => string;
  readonly run: (call: Call) => Reply;
};

/** A service: its operations, what its traces say of it, and how it refuses before it looks closer. */
export type Service = {
  readonly name: "kms" | "csms" | "cts" | "smn" | "fgs";
  readonly operations: readonly Operation[];
  /** `resource_type` of its traces; empty where it writes none. */
  readonly traceType: string;
  /** The resource that a request names, by id or by name, in its path or body. */
  readonly subject: (params: Call["params"], body: unknown) => Subject | undefined;
  readonly refuse: {
    readonly malformed: () => Refusal;
    readonly denied: (action: string) => Refusal;
    readonly foreignProject: () => Refusal;
  };
};

/** A call that is no cloud's but this one's own: it asks for no signature and leaves no trace. */
export type LocalCall = {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly service: "other";
  /** `body` is `undefined` where it is not JSON. */
  readonly answer: (
    params: Call["params"],
    body: unknown,
  ) => { readonly status: number; readonly body: object };
};

export function ok(body: object, about?: Subject): Reply {
  return about === undefined ? { status: 200, body } : { status: 200, body, about };
}

/** The answer to every tag write: 204 without a body. */
export const NO_CONTENT: Reply = { status: 204 };

/** A path parameter that the operation's path is known to have. */
export function param(call: Call, name: string): string {
  const value = call.params[name];
  if (value === undefined) throw new Error(`${call.operation.name} has no parameter ${name}`);
  return value;
}

/** The body in the form of `schema`, or the refusal that `refuse` makes of the first problem. */
export function bodyOf<Schema extends z.ZodType>(
  call: Call,
  schema: Schema,
  refuse: (problem: "missing" | "invalid", detail: string) => Refusal,
): z.output<Schema> {
  const result = schema.safeParse(call.body);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const at = issue?.path.join(".") ?? "";
  const missing = issue?.code === "invalid_type" && valueAt(call.body, issue.path) === undefined;
  throw refuse(missing ? "missing" : "invalid", `(${at}: ${issue?.message ?? ""})`);
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, name) =>
      typeof inner === "object" && inner !== null ? Reflect.get(inner, name) : undefined,
    value,
  );
}

/** A field of a body that was not checked: text, or nothing. */
export function textField(body: unknown, name: string): string | undefined {
  const value = typeof body === "object" && body !== null ? Reflect.get(body, name) : undefined;
  return typeof value === "string" ? value : undefined;
}

/** A route's answer: the operation and the path parameters, decoded. */
export type Route<Target> = {
  readonly target: Target;
  readonly params: { readonly [name: string]: string };
};

/** Makes a router over targets with a method and a path; a fixed segment beats a parameter. */
export function createRouter<Target extends { readonly method: string; readonly path: string }>(
  targets: readonly Target[],
) {
  const byShape = new Map<string, { target: Target; segments: readonly string[] }[]>();
  for (const target of targets) {
    const segments = target.path.split("/");
    const shape = `${target.method} ${segments.length}`;
    byShape.set(shape, [...(byShape.get(shape) ?? []), { target, segments }]);
  }
  for (const entries of byShape.values()) {
    entries.sort((a, b) => parameters(a.segments) - parameters(b.segments));
  }

  return (method: string, path: string): Route<Target> | undefined => {
    const segments = path.split("/");
    for (const entry of byShape.get(`${method} ${segments.length}`) ?? []) {
      const params = matchSegments(entry.segments, segments);
      if (params !== undefined) return { target: entry.target, params };
    }
    return undefined;
  };
}

function parameters(segments: readonly string[]): number {
  return segments.filter((segment) => segment.startsWith("{")).length;
}

function matchSegments(
  pattern: readonly string[],
  segments: readonly string[],
): Record<string, string> | undefined {
  const params: Record<string, string> = {};
  for (const [index, expected] of pattern.entries()) {
    const segment = segments[index] ?? "";
    if (!expected.startsWith("{")) {
      if (segment !== expected) return undefined;
      continue;
    }
    const value = decodeSegment(segment);
    if (value === undefined || value === "") return undefined;
    params[expected.slice(1, -1)] = value;
  }
  return params;
}

function decodeSegment(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}
