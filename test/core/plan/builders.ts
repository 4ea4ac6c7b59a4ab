import type { Facts, Field } from "../../../shared/core/facts.ts";
import { type TagPlan, writesOf } from "../../../shared/core/plan/plan.ts";
import type {
  Policy,
  Source,
  SourceOrigin,
  TagRule,
  Transform,
} from "../../../shared/core/policy/policy.ts";
import type { TagChange, TagSet } from "../../../shared/core/tag.ts";

/** A rule that says nothing but its key, and what the test is about. */
export function rule(key: string, about: Partial<TagRule> = {}): TagRule {
  return {
    key,
    description: "",
    required: null,
    severity: "medium",
    aliases: [],
    match: [],
    values: null,
    sources: [],
    whenPresent: "keep",
    applies: { only: null, except: [] },
    prohibited: false,
    ...about,
  };
}

export function source(origin: SourceOrigin, ...transform: Transform[]): Source {
  return { ...origin, transform };
}

export const constant = (value: string) => source({ kind: "const", value });
export const from = (field: Field) => source({ kind: "from", field });
export const copyOf = (key: string) => source({ kind: "tag", key });

export function policy(about: Partial<Policy>): Policy {
  return {
    version: 1,
    hash: "0".repeat(64),
    selectors: {},
    tags: [],
    rules: [],
    limits: { reserve: 2, keyProfile: "documented" },
    guards: {
      grace: { byAgent: [], defaultMs: 0 },
      visibleMs: 0,
      maxChanges: 500,
      maxPercent: 10,
    },
    exemptions: [],
    lookups: {},
    ...about,
  };
}

type FieldValues = { readonly [Name in Field]?: string | null };

/** A secret just after it was created, unless the test says otherwise. */
export function facts(fields: FieldValues = {}, about: Partial<Facts> = {}): Facts {
  const known = new Map<Field, string | null>();
  for (const [name, value] of Object.entries(fields))
    for (const field of [name].filter(isField)) known.set(field, value);
  return { type: "secret", hasEvent: true, fields: known, ...about };
}

function isField(name: string): name is Field {
  return name.includes(".") || name === "region" || name === "project";
}

export const tags = (entries: { readonly [key: string]: string }): TagSet =>
  new Map(Object.entries(entries));

/** So many tags that no rule names. */
export const foreignTags = (count: number): { readonly [key: string]: string } =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`foreign-${index}`, "theirs"]));

/** The tags after a plan was carried out. */
export function applied(current: TagSet, plan: TagPlan): TagSet {
  const { create, overwrite, remove } = writesOf(plan);
  const after = new Map([...current, ...create, ...overwrite]);
  for (const key of remove) after.delete(key);
  return after;
}

export const isWrite = ({ op }: TagChange): boolean => op !== "keep" && op !== "refuse";

export const writesNothing = (plan: TagPlan): boolean => !plan.changes.some(isWrite);
