import { parseDuration, parseTime } from "../time.ts";
import {
  compileCondition,
  compileMatchers,
  compileScope,
  compileSelector,
  toList,
} from "./compile-selector.ts";
import { type GuardsText, POLICY_DEFAULTS } from "./guard-schema.ts";
import type {
  Exemption,
  Grace,
  Guards,
  LookupTable,
  Policy,
  Source,
  TagRule,
  Transform,
} from "./policy.ts";
import type { ExemptionText, PolicyDocument, TagText } from "./schema.ts";
import type { SourceText, TransformText } from "./source-schema.ts";

/** All of a policy but its hash, which is worked out from this. */
export type PolicyContent = Omit<Policy, "hash">;

const DAY_MS = 86_400_000;

/**
 * Compiles a checked document: fills in defaults, turns globs into regexes, texts of time into
 * milliseconds and names of files into `tables` (by `tableName`).
 *
 * `tagOrder` are the tags' keys as they stand in the file; an object loses the place of keys that
 * look like numbers.
 */
export function compilePolicy(
  document: PolicyDocument,
  tables: { readonly [table: string]: LookupTable },
  tagOrder: readonly string[] = Object.keys(document.tags),
): PolicyContent {
  const { selectors = {}, rules = [], limits, guards = {}, exemptions = [] } = document;
  const tags = new Map(Object.entries(document.tags));
  return {
    version: document.version,
    selectors: Object.fromEntries(
      Object.entries(selectors).map(([name, text]) => [name, compileSelector(text)]),
    ),
    tags: tagOrder.flatMap((key) => {
      const tag = tags.get(key);
      return tag === undefined ? [] : [compileTag(key, tag)];
    }),
    rules: rules.map((rule) => ({
      id: rule.id,
      description: rule.description ?? "",
      severity: rule.severity ?? POLICY_DEFAULTS.severity,
      if: compileCondition(rule.if),
      require: rule.then.require,
    })),
    limits: {
      reserve: limits?.reserve ?? POLICY_DEFAULTS.reserve,
      keyProfile: limits?.key?.profile ?? POLICY_DEFAULTS.keyProfile,
    },
    guards: compileGuards(guards),
    exemptions: exemptions.map(compileExemption),
    lookups: tables,
  };
}

/** One tag of the policy, with nothing left out. */
export function compileTag(key: string, text: TagText): TagRule {
  const { required, values } = text;
  return {
    key,
    description: text.description ?? "",
    required: required === undefined || required === false ? null : compileScope(required),
    severity: text.severity ?? POLICY_DEFAULTS.severity,
    aliases: text.aliases ?? [],
    match: compileMatchers(text.match),
    values: Array.isArray(values)
      ? Object.fromEntries(values.map((value) => [value, []]))
      : (values ?? null),
    sources: toList(text.value).map(compileSource),
    whenPresent: text.whenPresent ?? POLICY_DEFAULTS.whenPresent,
    applies: compileScope(text.applies),
    prohibited: text.prohibited ?? false,
  };
}

/** The name of a lookup's table: its file, and the key column where that is not the first one. */
export function tableName(lookup: { readonly lookup: string; readonly key?: string | undefined }) {
  return lookup.key === undefined ? lookup.lookup : `${lookup.lookup}#${lookup.key}`;
}

function compileSource(text: SourceText): Source {
  const transform = toList(text.transform).map(compileTransform);
  if ("const" in text) return { kind: "const", value: text.const, transform };
  if ("from" in text) return { kind: "from", field: text.from, transform };
  if ("fromName" in text) {
    return { kind: "fromName", regex: text.fromName, group: text.group, transform };
  }
  if ("lookup" in text) {
    const { by, column } = text;
    return { kind: "lookup", file: tableName(text), by, column, transform };
  }
  if ("inherit" in text) return { kind: "inherit", of: text.inherit, transform };
  return { kind: "tag", key: text.tag, transform };
}

/** One step of a source's `transform`. */
export function compileTransform(text: TransformText): Transform {
  if (typeof text === "string") return { kind: text };
  if ("date" in text) return { kind: "date", pattern: text.date };
  if ("map" in text) return { kind: "map", table: text.map };
  if ("prefix" in text) return { kind: "prefix", text: text.prefix };
  return { kind: "suffix", text: text.suffix };
}

function compileGuards(text: GuardsText): Guards {
  const { grace = POLICY_DEFAULTS.grace, visible = POLICY_DEFAULTS.visible } = text;
  return {
    grace: compileGrace(grace),
    visibleMs: durationMs(visible),
    maxChanges: text.maxChanges ?? POLICY_DEFAULTS.maxChanges,
    maxPercent: text.maxPercent ?? POLICY_DEFAULTS.maxPercent,
  };
}

function compileGrace(grace: NonNullable<GuardsText["grace"]>): Grace {
  if (typeof grace === "string") return { byAgent: [], defaultMs: durationMs(grace) };
  const { default: others, ...byAgent } = grace;
  return {
    byAgent: Object.entries(byAgent).map(([agent, text]) => ({ agent, ms: durationMs(text) })),
    defaultMs: durationMs(others),
  };
}

/** The schema lets only readable durations through. */
function durationMs(text: string): number {
  return parseDuration(text) ?? 0;
}

function compileExemption(text: ExemptionText, index: number): Exemption {
  const lastDayMs = text.expires === undefined ? null : parseTime(text.expires);
  return {
    id: String(index + 1),
    rule: text.rule,
    resource: compileCondition(text.resource),
    owner: text.owner,
    reason: text.reason,
    expiresMs: lastDayMs === null ? null : lastDayMs + DAY_MS,
  };
}
