import type { RunPlan } from "../../shared/core/run/run-plan.ts";
import { digestOfTags } from "../../shared/io/digest.ts";
import type { LocalCloud } from "../cloud/index.ts";

export type Tags = { readonly [key: string]: string };
/** Tags of every resource, by name. */
export type TagsByName = { readonly [name: string]: Tags };

type Sort = { readonly type: "secret" | "key"; readonly tags: Tags };

const foreign = (count: number): Tags =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`Foreign${index}`, `f${index}`]));

/** Resources of which each needs something else by test/policies/bulk; `full-…` have no room left. */
export const SORTS: { readonly [name: string]: Sort } = {
  untagged: { type: "secret", tags: {} },
  alias: { type: "secret", tags: { owner: "ann", Environment: "dev", Other: "x" } },
  variant: { type: "secret", tags: { Owner: "bob", Environment: "PRD" } },
  forbidden: { type: "secret", tags: { Owner: "eve", Environment: "dev", Password: "p" } },
  everything: {
    type: "secret",
    tags: { OwnerEmail: "kim", Environment: "production", Password: "p", Other: "x" },
  },
  fine: { type: "secret", tags: { Owner: "zoe", Environment: "prod" } },
  "full-alias": { type: "secret", tags: { ...foreign(18), owner: "lea", Environment: "dev" } },
  "full-swap": { type: "secret", tags: { ...foreign(18), owner: "max", Password: "p" } },
  "key-untagged": { type: "key", tags: {} },
  "key-alias": { type: "key", tags: { owner: "pat", Environment: "PRD", Other: "x" } },
  "key-full": { type: "key", tags: { ...foreign(8), owner: "ron", Environment: "production" } },
  "key-forbidden": { type: "key", tags: { ...foreign(7), Password: "p", Environment: "dev" } },
};

/** Keys of tags that the policy says nothing about. */
export function isForeign(key: string): boolean {
  return /^(Foreign|Other)/.test(key);
}

/** Puts resources of each sort into the cloud: `alias`, then `alias.1`, `alias.2` and so on. */
export function addResources(cloud: LocalCloud, copies = 1): void {
  for (let copy = 0; copy < copies; copy++)
    for (const [sort, { type, tags }] of Object.entries(SORTS)) {
      const name = copy === 0 ? sort : `${sort}.${copy}`;
      if (type === "secret") cloud.addSecret({ name, tags });
      else cloud.addKey({ name, tags });
    }
}

function sortOf(name: string): Sort | undefined {
  return SORTS[name.replace(/\.\d+$/, "")];
}

/** The tags of every resource now, those of default keys left out. */
export function tagsOf(cloud: LocalCloud): TagsByName {
  return Object.fromEntries(
    cloud
      .resources()
      .filter(({ name }) => sortOf(name) !== undefined)
      .map(({ name, tags }) => [name, Object.fromEntries([...tags].sort())]),
  );
}

/** Gives every resource these tags and no others. */
export function setTags(cloud: LocalCloud, wanted: TagsByName): void {
  for (const { id, name, tags } of cloud.resources()) {
    const want = wanted[name];
    if (want === undefined) continue;
    cloud.untagDirectly(id, [...tags.keys()]);
    cloud.tagDirectly(id, want);
  }
}

/** Where a resource is not as it must be at any moment of a run: foreign tags as ever, no more than fit. */
export function harmIn(cloud: LocalCloud): readonly string[] {
  return cloud.resources().flatMap(({ type, name, tags }) => {
    const sort = sortOf(name);
    if (sort === undefined) return [];
    const now = foreignOf(new Map(tags));
    const before = foreignOf(new Map(Object.entries(sort.tags)));
    const max = type === "secret" ? 20 : 10;
    return [
      ...(digestOfTags(now) === digestOfTags(before) ? [] : [`${name}: a foreign tag changed`]),
      ...(tags.size > max ? [`${name}: ${tags.size} tags`] : []),
    ];
  });
}

function foreignOf(tags: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  return new Map([...tags].filter(([key]) => isForeign(key)));
}

/** What a plan makes of these tags when everything goes well. */
export function carriedOut(
  tags: TagsByName,
  { resources }: Pick<RunPlan, "resources">,
): TagsByName {
  const changed = resources.map(({ resource: { name = "" }, changes }) => {
    const wanted = new Map(Object.entries(tags[name] ?? {}));
    for (const { key, op, to = "" } of changes)
      if (op === "delete") wanted.delete(key);
      else if (op === "create" || op === "overwrite") wanted.set(key, to);
    return [name, Object.fromEntries([...wanted].sort())] as const;
  });
  return { ...tags, ...Object.fromEntries(changed) };
}
