import type { CloudSettings } from "./contract.ts";
import type { Refusal } from "./refusal.ts";
import type { Stored } from "./store.ts";

/** What a service accepts as tags. Lengths count code points ("unicodes" in the documents). */
export type TagLimits = {
  readonly tagsMax: number;
  readonly keyLengthMax: number;
  readonly valueLengthMax: number;
  readonly keyPattern: RegExp;
  readonly valuePattern: RegExp;
  /** Most tags of one batch request; `null` where none is published. */
  readonly batchMax: number | null;
};

// The documents' own regexes (csms-project-tags.txt).
const UNICODE_KEY = /^((?!\s)(?!_sys_)[\p{L}\p{Z}\p{N}_.:=+\-@]*)(?<!\s)$/u;
const UNICODE_VALUE = /^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$/u;
// All but "ASCII(0-31), *, <, >, \ and =" (kms-batch-tags.txt, where the backslash got lost; dew-api.md 3),
// as the ranges between them.
const NOT_EXCLUDED = /^[ -)+-;?-[\]-\u{10ffff}]*$/u;

/** CSMS: 20 tags, 128/255 (csms-batch-tags.txt); a batch has 1 to 20 (dew-api.md 1). */
export const SECRET_TAG_LIMITS: TagLimits = {
  tagsMax: 20,
  keyLengthMax: 128,
  valueLengthMax: 255,
  keyPattern: UNICODE_KEY,
  valuePattern: UNICODE_VALUE,
  batchMax: 20,
};

/** KMS: the API pages say 10 tags and 36/43, the user guide 20 and 128/255 (dew-api.md 3). */
export const KEY_TAG_LIMITS: { readonly [Setting in CloudSettings["keyLimits"]]: TagLimits } = {
  documented: {
    tagsMax: 10,
    keyLengthMax: 36,
    valueLengthMax: 43,
    keyPattern: NOT_EXCLUDED,
    valuePattern: NOT_EXCLUDED,
    batchMax: null,
  },
  extended: { ...SECRET_TAG_LIMITS, batchMax: null },
};

/** What can be wrong with a tag write; each service has a code for each. */
export type TagProblem =
  | "empty-list"
  | "list-size"
  | "key"
  | "key-length"
  | "value"
  | "value-length"
  | "duplicate"
  | "exists"
  | "missing"
  | "quota";

export type RefuseTags = (problem: TagProblem, detail: string) => Refusal;

/** One tag of a request. A missing value counts as empty where a tag is written. */
export type TagItem = { readonly key: string; readonly value?: string | undefined };

/** Refuses a list that the documents do not allow, whatever the resource has. */
export function checkTagList(
  tags: readonly TagItem[],
  limits: TagLimits,
  refuse: RefuseTags,
): void {
  if (tags.length === 0) throw refuse("empty-list", "");
  if (limits.batchMax !== null && tags.length > limits.batchMax) {
    throw refuse("list-size", `(${tags.length} tags, at most ${limits.batchMax})`);
  }
  const keys = new Set<string>();
  for (const { key, value = "" } of tags) {
    const keyLength = [...key].length;
    if (keyLength === 0 || keyLength > limits.keyLengthMax) throw refuse("key-length", `(${key})`);
    if (!limits.keyPattern.test(key)) throw refuse("key", `(${key})`);
    if ([...value].length > limits.valueLengthMax) throw refuse("value-length", `(of ${key})`);
    if (!limits.valuePattern.test(value)) throw refuse("value", `(of ${key})`);
    if (keys.has(key)) throw refuse("duplicate", `(${key})`);
    keys.add(key);
  }
}

/** Adds tags, all of them or none. What happens to a key that is there is `createOnExisting`. */
export function createTags(
  resource: Stored,
  tags: readonly TagItem[],
  limits: TagLimits,
  settings: CloudSettings,
  refuse: RefuseTags,
): void {
  const existing = tags.find(({ key }) => resource.tags.has(key));
  if (existing !== undefined && settings.createOnExisting === "reject") {
    throw refuse("exists", `(${existing.key})`);
  }
  const added = tags.filter(({ key }) => !resource.tags.has(key)).length;
  // A resource that already has too many may still have a tag overwritten.
  if (added > 0 && resource.tags.size + added > limits.tagsMax) {
    throw refuse("quota", `(at most ${limits.tagsMax})`);
  }
  for (const { key, value = "" } of tags) resource.tags.set(key, value);
}

/** Deletes tags by key, all of them or none; `deleteMissing` and `deleteValue` say how strictly. */
export function deleteTags(
  resource: Stored,
  tags: readonly TagItem[],
  settings: CloudSettings,
  refuse: RefuseTags,
): void {
  const missing = tags.find(({ key }) => !resource.tags.has(key));
  if (missing !== undefined && settings.deleteMissing === "reject") {
    throw refuse("missing", `(${missing.key})`);
  }
  for (const { key, value } of tags) {
    const differs = value !== undefined && value !== resource.tags.get(key);
    if (settings.deleteValue === "match" && differs) continue;
    resource.tags.delete(key);
  }
}

/** The list form of the services' answers. */
export function tagList(tags: ReadonlyMap<string, string>): { key: string; value: string }[] {
  return Array.from(tags, ([key, value]) => ({ key, value }));
}

/** Tags that belong to the platform: separate from the others, never counted (dew-api.md 3). */
export function systemTags(resource: { readonly enterpriseProject: string }) {
  return [{ key: "_sys_enterprise_project_id", value: resource.enterpriseProject }];
}

/** "There can be at most 10 tag values" (csms-project-tags.txt); which ten is not said: the oldest here. */
export const PROJECT_TAG_VALUES_MAX = 10;

/** Every key in use with its distinct values, oldest resource first. */
export function projectTags(resources: Iterable<Stored>): { key: string; values: string[] }[] {
  const valuesByKey = new Map<string, Set<string>>();
  for (const { tags } of resources) {
    for (const [key, value] of tags) {
      const values = valuesByKey.get(key) ?? new Set();
      valuesByKey.set(key, values);
      if (values.size < PROJECT_TAG_VALUES_MAX) values.add(value);
    }
  }
  return Array.from(valuesByKey, ([key, values]) => ({ key, values: [...values] }));
}
