import {
  type Detail,
  findSecret,
  parseKeyDetail,
  parseSecretDetail,
  parseTags,
  parseVocabulary,
} from "../core/answer.ts";
import { CloudError } from "../core/error.ts";
import { RESOURCE_KINDS, type ResourceRef, type ResourceType } from "../core/resource.ts";
import type { TagSet } from "../core/tag.ts";
import { type Budget, type Cloud, type CloudRequest, call } from "./cloud.ts";
import { newError } from "./failure.ts";

/** A question about many resources of a kind: an operation, its path below the kind's own, and its body. */
export type KindQuery = Pick<CloudRequest, "operation" | "path" | "rows"> & {
  readonly body: object;
};

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
  /** Asks about many at once; answers with the parsed JSON, unchecked (`io/inventory.ts` reads it). */
  query(type: ResourceType, query: KindQuery, budget: Budget): Promise<unknown>;
  /** Every tag key that resources of the kind have in the project, in one call (csms-project-tags.txt). */
  vocabulary(type: ResourceType, budget: Budget): Promise<readonly string[]>;
};

const PAGE_ROWS = 1_000;
/** 500 secrets are the documented quota of a project (dew-api.md 1.2); a site may allow more. */
const PAGES_MAX = 20;

/** The tag calls of one host, for both kinds of resources (dew-api.md 1 and 2). */
export function createTagApi(cloud: Cloud): TagApi {
  return {
    async readTags({ type, id }, budget) {
      const answer = await call(cloud, ask(cloud, type, "ListTags", `/${id}/tags`), budget);
      return required(parseTags(answer), "ListTags");
    },
    createTags: (resource, tags, budget) =>
      act(
        cloud,
        resource,
        "create",
        [...tags].map(([key, value]) => ({ key, value })),
        budget,
      ),
    deleteTags: (resource, keys, budget) =>
      act(
        cloud,
        resource,
        "delete",
        keys.map((key) => ({ key })),
        budget,
      ),
    describeSecretByName: (name, budget) => describeSecretByName(cloud, name, budget),
    describe: (resource, budget) => DESCRIBE[resource.type](cloud, resource, budget),
    query: (type, { operation, path, body, rows }, budget) =>
      call(cloud, { ...ask(cloud, type, operation, path, body), rows }, budget),
    async vocabulary(type, budget) {
      const answer = await call(cloud, ask(cloud, type, "ListProjectTags", "/tags"), budget);
      return required(parseVocabulary(answer), "ListProjectTags");
    },
  };
}

type Describe = (cloud: Cloud, resource: ResourceRef, budget: Budget) => Promise<Detail>;

const DESCRIBE: { readonly [Type in ResourceType]: Describe } = {
  async secret(cloud, { id, name }, budget) {
    // A trace's name may be wrong, and one can be given again after a deletion; an id never is.
    const named = name === undefined ? null : await describeNamed(cloud, name, budget);
    return named?.id === id ? named : describeSecretById(cloud, id, budget);
  },
  async key(cloud, { id }, budget) {
    const asked = ask(cloud, "key", "DescribeKey", "/describe-key", { key_id: id });
    return required(parseKeyDetail(await call(cloud, asked, budget)), "DescribeKey");
  },
};

function ask(
  { project }: Cloud,
  type: ResourceType,
  operation: string,
  path: string,
  body?: object,
): CloudRequest {
  const kind = RESOURCE_KINDS[type];
  const method = body === undefined ? "GET" : "POST";
  return { kind, operation, method, path: `${kind.basePath(project)}${path}`, body };
}

async function act(
  cloud: Cloud,
  { type, id }: ResourceRef,
  action: "create" | "delete",
  tags: readonly object[],
  budget: Budget,
): Promise<void> {
  const body = { action, tags };
  await call(cloud, ask(cloud, type, `BatchTags(${action})`, `/${id}/tags/action`, body), budget);
}

async function describeSecretByName(cloud: Cloud, name: string, budget: Budget): Promise<Detail> {
  const path = `/v1/${cloud.project}/secrets/${name}`;
  const answer = await call(cloud, { ...ask(cloud, "secret", "ShowSecret", ""), path }, budget);
  return required(parseSecretDetail(answer), "ShowSecret");
}

async function describeNamed(cloud: Cloud, name: string, budget: Budget): Promise<Detail | null> {
  try {
    return await describeSecretByName(cloud, name, budget);
  } catch (error) {
    if (error instanceof CloudError && error.code === "absent") return null;
    throw error;
  }
}

/** The only call that finds a secret by its id is the instance query, page by page. */
async function describeSecretById(cloud: Cloud, id: string, budget: Budget): Promise<Detail> {
  const operation = "ListResourceInstances";
  for (let page = 0; page < PAGES_MAX; page++) {
    const body = { action: "filter", limit: `${PAGE_ROWS}`, offset: `${page * PAGE_ROWS}` };
    const asked = ask(cloud, "secret", operation, "/resource_instances/action", body);
    const found = required(findSecret(await call(cloud, asked, budget), id), operation);
    if (!("rows" in found)) return found;
    if (found.rows === 0)
      throw newError({ operation }, { code: "absent", detail: "the secret is in no page" });
  }
  throw unexpected(operation, `the secret is not in the first ${PAGES_MAX} pages`);
}

function required<T>(parsed: T | null, operation: string): T {
  if (parsed === null) throw unexpected(operation, "the answer is not as documented");
  return parsed;
}

function unexpected(operation: string, detail: string): CloudError {
  return newError({ operation }, { code: "unexpected", detail });
}
