import * as z from "zod";
import type { Refusal } from "./refusal.ts";
import { bodyOf, type Call, ok, type Reply } from "./service.ts";
import type { Store, Stored } from "./store.ts";

/** Limits of `resource_instances/action` (dew-api.md 1.1). */
export const PAGE_DEFAULT_ROWS = 10;
export const PAGE_MAX_ROWS = 1000;
export const FILTER_KEYS_MAX = 10;
export const FILTER_VALUES_MAX = 10;
export const MATCH_VALUE_LENGTH_MAX = 255;

/** What can be wrong with a query; each service has a code for each. */
export type QueryProblem =
  | "missing"
  | "invalid"
  | "action"
  | "limit"
  | "offset"
  | "offset-with-count"
  | "tags"
  | "values"
  | "match-key"
  | "match-value";

type RefuseQuery = (problem: QueryProblem, detail: string) => Refusal;

// The documents declare limit and offset as strings; Terraform sends numbers and is served (dew-api.md 1.1).
const Count = z.union([z.string(), z.number()]);
const Query = z.object({
  action: z.string(),
  limit: Count.optional(),
  offset: Count.optional(),
  tags: z.array(z.object({ key: z.string(), values: z.array(z.string()).optional() })).nullish(),
  matches: z.array(z.object({ key: z.string(), value: z.string().optional() })).nullish(),
});
type Filter = {
  readonly tags: readonly { readonly key: string; readonly values: readonly string[] }[];
  readonly names: readonly string[];
};

/** How the services differ in this query. */
export type QueryRules<Item extends Stored> = {
  readonly refuse: RefuseQuery;
  /** KMS refuses an empty name to match; CSMS takes it and matches nothing (dew-api.md 1.1, 2.1). */
  readonly emptyMatchRefused: boolean;
  /** KMS has a code for an offset beside `count` (dew-api.md 4.3). */
  readonly offsetWithCountRefused: boolean;
  /** Which resources the query knows at all; `scope` names them for the cache. */
  readonly scope: string;
  readonly includes: (item: Item) => boolean;
  readonly row: (item: Item) => object;
};

/**
 * Answers an instance query: `filter` with one page and the number of all that match, `count` with the
 * number alone. Tag keys are ANDed and their values ORed, no values mean any; names match anywhere in the
 * name, with case (how fuzzy the real match is, is not established).
 */
export function queryInstances<Item extends Stored>(
  call: Call,
  store: Store<Item>,
  rules: QueryRules<Item>,
): Reply {
  const query = bodyOf(call, Query, rules.refuse);
  if (query.action !== "filter" && query.action !== "count") {
    throw rules.refuse("action", `(${query.action})`);
  }
  const filter = checkedFilter(query, rules);
  const question = JSON.stringify([rules.scope, filter]);
  const matching = store.view(
    question,
    filter.tags.length > 0 ? "tags" : "items",
    (item) => rules.includes(item) && matches(item, filter),
  );
  if (query.action === "count") {
    if (rules.offsetWithCountRefused && query.offset !== undefined) {
      throw rules.refuse("offset-with-count", "");
    }
    return ok({ total_count: matching.length });
  }

  const limit = wholeNumber(query.limit, PAGE_DEFAULT_ROWS);
  if (limit < 1 || limit > PAGE_MAX_ROWS) throw rules.refuse("limit", `(${query.limit})`);
  const offset = wholeNumber(query.offset, 0);
  if (offset < 0) throw rules.refuse("offset", `(${query.offset})`);
  const page = matching.slice(offset, offset + limit);
  return ok({ resources: page.map(rules.row), total_count: matching.length });
}

function checkedFilter<Item extends Stored>(
  query: z.output<typeof Query>,
  { refuse, emptyMatchRefused }: QueryRules<Item>,
): Filter {
  const tags = (query.tags ?? []).map(({ key, values = [] }) => ({ key, values }));
  if (tags.length > FILTER_KEYS_MAX) throw refuse("tags", `(more than ${FILTER_KEYS_MAX} keys)`);
  for (const { key, values } of tags) {
    if (key === "") throw refuse("tags", "(empty key)");
    if (values.length > FILTER_VALUES_MAX) throw refuse("values", `(of ${key})`);
  }
  const names = (query.matches ?? []).map(({ key, value = "" }) => {
    if (key !== "resource_name") throw refuse("match-key", `(${key})`);
    const tooLong = [...value].length > MATCH_VALUE_LENGTH_MAX;
    if (tooLong || (value === "" && emptyMatchRefused)) throw refuse("match-value", "");
    return value;
  });
  return { tags, names };
}

function matches(item: Stored, { tags, names }: Filter): boolean {
  if (!names.every((name) => name !== "" && item.name.includes(name))) return false;
  return tags.every(({ key, values }) => {
    const value = item.tags.get(key);
    return value !== undefined && (values.length === 0 || values.includes(value));
  });
}

/** A whole number as text or as a number; -1 for anything else, which no check lets pass. */
export function wholeNumber(value: string | number | undefined, missing: number): number {
  if (value === undefined) return missing;
  return /^\d{1,9}$/.test(String(value)) ? Number(value) : -1;
}
