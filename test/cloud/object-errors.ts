import { Refusal, refusalsOf } from "./refusal.ts";

/** Codes and statuses of api-obs obs_04_0115; the texts are abridged. */
const OBJECT_ERRORS = {
  AccessDenied: { status: 403, message: "Access denied:" },
  BadDigest: { status: 400, message: "Content-MD5 does not match what was received." },
  EntityTooLarge: { status: 400, message: "The object exceeds the maximum size." },
  InvalidAccessKeyId: { status: 403, message: "The access key ID does not exist:" },
  InvalidArgument: { status: 400, message: "Invalid argument:" },
  InvalidDigest: { status: 400, message: "Content-MD5 in the header is invalid." },
  MethodNotAllowed: { status: 405, message: "The method is not allowed here:" },
  NoSuchBucket: { status: 404, message: "The bucket does not exist:" },
  NoSuchKey: { status: 404, message: "The object does not exist:" },
  NotImplemented: { status: 501, message: "Not implemented in the local cloud:" },
  RequestTimeTooSkewed: { status: 403, message: "The request's time is too far from ours:" },
  SignatureDoesNotMatch: { status: 403, message: "The signature does not match:" },
  SlowDown: { status: 503, message: "Please reduce your request frequency." },
} as const;

export const refuseObject = refusalsOf("service", OBJECT_ERRORS);

/** OBS's answer to too many requests, with the wait that a fault asks for. */
export function slowDown(retryAfterSeconds?: number): Refusal {
  const headers =
    retryAfterSeconds === undefined ? {} : { "Retry-After": String(retryAfterSeconds) };
  return new Refusal("service", OBJECT_ERRORS.SlowDown, "SlowDown", "", headers);
}

/** The body of a refusal (api-obs obs_04_0115). */
export function objectErrorBody(refusal: Refusal, path: string, requestId: string): string {
  return xml(
    "Error",
    element("Code", refusal.code) +
      element("Message", refusal.message) +
      element("Resource", path) +
      element("RequestId", requestId) +
      element("HostId", "local"),
  );
}

/** A document of one root; `inner` is XML already. */
export function xml(root: string, inner: string, attributes = ""): string {
  return `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<${root}${attributes}>${inner}</${root}>`;
}

/** An element that holds text. */
export function element(name: string, text: string): string {
  const escaped = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  return `<${name}>${escaped}</${name}>`;
}
