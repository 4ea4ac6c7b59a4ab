import {
  type Detail,
  findSecret,
  parseKeyDetail,
  parseSecretDetail,
  parseTags,
} from "../core/answer.ts";
import type { CloudError } from "../core/error.ts";
import { RESOURCE_KINDS, type ResourceRef, type ResourceType } from "../core/resource.ts";
import type { TagSet } from "../core/tag.ts";
import { type Budget, type Cloud, type CloudRequest, call } from "./cloud.ts";
import { newError } from "./failure.ts";

/** Reads and writes the tags of one resource at a time, and describes it. Throws `CloudError`. */
export type TagApi = {
  readTags(resource: ResourceRef, budget: Budget): Promise<TagSet>;
  /** Batch action `create`. Whether it replaces the value of a key that exists is not established. */
  createTags(resource: ResourceRef, tags: TagSet, budget: Budget): Promise<void>;
  /** Batch action `delete`, by key only: whether a wrong value would block it is not established. */
  deleteTags(resource: ResourceRef, keys: readonly string[], budget: Budget): Promise<void>;
  /** Finds a secret's id and details by its name; the tag calls know ids only (dew-api.md 1). */
  describeSecretByName(name: string, budget: Budget): Promise<Detail>;
  describe(resource: ResourceRef, budget: Budget): Promise<Detail>;
};

const PAGE_ROWS = 1_000;
/** 500 secrets are the documented quota of a project (dew-api.md 1.2); a site may allow more. */
const PAGES_MAX = 20;

export function createTagApi(cloud: Cloud): TagApi {
  const request = (
    type: ResourceType,
    operation: string,
    path: string,
    body?: unknown,
  ): CloudRequest => {
    const kind = RESOURCE_KINDS[type];
    const method = body === undefined ? "GET" : "POST";
    return {
      kind,
      operation,
      method,
      path: `${kind.basePath(cloud.project)}${path}`,
      query: {},
      body,
    };
  };
  const secretsPath = `/v1/${cloud.project}/secrets`;

  async function act({ type, id }: ResourceRef, action: string, tags: object[], budget: Budget) {
    const operation = `BatchTags(${action})`;
    await call(cloud, request(type, operation, `/${id}/tags/action`, { action, tags }), budget);
  }

  async function describeSecretByName(name: string, budget: Budget): Promise<Detail> {
    const asked = request("secret", "ShowSecret", "");
    const answer = await call(cloud, { ...asked, path: `${secretsPath}/${name}` }, budget);
    return required(parseSecretDetail(answer), "ShowSecret");
  }

  /** The only call that finds a secret by its id is the instance query, page by page. */
  async function describeSecretById(id: string, budget: Budget): Promise<Detail> {
    const operation = "ListResourceInstances";
    for (let page = 0; page < PAGES_MAX; page++) {
      const body = { action: "filter", limit: `${PAGE_ROWS}`, offset: `${page * PAGE_ROWS}` };
      const asked = request("secret", operation, "/resource_instances/action", body);
      const { detail, rows } = findSecret(await call(cloud, asked, budget), id);
      if (detail !== null) return detail;
      if (rows === 0) break;
    }
    throw newError({ operation }, { code: "absent", detail: "the secret is in no page" });
  }

  async function describeKey(id: string, budget: Budget): Promise<Detail> {
    const asked = request("key", "DescribeKey", "/describe-key", { key_id: id });
    return required(parseKeyDetail(await call(cloud, asked, budget)), "DescribeKey");
  }

  const describe: { readonly [Type in ResourceType]: TagApi["describe"] } = {
    async secret({ id, name }, budget) {
      if (name === undefined) return describeSecretById(id, budget);
      const detail = await describeSecretByName(name, budget);
      // A name can be given again after a deletion; an id never is.
      return detail.id === id ? detail : describeSecretById(id, budget);
    },
    key: ({ id }, budget) => describeKey(id, budget),
  };

  return {
    async readTags({ type, id }, budget) {
      const asked = request(type, "ListTags", `/${id}/tags`);
      return required(parseTags(await call(cloud, asked, budget)), "ListTags");
    },
    createTags: (resource, tags, budget) =>
      act(
        resource,
        "create",
        [...tags].map(([key, value]) => ({ key, value })),
        budget,
      ),
    deleteTags: (resource, keys, budget) =>
      act(
        resource,
        "delete",
        keys.map((key) => ({ key })),
        budget,
      ),
    describeSecretByName,
    describe: (resource, budget) => describe[resource.type](resource, budget),
  };
}

function required<T>(parsed: T | null, operation: string): T {
  if (parsed === null) throw unexpected(operation, "the answer is not as documented");
  return parsed;
}

function unexpected(operation: string, detail: string): CloudError {
  return newError({ operation }, { code: "unexpected", detail });
}
