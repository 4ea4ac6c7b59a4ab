import { Refusal, refusalsOf } from "./refusal.ts";

/**
 * What the API gateway answers before a request reaches a service (dew-api.md 4.1 and 5). The texts of
 * 0301 and 0308 begin as the real ones do; what follows is ours. 0201 is from the gateway's general list
 * of errors. `LOCAL.*` is nobody's: it says that this emulator, not the cloud, cannot do it.
 */
const GATEWAY_ERRORS = {
  "APIGW.0101": {
    status: 404,
    message: "The API does not exist or has not been published in the environment.",
  },
  "APIGW.0201": { status: 413, message: "Request entity too large." },
  "APIGW.0301": { status: 401, message: "Incorrect IAM authentication information:" },
  "APIGW.0308": { status: 429, message: "The throttling threshold has been reached:" },
  "LOCAL.0501": { status: 501, message: "Not implemented in the local cloud:" },
} as const;

export const refuseAtGateway = refusalsOf("gateway", GATEWAY_ERRORS);

/** The throttle answer. No `Retry-After` unless a fault asks for one: none is documented (dew-api.md 5). */
export function throttled(limit: number | null, retryAfterSeconds?: number): Refusal {
  return new Refusal(
    "gateway",
    GATEWAY_ERRORS["APIGW.0308"],
    "APIGW.0308",
    `policy user over ratelimit,limit:${limit ?? 0},time:1 second`,
    retryAfterSeconds === undefined ? {} : { "Retry-After": String(retryAfterSeconds) },
  );
}
