import { own } from "../json-value.ts";
import { compileScope, toList } from "./compile-selector.ts";
import type { Draft } from "./draft.ts";
import { type Mistake, type Path, quote } from "./problem.ts";
import type { PolicyDocument } from "./schema.ts";
import { expectName } from "./suggest.ts";

/** One tag needs to know another before it can be worked out. */
type Edge = { readonly from: string; readonly to: string; readonly path: Path };

/** `tag` sources must name declared tags, and no tag may depend on itself, however indirectly. */
export function checkCycles({ document, declared }: Draft): readonly Mistake[] {
  const sources = Object.keys(document.tags).flatMap((key) => sourceEdges(key, document));
  const scopes = Object.keys(document.tags).flatMap((key) => scopeEdges(key, document));
  return [
    ...sources.flatMap((edge) => checkTarget(edge, document, declared.tags)),
    ...findCycles([...sources, ...scopes]),
  ];
}

function sourceEdges(key: string, document: PolicyDocument): readonly Edge[] {
  const value = document.tags[key]?.value;
  return toList(value).flatMap((source, index) => {
    const path = ["tags", key, "value", ...(Array.isArray(value) ? [index] : []), "tag"];
    return "tag" in source ? [{ from: key, to: source.tag, path }] : [];
  });
}

/** A tag whose `applies` asks for other tags, by any of their names, waits for them. */
function scopeEdges(key: string, document: PolicyDocument): readonly Edge[] {
  const selectors = new Map(Object.entries(document.selectors ?? {}));
  const keys = keysByName(document);
  const { only, except } = compileScope(document.tags[key]?.applies);
  const targets = [...(only ?? []), ...except].flatMap((name) =>
    Object.keys(selectors.get(name)?.tag ?? {}).map((asked) => keys.get(asked) ?? asked),
  );
  return [...new Set(targets)].map((to) => ({ from: key, to, path: ["tags", key, "applies"] }));
}

/** The key that each key and alias stands for. */
function keysByName({ tags }: PolicyDocument): ReadonlyMap<string, string> {
  const aliases = Object.entries(tags).flatMap(([key, tag]) =>
    (tag.aliases ?? []).map((alias) => [alias, key] as const),
  );
  return new Map([...aliases, ...Object.keys(tags).map((key) => [key, key] as const)]);
}

function checkTarget(
  { to, path }: Edge,
  document: PolicyDocument,
  declared: ReadonlySet<string> | null,
): readonly Mistake[] {
  const prohibited = own(document.tags, to)?.prohibited === true;
  const unknown = declared !== null && !declared.has(to);
  if (!prohibited && !unknown) return [];
  const message = unknown ? `there is no tag ${quote(to)}` : `the tag ${quote(to)} is prohibited`;
  const expected = unknown ? expectName(to, [...declared], "a key from `tags`") : "another tag";
  return [{ level: "error", path, at: "value", message, expected }];
}

/** Each cycle once, at the edge that closes it on the way through the file. */
function findCycles(edges: readonly Edge[]): readonly Mistake[] {
  const state = new Map<string, "open" | "done">();
  const found: Mistake[] = [];

  function visit(key: string, trail: readonly string[]): void {
    state.set(key, "open");
    for (const edge of edges.filter(({ from }) => from === key)) {
      const seen = state.get(edge.to);
      if (seen === "open") found.push(cycleMistake(edge, [...trail, key]));
      else if (seen === undefined) visit(edge.to, [...trail, key]);
    }
    state.set(key, "done");
  }

  for (const { from } of edges) if (!state.has(from)) visit(from, []);
  return found;
}

function cycleMistake({ to, path }: Edge, trail: readonly string[]): Mistake {
  const cycle = [...trail.slice(trail.indexOf(to)), to].join(" → ");
  const message = `the tags depend on each other in a circle: ${cycle}`;
  return { level: "error", path, at: "value", message, expected: "tags that end in other sources" };
}
