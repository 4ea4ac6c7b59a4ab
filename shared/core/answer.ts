import * as z from "zod/mini";
import type { Field } from "./facts.ts";
import { parseJson } from "./json-value.ts";
import { isResourceId } from "./resource.ts";
import type { TagSet } from "./tag.ts";
import { parseTime, toIsoTime } from "./time.ts";

// The values of an answer are checked no further than they are used: a field that a newer version of
// the API adds or drops must not stop the tagging.
const text = z.catch(z.nullable(z.string()), null);
const number = z.catch(z.nullable(z.union([z.string(), z.number()])), null);

// `value` may be missing for an empty one: it is optional in TagItem (dew-api.md 1).
const tagList = z.array(z.object({ key: z.string(), value: z.optional(z.nullable(z.string())) }));
const tagsAnswer = z.object({ tags: tagList });

const secretDetail = z.object({
  id: text,
  name: text,
  state: text,
  kms_key_id: text,
  create_time: number,
  secret_type: text,
  enterprise_project_id: text,
});

const keyDetail = z.object({
  key_id: text,
  key_alias: text,
  key_state: text,
  key_spec: text,
  creation_date: number,
  default_key_flag: text,
  sys_enterprise_project_id: text,
});

const secretAnswer = z.object({ secret: secretDetail });
const keyAnswer = z.object({ key_info: keyDetail });

/** A resource as its service describes it. `null` in `fields` means: known to have none. */
export type Detail = {
  readonly id: string;
  readonly name: string | null;
  readonly defaultKey: boolean;
  readonly fields: ReadonlyMap<Field, string | null>;
};

/**
 * Reads the tags of one resource. System tags (`sys_tags`) are a list of their own and are left out.
 * `null` when the answer has no list of tags, which is not the same as an empty one.
 */
export function parseTags(answer: unknown): TagSet | null {
  const parsed = tagsAnswer.safeParse(answer);
  if (!parsed.success) return null;
  return new Map(parsed.data.tags.map(({ key, value }) => [key, value ?? ""]));
}

const vocabularyAnswer = z.object({ tags: z.array(z.object({ key: z.string() })) });

/** Reads the keys of a project's tags (csms-project-tags.txt). `null` when the answer is none. */
export function parseVocabulary(answer: unknown): readonly string[] | null {
  const parsed = vocabularyAnswer.safeParse(answer);
  return parsed.success ? parsed.data.tags.map(({ key }) => key) : null;
}

/** Reads the answer of ShowSecret: `{ secret: { id, name, … } }`. `null` when it is none. */
export function parseSecretDetail(answer: unknown): Detail | null {
  const parsed = secretAnswer.safeParse(answer);
  if (!parsed.success) return null;
  const { secret } = parsed.data;
  if (!isResourceId(secret.id)) return null;
  return {
    id: secret.id,
    name: secret.name,
    defaultKey: false,
    fields: new Map<Field, string | null>([
      ["resource.id", secret.id],
      ["resource.type", "secret"],
      ["resource.name", secret.name],
      ["resource.state", secret.state],
      ["resource.createdAt", isoTime(secret.create_time)],
      ["resource.kmsKeyId", nonEmpty(secret.kms_key_id)],
      ["resource.secretType", secret.secret_type],
      ["resource.keySpec", null],
      ["resource.enterpriseProject", nonEmpty(secret.enterprise_project_id)],
    ]),
  };
}

/** Reads the answer of describe-key: `{ key_info: { key_id, … } }`. `null` when it is none. */
export function parseKeyDetail(answer: unknown): Detail | null {
  const parsed = keyAnswer.safeParse(answer);
  if (!parsed.success) return null;
  const key = parsed.data.key_info;
  if (!isResourceId(key.key_id)) return null;
  return {
    id: key.key_id,
    name: key.key_alias,
    defaultKey: key.default_key_flag === "1",
    fields: new Map<Field, string | null>([
      ["resource.id", key.key_id],
      ["resource.type", "key"],
      ["resource.name", nonEmpty(key.key_alias)],
      ["resource.state", key.key_state],
      ["resource.createdAt", isoTime(key.creation_date)],
      ["resource.kmsKeyId", null],
      ["resource.secretType", null],
      ["resource.keySpec", nonEmpty(key.key_spec)],
      ["resource.enterpriseProject", nonEmpty(key.sys_enterprise_project_id)],
    ]),
  };
}

/** An answer of the instance query: its rows that say which resource they are. */
const instancesAnswer = z.object({ resources: z.array(z.unknown()) });
const instanceRow = z.object({ resource_id: text, resource_detail: z.optional(z.unknown()) });

/**
 * Looks for one secret in a page of the instance query (dew-api.md 1.1): its description, or how many
 * other rows the page has, so that the caller can go on. `null` when the answer is not as documented,
 * or the row is there and cannot be read: that is not the same as not being there.
 */
export function findSecret(answer: unknown, id: string): Detail | { readonly rows: number } | null {
  const parsed = instancesAnswer.safeParse(answer);
  if (!parsed.success) return null;
  for (const row of parsed.data.resources) {
    const { success, data } = instanceRow.safeParse(row);
    if (success && data.resource_id === id)
      return parseSecretDetail({ secret: data.resource_detail });
  }
  return { rows: parsed.data.resources.length };
}

/** Time fields come as numbers or text, in seconds or milliseconds (dew-api.md 1.2). */
function isoTime(value: string | number | null): string | null {
  const ms = parseTime(value);
  return ms === null ? null : toIsoTime(ms);
}

function nonEmpty(value: string | null): string | null {
  return value === "" ? null : value;
}

const failure = z.object({ error_code: text, errorCode: text, code: text, request_id: text });
const nestedFailure = z.object({ error: failure });

/**
 * Reads an error's body: the services' `{ error: { error_code } }` or the gateway's flat
 * `{ error_code, request_id }` (dew-api.md 4.1). HTML, an empty body or anything else gives empty
 * texts. Messages are not read: codes are matched, text never is.
 */
export function parseFailure(body: string): { serviceCode: string; requestId: string } {
  const json = parseJson(body);
  const nested = nestedFailure.safeParse(json);
  const { data } = nested.success ? { data: nested.data.error } : failure.safeParse(json);
  return {
    serviceCode: errorCode(data?.error_code ?? data?.errorCode ?? data?.code ?? ""),
    requestId: requestIdIn(data?.request_id ?? ""),
  };
}

/** Codes and ids go into log lines: only what looks like one gets there. */
function errorCode(text: string): string {
  return /^[A-Za-z]{2,20}\.\d{1,8}$/.test(text) ? text : "";
}

/** A request id as it may be repeated; empty where the text does not look like one. */
export function requestIdIn(text: string): string {
  return /^[\w-]{1,64}$/.test(text) ? text : "";
}
