import { AKSKSigner } from "@huaweicloud/huaweicloud-sdk-core/auth/AKSKSigner.js";
import type { ICredential } from "@huaweicloud/huaweicloud-sdk-core/auth/ICredential.js";
import { type Dispatcher, Pool } from "undici";
import type { Credentials } from "./contract.ts";
import type { LocalCloud } from "./index.ts";

export type Answer = {
  readonly status: number;
  /** The parsed body; its text where it is not JSON, `undefined` where there is none. */
  readonly body: unknown;
  readonly headers: { readonly [name: string]: string | string[] | undefined };
};

/** A caller of the local cloud: as itself, or in the few words that tests and the demonstration need. */
export type CloudClient = {
  /** One signed request. `path` is encoded and begins behind the endpoint; `body` goes as JSON. */
  call(method: Dispatcher.HttpMethod, path: string, body?: object): Promise<Answer>;
  /** Creates a secret with a harmless value and returns its id. Throws where that is refused. */
  createSecret(name: string, extra?: object): Promise<string>;
  /** Creates a key and returns its id. Throws where that is refused. */
  createKey(alias: string, extra?: object): Promise<string>;
  /** Adds tags in one batch action. */
  tag(
    type: "secret" | "key",
    id: string,
    tags: { readonly [key: string]: string },
  ): Promise<Answer>;
  /** The tags that the service gives for one resource. Throws where it refuses. */
  tagsOf(type: "secret" | "key", id: string): Promise<{ readonly [key: string]: string }>;
  /** Closes the client's connections. */
  close(): Promise<void>;
};

/** Makes a client that signs with the vendor's signer, on the cloud's clock. */
export function createClient(
  cloud: Pick<LocalCloud, "endpoint" | "project" | "clock">,
  credentials: Credentials,
  userAgent?: string,
): CloudClient {
  const pool = new Pool(cloud.endpoint);
  const base = {
    secret: `/v1/${cloud.project}/csms`,
    key: `/v1.0/${cloud.project}/kms`,
  } as const;

  async function call(method: Dispatcher.HttpMethod, path: string, body?: object): Promise<Answer> {
    const extra = userAgent === undefined ? {} : { "User-Agent": userAgent };
    const headers = signHeaders(cloud, credentials, method, path, body, extra);
    const response = await pool.request({
      method,
      path,
      headers,
      body: body === undefined ? null : JSON.stringify(body),
    });
    const text = await response.body.text();
    return { status: response.statusCode, body: parse(text), headers: response.headers };
  }

  async function succeed(
    method: Dispatcher.HttpMethod,
    path: string,
    body?: object,
  ): Promise<unknown> {
    const answer = await call(method, path, body);
    if (answer.status < 300) return answer.body;
    throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  }

  return {
    call,
    async createSecret(name, extra = {}) {
      const body = { name, secret_string: "not a real secret", ...extra };
      return idIn(await succeed("POST", `/v1/${cloud.project}/secrets`, body), "secret", "id");
    },
    async createKey(alias, extra = {}) {
      const body = { key_alias: alias, ...extra };
      const answer = await succeed("POST", `${base.key}/create-key`, body);
      return idIn(answer, "key_info", "key_id");
    },
    tag(type, id, tags) {
      const list = Object.entries(tags).map(([key, value]) => ({ key, value }));
      return call("POST", `${base[type]}/${id}/tags/action`, { action: "create", tags: list });
    },
    async tagsOf(type, id) {
      const rows = field(await succeed("GET", `${base[type]}/${id}/tags`), "tags");
      if (!Array.isArray(rows)) throw new Error("the answer has no tags");
      return Object.fromEntries(
        rows.map((row: unknown) => [String(field(row, "key")), String(field(row, "value"))]),
      );
    },
    close: () => pool.close(),
  };
}

/** Headers of a signed request, by the vendor's own signer and the headers that its client sends. */
export function signHeaders(
  { endpoint, project, clock }: Pick<LocalCloud, "endpoint" | "project" | "clock">,
  { ak, sk, token }: Credentials,
  method: string,
  path: string,
  body?: object,
  extra: { readonly [name: string]: string } = {},
): Record<string, string> {
  const [pathname = "", query = ""] = path.split(/\?(.*)/s);
  const headers = {
    "Content-Type": "application/json",
    "X-Project-Id": project,
    ...(token === undefined ? {} : { "X-Security-Token": token }),
    ...extra,
    "X-Sdk-Date": sdkDate(clock.now()),
  };
  const signer = pathname.includes("%") ? DecodingSigner : AKSKSigner;
  const signed = signer.sign(
    {
      method,
      endpoint: `${endpoint}${pathname}`,
      queryParams: Object.fromEntries(new URLSearchParams(query)),
      headers,
      ...(body === undefined ? {} : { data: body }),
    },
    credentialsOf(ak, sk),
  );
  return Object.fromEntries(Object.entries(signed).map(([name, value]) => [name, String(value)]));
}

/** `20261121T104500Z`, as the signer wants it. */
export function sdkDate(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replaceAll(/[-:]/g, "")}Z`;
}

// The vendor's Node.js signer encodes the path as it stands; the Python one decodes it first, and so does
// this where it matters (dew-api.md 10).
class DecodingSigner extends AKSKSigner {
  protected static override CanonicalURI(path = "/"): string | undefined {
    return AKSKSigner.CanonicalURI(path.split("/").map(decodeURIComponent).join("/"));
  }
}

function credentialsOf(ak: string, sk: string): ICredential {
  return {
    getAk: () => ak,
    getSk: () => sk,
    processAuthRequest: (_client, unsigned) => Promise.resolve(unsigned),
    processAuthParams: () => Promise.reject(new Error("the project is known")),
  };
}

function parse(text: string): unknown {
  if (text === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

function idIn(answer: unknown, group: string, name: string): string {
  const id = field(field(answer, group), name);
  if (typeof id !== "string") throw new Error("the answer has no id");
  return id;
}
