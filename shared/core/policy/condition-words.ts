import { toIsoTime } from "../time.ts";
import { regexToGlob } from "./glob.ts";
import type { Condition, Matcher } from "./policy.ts";
import { listWords } from "./problem.ts";

const FIELDS = [
  ["name", "name"],
  ["id", "id"],
  ["state", "state"],
  ["enterpriseProject", "enterprise project"],
  ["region", "region"],
  ["project", "project"],
] as const satisfies readonly (readonly [keyof Condition, string])[];

/** Whom a condition picks, in words: `secrets; name legacy-*; tag Environment prod or test`. */
export function conditionWords(condition: Condition): string {
  const { types, createdBeforeMs, createdAfterMs, tag = {}, selector } = condition;
  const words = [
    ...(types === undefined ? [] : [listWords(types.map((type) => `${type}s`))]),
    ...FIELDS.flatMap(([field, name]) => {
      const matchers = condition[field];
      return matchers === undefined ? [] : [`${name} ${matcherWords(matchers)}`];
    }),
    ...(createdAfterMs === undefined ? [] : [`created from ${toIsoTime(createdAfterMs)} on`]),
    ...(createdBeforeMs === undefined ? [] : [`created before ${toIsoTime(createdBeforeMs)}`]),
    ...Object.entries(tag).map(([key, matchers]) => `tag ${key} ${matcherWords(matchers)}`),
    ...(selector === undefined ? [] : [`selector ${listWords(selector)}`]),
  ];
  return words.length === 0 ? "everything" : words.join("; ");
}

function matcherWords(matchers: readonly Matcher[]): string {
  return listWords(
    matchers.flatMap((matcher) =>
      "in" in matcher ? matcher.in : [regexToGlob(matcher.regex) ?? `/${matcher.regex}/`],
    ),
  );
}
