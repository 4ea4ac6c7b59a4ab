import { AKSKSigner } from "@huaweicloud/huaweicloud-sdk-core/auth/AKSKSigner.js";
import type { ICredential } from "@huaweicloud/huaweicloud-sdk-core/auth/ICredential.js";

/** Keys that sign requests. Temporary ones (an agency's) come with a token. */
export type Credentials = {
  readonly ak: string;
  readonly sk: string;
  readonly token?: string;
};

export type UnsignedRequest = {
  readonly method: string;
  readonly endpoint: string;
  /** Below the endpoint, every segment already safe to send as it is. */
  readonly path: string;
  /** `undefined` for none; otherwise sent as `JSON.stringify(body)`. */
  readonly body: unknown;
};

/**
 * Signs a request with the SDK core's own signer (SDK-HMAC-SHA256, dew-api.md section 10) and
 * answers with all headers to send. Every one of them is signed, the token and the project included.
 */
export function sign(
  request: UnsignedRequest,
  credentials: Credentials,
  project: string,
  nowMs: number,
): Record<string, string> {
  const headers = {
    "content-type": "application/json",
    "X-Project-Id": project,
    "X-Sdk-Date": sdkDate(nowMs),
    ...(credentials.token === undefined ? {} : { "X-Security-Token": credentials.token }),
  };
  const signed = AKSKSigner.sign(
    {
      method: request.method,
      endpoint: `${request.endpoint}${request.path}`,
      queryParams: {},
      headers,
      data: request.body,
    },
    signingKey(credentials),
  );
  return Object.fromEntries(Object.entries(signed).map(([name, value]) => [name, String(value)]));
}

/** `20260102T030405Z` */
function sdkDate(nowMs: number): string {
  return `${new Date(nowMs).toISOString().slice(0, 19).replace(/[-:]/g, "")}Z`;
}

/** The signer asks a credential for its two keys only; the rest is the SDK client's business. */
function signingKey({ ak, sk }: Credentials): ICredential {
  const credential: ICredential = {
    getAk: () => ak,
    getSk: () => sk,
    processAuthRequest: (_client, request) => Promise.resolve(request),
    processAuthParams: () => Promise.resolve(credential),
  };
  return credential;
}
