import { fitsValue } from "../limits.ts";
import { isBlank } from "../value.ts";
import { kindsOf, limitsOf } from "./check-kind.ts";
import type { Draft } from "./draft.ts";
import { listWords, type Mistake, type Path, quote } from "./problem.ts";
import type { PolicyDocument, TagText } from "./schema.ts";

/** One spelling in `values`, canonical or variant. */
type Spelling = { readonly text: string; readonly canonical: string; readonly path: Path };

/** Allowed values: each spelling must mean one of them, and each must be one that can be written. */
export function checkValues({ document }: Draft): readonly Mistake[] {
  return Object.entries(document.tags).flatMap(([key, tag]) => {
    const canonical = listCanonical(key, tag);
    return [
      ...canonical.flatMap((spelling) => checkWritable(spelling, tag, document)),
      ...checkAmbiguous(canonical, listVariants(key, tag)),
    ];
  });
}

function listCanonical(key: string, { values }: TagText): readonly Spelling[] {
  const path = ["tags", key, "values"];
  if (values === undefined) return [];
  return Array.isArray(values)
    ? values.map((text, index) => ({ text, canonical: text, path: [...path, index] }))
    : Object.keys(values).map((text) => ({ text, canonical: text, path: [...path, text] }));
}

function listVariants(key: string, { values }: TagText): readonly Spelling[] {
  if (values === undefined || Array.isArray(values)) return [];
  return Object.entries(values).flatMap(([canonical, variants]) =>
    variants.map((text, index) => ({
      text,
      canonical,
      path: ["tags", key, "values", canonical, index],
    })),
  );
}

function checkWritable(
  { text, path }: Spelling,
  tag: TagText,
  document: PolicyDocument,
): readonly Mistake[] {
  const at = typeof path[path.length - 1] === "number" ? "value" : "key";
  if (isBlank(text)) {
    return [{ level: "error", path, at, message: "the value is empty", expected: "some text" }];
  }
  const refusing = kindsOf(tag.applies, document).filter(
    (type) => !fitsValue(text, limitsOf(type, document)),
  );
  const [first] = refusing;
  if (first === undefined) return [];
  const { valueLengthMax, valueCharacter } = limitsOf(first, document);
  const message = `${quote(text)} cannot be written to a ${listWords(refusing)}`;
  const expected = `at most ${valueLengthMax} characters, each of ${valueCharacter.source}`;
  return [{ level: "error", path, at, message, expected }];
}

function checkAmbiguous(
  canonical: readonly Spelling[],
  variants: readonly Spelling[],
): readonly Mistake[] {
  const first = new Map<string, string>();
  const repeated = canonical.flatMap((spelling) => {
    if (first.has(spelling.text)) return [mistake(spelling, "stands twice")];
    first.set(spelling.text, spelling.canonical);
    return [];
  });
  const ambiguous = variants.flatMap((spelling) => {
    const owner = first.get(spelling.text);
    first.set(spelling.text, owner ?? spelling.canonical);
    return owner === undefined || owner === spelling.canonical
      ? []
      : [mistake(spelling, `already stands for ${quote(owner)}`)];
  });
  return [...repeated, ...ambiguous];
}

function mistake({ text, path }: Spelling, problem: string): Mistake {
  const message = `${quote(text)} ${problem}`;
  return { level: "error", path, at: "value", message, expected: "each spelling once" };
}
