import type { TagLimits } from "../limits.ts";
import type { ResourceType } from "../resource.ts";
import { transformValue } from "../transform.ts";
import { isBlank, settleValue } from "../value.ts";
import { kindsOf, limitsOf } from "./check-kind.ts";
import { compileTag, compileTransform } from "./compile.ts";
import { toList } from "./compile-selector.ts";
import type { Draft } from "./draft.ts";
import type { TagRule } from "./policy.ts";
import { listWords, type Mistake, type Path, quote } from "./problem.ts";

/** A constant as it leaves its transforms, where it stands, and whose value it is to be. */
type Constant = {
  readonly value: string;
  readonly path: Path;
  readonly rule: TagRule;
  readonly limits: readonly (readonly [type: ResourceType, limits: TagLimits])[];
};

/** A constant must be a value that its own tag accepts, for each kind of resource that may get it. */
export function checkConstants(
  { document }: Draft,
  unsafe: ReadonlySet<string>,
): readonly Mistake[] {
  return Object.entries(document.tags).flatMap(([key, text]) => {
    const tag = compileTag(key, text);
    // Running such a regex throws, or takes for ever.
    const judged = !tag.match.some((matcher) => "regex" in matcher && unsafe.has(matcher.regex));
    const rule = judged ? tag : { ...tag, match: [] };
    const kinds = kindsOf(text.applies, document);
    const limits = kinds.map((type) => [type, limitsOf(type, document)] as const);

    return toList(text.value).flatMap((source, index) => {
      if (!("const" in source)) return [];
      const path = ["tags", key, "value", ...(Array.isArray(text.value) ? [index] : []), "const"];
      const value = transformValue(source.const, toList(source.transform).map(compileTransform));
      if (value !== null) return checkConstant({ value, path, rule, limits });
      const message = `the transforms make nothing of ${quote(source.const)}`;
      return [mistake("error", path, message, "a value that every transform knows")];
    });
  });
}

function checkConstant({ value, path, rule, limits }: Constant): readonly Mistake[] {
  if (isBlank(value)) return [mistake("error", path, "the constant is empty", "some text")];
  if (/\p{Surrogate}/u.test(value)) {
    return [mistake("error", path, "the constant holds half a character", "whole characters")];
  }
  const settled = limits.map(([type, row]) => ({ type, ...settle(value, rule, row) }));
  const refused = settled.filter(({ ok }) => !ok).map(({ type }) => type);
  if (refused.length > 0) {
    const where = refused.length === limits.length ? "" : ` on a ${listWords(refused)}`;
    const message = `${quote(value)} is not a valid value of ${rule.key}${where}`;
    return [mistake("error", path, message, describeValid(rule))];
  }
  const encoded = settled.filter(({ written }) => written !== null);
  return encoded.slice(0, 1).map(({ type, written }) => {
    const message = `${quote(value)} is written as ${quote(written ?? "")} on a ${type}`;
    return mistake("warning", path, message, "a value that the service takes as it is");
  });
}

/** Is it valid as it would be written, and what is written where that is something else? */
function settle(value: string, rule: TagRule, limits: TagLimits) {
  const hopeless = ![...value].some((character) => limits.valueCharacter.test(character));
  const settled = settleValue(rule, value, limits);
  if (hopeless || !settled.ok) return { ok: false, written: null };
  return { ok: true, written: settled.adjustedFrom === undefined ? null : settled.value };
}

function describeValid({ values, match }: TagRule): string {
  const patterns = match.map((matcher) =>
    "regex" in matcher ? `/${matcher.regex}/` : listWords(matcher.in),
  );
  const allowed = values === null ? [] : [listWords(Object.keys(values))];
  const rules = [...allowed, ...(patterns.length > 0 ? [`a match of ${listWords(patterns)}`] : [])];
  return rules.length > 0 ? rules.join(" and ") : "letters, digits, spaces and _ . : / + - @";
}

function mistake(level: Mistake["level"], path: Path, message: string, expected: string): Mistake {
  return { level, path, at: "value", message, expected };
}
