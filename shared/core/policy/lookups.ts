import { toList } from "./compile-selector.ts";
import type { Path } from "./problem.ts";
import type { PolicyDocument } from "./schema.ts";

/** One source of the kind `lookup`, and where it stands. */
export type LookupUse = {
  readonly lookup: string;
  /** The key column; missing: the first one. */
  readonly key?: string | undefined;
  readonly column: string;
  readonly path: Path;
};

/** Every lookup of the policy, in its order. */
export function listLookups(document: PolicyDocument): readonly LookupUse[] {
  return Object.entries(document.tags).flatMap(([tag, { value }]) =>
    toList(value).flatMap((source, index) => {
      if (!("lookup" in source)) return [];
      const { lookup, key, column } = source;
      return [
        {
          lookup,
          key,
          column,
          path: ["tags", tag, "value", ...(Array.isArray(value) ? [index] : [])],
        },
      ];
    }),
  );
}
