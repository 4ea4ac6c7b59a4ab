import { type Facts, type Field, isEventField, type Need } from "./facts.ts";
import { own } from "./json-value.ts";
import type { TagLimits } from "./limits.ts";
import { regexOf } from "./matcher.ts";
import { readField } from "./plan/field.ts";
import type { Policy, Source, TagRule } from "./policy/policy.ts";
import { RESOURCE_KINDS } from "./resource.ts";
import { type TagLookup, UNREAD } from "./selector.ts";
import type { PassedOver, PassReason } from "./tag.ts";
import { transformValue } from "./transform.ts";
import { isBlank, type Settled, settleValue } from "./value.ts";

/** What the sources of a value may look at. */
export type SourceContext = {
  readonly lookups: Policy["lookups"];
  readonly facts: Facts;
  readonly limits: TagLimits;
  readonly tagValue: TagLookup;
};

/**
 * What the sources of a tag come to.
 *
 * - `value`: the first valid one, its source, and the sources that were passed over before it.
 * - `none`: every source was passed over.
 * - `unread`: the sources so far yield nothing and the next one waits for `needs`. Later sources
 *   are not asked: they count only once this one is known to yield nothing.
 */
export type Derived =
  | {
      readonly kind: "value";
      readonly value: string;
      readonly source: string;
      readonly adjustedFrom: string | undefined;
      readonly passed: readonly PassedOver[];
    }
  | { readonly kind: "none"; readonly passed: readonly PassedOver[] }
  | {
      readonly kind: "unread";
      readonly passed: readonly PassedOver[];
      readonly needs: readonly Need[];
    };

/** Asks a tag's sources in their order for the first value that the tag's rule accepts. */
export function deriveValue(rule: TagRule, context: SourceContext): Derived {
  const passed: PassedOver[] = [];
  for (const source of rule.sources) {
    const name = nameOf(source);
    const yielded = yieldOf(source, rule.key, context);
    if ("needs" in yielded)
      return {
        kind: "unread",
        passed: [...passed, { source: name, reason: "unread" }],
        needs: yielded.needs,
      };
    const settled = "raw" in yielded ? settle(yielded.raw, source, rule, context) : yielded;
    if ("reason" in settled) {
      passed.push({ source: name, reason: settled.reason });
      continue;
    }
    const { value, adjustedFrom } = settled;
    return { kind: "value", value, source: name, adjustedFrom, passed };
  }
  return { kind: "none", passed };
}

/** What plans and `explain` call a source: `const`, `creator.name`, `lookup owners.csv`, … */
export function nameOf(source: Source): string {
  switch (source.kind) {
    case "const":
    case "fromName":
      return source.kind;
    case "from":
      return source.field;
    case "lookup":
      return `lookup ${source.file}`;
    case "inherit":
      return `inherit ${source.of}`;
    case "tag":
      return `tag ${source.key}`;
  }
}

type Yield =
  | { readonly raw: string }
  | { readonly reason: PassReason }
  | { readonly needs: readonly Need[] };

const ABSENT: Yield = { reason: "absent" };

function yieldOf(source: Source, key: string, context: SourceContext): Yield {
  switch (source.kind) {
    case "const":
      return { raw: source.value };
    case "from":
      return fieldYield(source.field, context.facts);
    case "fromName": {
      const name = fieldYield("resource.name", context.facts);
      if (!("raw" in name)) return name;
      return present(regexOf(source).exec(name.raw)?.groups?.[source.group]);
    }
    case "lookup": {
      const by = fieldYield(source.by, context.facts);
      if (!("raw" in by)) return by;
      const row = own(own(context.lookups, source.file), by.raw);
      return present(own(row, source.column));
    }
    case "inherit":
      return inheritedYield(key, context.facts);
    case "tag": {
      const value = context.tagValue(source.key);
      return value === UNREAD ? { needs: [] } : present(value);
    }
  }
}

function fieldYield(field: Field, facts: Facts): Yield {
  if (!facts.hasEvent && isEventField(field)) return { reason: "no-event" };
  const reading = readField(facts, field);
  return reading.read ? present(reading.value) : { needs: [reading.need] };
}

function inheritedYield(key: string, facts: Facts): Yield {
  if (!RESOURCE_KINDS[facts.type].hasEncryptingKey || facts.keyTags === null) return ABSENT;
  if (facts.keyTags !== undefined) return present(facts.keyTags.get(key));
  const keyId = readField(facts, "resource.kmsKeyId");
  if (!keyId.read) return { needs: [keyId.need, "keyTags"] };
  return keyId.value === null ? ABSENT : { needs: ["keyTags"] };
}

function settle(
  raw: string,
  source: Source,
  rule: TagRule,
  context: SourceContext,
): Settled | { readonly reason: PassReason } {
  // A prefix must not make a value out of nothing.
  if (isBlank(raw)) return { reason: "empty" };
  const transformed = transformValue(raw, source.transform);
  if (transformed === null) return { reason: "unmapped" };
  if (isResidue(raw, transformed, source)) return { reason: "invalid" };
  return settleValue(rule, transformed, context.limits);
}

const RESIDUES: readonly string[] = ["undefined", "null", "NaN", "[object Object]"];

/** Is it what a program leaves behind where it had no value? Only a constant or a `map` means it. */
function isResidue(raw: string, transformed: string, { kind, transform }: Source): boolean {
  if (kind === "const") return false;
  const mapped = transform.some((step) => step.kind === "map");
  return RESIDUES.includes(transformed.trim()) || (!mapped && RESIDUES.includes(raw.trim()));
}

function present(value: string | null | undefined): Yield {
  return value === null || value === undefined ? ABSENT : { raw: value };
}
