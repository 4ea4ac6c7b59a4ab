import { parseFailure, requestIdIn } from "../core/answer.ts";
import { CloudError, type CloudErrorCode } from "../core/error.ts";
import type { ResourceKind } from "../core/resource.ts";

/** What of a request an error tells. */
type Asked = { readonly operation: string; readonly kind: ResourceKind };

export type Headers = { readonly [name: string]: string | string[] | undefined };

export type Answer = {
  readonly status: number;
  /** As far as it was read; its text is UTF-8. */
  readonly body: Buffer;
  readonly headers: Headers;
};

/** The text of an answer. */
export function decodeBody({ body }: Pick<Answer, "body">): string {
  return body.toString("utf8");
}

/** The `code` of an error, the innermost that it wraps; codes survive bundling, classes do not. */
export function faultCode(error: unknown): string {
  if (typeof error !== "object" || error === null) return "";
  const inner = "cause" in error ? faultCode(error.cause) : "";
  if (inner !== "") return inner;
  return "code" in error && typeof error.code === "string" ? error.code : "";
}

/** Connection faults that pass. Codes of undici, of Node and of the resolver. */
const PASSING_FAULTS: ReadonlySet<string> = new Set([
  "ECONNRESET",
  "ECONNREFUSED",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EAI_AGAIN",
  "ENOTFOUND",
  "UND_ERR_SOCKET",
  "UND_ERR_CONNECT_TIMEOUT",
  "UND_ERR_HEADERS_TIMEOUT",
  "UND_ERR_BODY_TIMEOUT",
]);

/** Codes with which Node and undici say that we asked for something that cannot be. */
const DEFECTS = /^(ERR_(?!TLS|SSL)|UND_ERR_(INVALID|NOT_SUPPORTED))/;

/** What a connection met, and whether it may pass. What is a mistake of ours is thrown as it is. */
export function faultOf(cause: unknown): { readonly detail: string; readonly passing: boolean } {
  const detail = faultCode(cause);
  if (detail === "" || DEFECTS.test(detail)) throw cause;
  return { detail, passing: PASSING_FAULTS.has(detail) };
}

/** Turns an answer that is no success into an error: by the kind's table of codes, else by status. */
export function failure(request: Asked, answer: Answer): CloudError {
  const { status, headers } = answer;
  const { serviceCode, requestId } = parseFailure(decodeBody(answer));
  const { absentCodes, untaggableCodes } = request.kind;
  const untaggable = untaggableCodes[serviceCode];
  const code = absentCodes.includes(serviceCode)
    ? "absent"
    : untaggable !== undefined
      ? "untaggable"
      : codeOfStatus(status);
  return newError(request, {
    code,
    status,
    serviceCode,
    requestId: requestId || requestIdIn(header(headers, "x-request-id") ?? ""),
    detail: untaggable ?? "",
  });
}

function codeOfStatus(status: number): CloudErrorCode {
  if (status === 400 || status === 409) return "rejected";
  if (status === 401 || status === 403) return "denied";
  if (status === 429) return "throttled";
  return status >= 500 ? "unavailable" : "unexpected";
}

type ErrorParts = { readonly code: CloudErrorCode } & Partial<
  Pick<CloudError, "status" | "serviceCode" | "requestId" | "detail">
>;

/** A `CloudError` of which only the known parts are given. */
export function newError({ operation }: Pick<Asked, "operation">, parts: ErrorParts): CloudError {
  return new CloudError({
    operation,
    code: parts.code,
    status: parts.status ?? 0,
    serviceCode: parts.serviceCode ?? "",
    requestId: parts.requestId ?? "",
    detail: parts.detail ?? "",
  });
}

/** The (first) value of a response header. */
export function header(headers: Headers, name: string): string | undefined {
  const value = headers[name];
  return typeof value === "string" ? value : value?.[0];
}
