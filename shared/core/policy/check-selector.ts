import { toList } from "./compile-selector.ts";
import type { Draft } from "./draft.ts";
import { type Mistake, type Path, quote } from "./problem.ts";
import type { NamesText, PolicyDocument } from "./schema.ts";
import { expectName } from "./suggest.ts";

/** One name of a selector, and where it is used. */
type Use = { readonly name: string; readonly path: Path };

/** Selectors that are named must exist; one that is never named is worth a warning. */
export function checkSelectorNames({ document, declared }: Draft): readonly Mistake[] {
  const uses = listUses(document);
  const used = new Set(uses.map(({ name }) => name));
  const known = declared.selectors;
  const unknown = known === null ? [] : uses.filter(({ name }) => !known.has(name));
  return [
    ...unknown.map(
      ({ name, path }): Mistake => ({
        level: "error",
        path,
        at: "value",
        message: `there is no selector ${quote(name)}`,
        expected: expectName(name, [...(known ?? [])], "a name from `selectors`"),
      }),
    ),
    ...Object.keys(document.selectors ?? {})
      .filter((name) => !used.has(name))
      .map(
        (name): Mistake => ({
          level: "warning",
          path: ["selectors", name],
          at: "key",
          message: `nothing uses the selector ${name}`,
          expected: "a rule, a scope or an exemption that names it",
        }),
      ),
  ];
}

function listUses(document: PolicyDocument): readonly Use[] {
  const inTags = Object.entries(document.tags).flatMap(([key, tag]) =>
    [
      { scope: tag.required, path: ["tags", key, "required"] },
      { scope: tag.applies, path: ["tags", key, "applies"] },
    ].flatMap(({ scope, path }) =>
      typeof scope !== "object"
        ? []
        : [...usesIn(scope.only, [...path, "only"]), ...usesIn(scope.except, [...path, "except"])],
    ),
  );
  const inRules = (document.rules ?? []).flatMap((rule, index) =>
    usesIn(rule.if.selector, ["rules", index, "if", "selector"]),
  );
  const inExemptions = (document.exemptions ?? []).flatMap(({ resource }, index) =>
    usesIn(resource.selector, ["exemptions", index, "resource", "selector"]),
  );
  return [...inTags, ...inRules, ...inExemptions];
}

function usesIn(names: NamesText | undefined, path: Path): readonly Use[] {
  return toList(names).map((name, index) => ({
    name,
    path: Array.isArray(names) ? [...path, index] : path,
  }));
}
