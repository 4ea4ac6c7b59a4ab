import { literalTextOf, textOf, valueAt } from "../json-value.ts";
import { isResourceId, type ResourceRef, type ResourceType } from "../resource.ts";
import { TRACE_LAYOUTS, textsAt } from "./layout.ts";
import type { Trace } from "./trace.ts";

/**
 * What a trace says about which resource it created.
 *
 * - `id`: the id that the tag calls want.
 * - `name`: only a name; the service must be asked for the id (ShowSecret, dew-api.md 1.2).
 * - `nothing`: neither.
 */
export type Identity =
  | { readonly by: "id"; readonly ref: ResourceRef }
  | { readonly by: "name"; readonly name: string }
  | { readonly by: "nothing" };

/**
 * Finds the created resource in the order of dew-api.md 6.4; where ids disagree, the first wins.
 *
 * Every id and name has been checked and may go into a path. A secret may be named in the form of an
 * id: a `resource_id` that is the very name the creator asked for is a name, or somebody could have
 * another's secret tagged.
 */
export function identify(trace: Trace, type: ResourceType): Identity {
  const names = namesOf(trace, type);
  const id = idOf(trace, type);
  if (id !== null) {
    const name = preferred(names.filter((candidate) => candidate !== id));
    return { by: "id", ref: { type, id, ...(name === null ? {} : { name }) } };
  }
  if (!TRACE_LAYOUTS[type].findsByName) return { by: "nothing" };
  const name = preferred(names) ?? lastNameOf(trace, type);
  return name === null ? { by: "nothing" } : { by: "name", name };
}

/** The names that a trace gives its resource, valid ones only: `resource_name` first. */
export function namesOf(trace: Trace, type: ResourceType): readonly string[] {
  const { names, isName } = TRACE_LAYOUTS[type];
  const candidates = [textOf(trace.resourceName) ?? "", ...textsAt(trace, names)];
  return candidates.filter((name) => isName(name));
}

function idOf(trace: Trace, type: ResourceType): string | null {
  const { ids, names, idInUrl } = TRACE_LAYOUTS[type];
  const given: readonly (string | null)[] = textsAt(trace, names);
  const candidates = [
    given.includes(trace.resourceId) ? null : trace.resourceId,
    ...textsAt(trace, ids),
    idInUrl(pathOf(trace.resourceUrl)),
  ];
  return candidates.find(isResourceId) ?? null;
}

/** Some services put the id where the name should be, so a name in UUID form comes last. */
function preferred(names: readonly string[]): string | null {
  return names.find((name) => !isResourceId(name)) ?? names[0] ?? null;
}

/** The words "undefined" and "null" come last of all: some resource may really be called so. */
function lastNameOf(trace: Trace, type: ResourceType): string | null {
  const { names, nameInUrl, isName } = TRACE_LAYOUTS[type];
  const candidates = [
    nameInUrl(pathOf(trace.resourceUrl)),
    trace.resourceId,
    trace.resourceName,
    ...names.map((path) => literalTextOf(valueAt(trace, path))),
  ];
  return candidates.find((name) => name !== null && isName(name)) ?? null;
}

/** The part of a URL before its query, which may hold ids of other things. */
function pathOf(url: string | null): string {
  return (url ?? "").replace(/[?#].*/s, "");
}
