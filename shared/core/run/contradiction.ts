import { quote } from "../policy/problem.ts";
import type { Edits } from "./edits.ts";

/**
 * Why edits cannot all be meant; none where they can. Carried out a second time, edits that do not
 * contradict each other find nothing to do.
 */
export function contradictionsIn({ rename, map, set, unset }: Edits): readonly string[] {
  const renames = Object.entries(rename ?? {});
  const newKeys = new Set(renames.map(([, to]) => to));
  const removed = new Set(unset);
  return [
    ...renames.flatMap(([from, to]) => {
      if (from === to) return [`${quote(from)} is renamed to itself`];
      return newKeys.has(from)
        ? [`${quote(from)} is renamed, and another key is renamed to it`]
        : [];
    }),
    ...Object.keys(set ?? {}).flatMap((key) => [
      ...(rename !== undefined && Object.hasOwn(rename, key)
        ? [`${quote(key)} is renamed and set`]
        : []),
      ...(removed.has(key) ? [`${quote(key)} is set and unset`] : []),
    ]),
    ...Object.entries(map ?? {}).flatMap(([key, table]) =>
      Object.entries(table)
        .filter(([, to]) => Object.hasOwn(table, to) && table[to] !== to)
        .map(
          ([from, to]) =>
            `${quote(key)}: ${quote(from)} is mapped to ${quote(to)}, which is mapped, too`,
        ),
    ),
  ];
}
