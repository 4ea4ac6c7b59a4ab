import { type Facts, type Field, type Need, RESOURCE_FIELDS } from "../facts.ts";
import type { Condition, Policy, Source, TagRule } from "../policy/policy.ts";
import { RESOURCE_KINDS, type ResourceType } from "../resource.ts";
import { anyHolds, inScope, type Subject, selects, UNREAD } from "../selector.ts";
import { deriveValue } from "../source.ts";
import { TRACE_LAYOUTS } from "../trace/layout.ts";

/** What a policy may make a creation function do beyond reading the new resource's tags. */
export type CreationReads = {
  /** Keys that it may write, in the policy's order. */
  readonly writes: readonly string[];
  /** Fields that a trace may lack and the policy may ask for. */
  readonly fields: readonly Field[];
  /** May the tags of the encrypting key be asked for? */
  readonly keyTags: boolean;
};

/** Every event tells these of its resource. */
const TOLD: readonly Need[] = ["resource.id", "resource.type"];
/** Stands for everything that is not known before there is a resource; no policy can declare it. */
const UNKNOWN_TAG = "";

/**
 * Works out what tagging new resources of a kind may take, whatever they are and whatever tags they have. It
 * looks at a resource of which nothing is known, the same way as a plan does.
 */
export function creationReads(policy: Policy, type: ResourceType): CreationReads {
  const subject = unknownSubject(policy, type);
  const applying = policy.tags.filter(
    ({ applies, prohibited }) => !prohibited && inScope(applies, subject).holds !== false,
  );
  const mayFill = ({ sources }: TagRule) => sources.some((source) => mayYield(source, type));
  const writing = applying.filter((rule) => mayFill(rule) || mayRespell(rule));
  // Who has an alias is seen to have the tag, if it applies: others may ask.
  const asking = applying.filter((rule) => writing.includes(rule) || rule.aliases.length > 0);
  const needs = new Set<Need>([
    ...asking.flatMap(({ applies }) => inScope(applies, subject).needs),
    ...writing.flatMap((rule) => reachable(rule, policy, type)).flatMap((it) => needsOf(it, type)),
    ...needsForRoom(policy, writing.filter(mayFill), subject),
  ]);
  return {
    writes: writing.map(({ key }) => key),
    fields: RESOURCE_FIELDS.filter((field) => needs.has(field) && !isTold(field, type)),
    keyTags: needs.has("keyTags"),
  };
}

/** Can the source ever have a value for the kind? A key has no encrypting key, and a secret no specification. */
function mayYield(source: Source, type: ResourceType): boolean {
  switch (source.kind) {
    case "inherit":
      return RESOURCE_KINDS[type].hasEncryptingKey;
    case "from":
      return !isAlien(source.field, type);
    case "lookup":
      return !isAlien(source.by, type);
    case "const":
    case "fromName":
    case "tag":
      return true;
  }
}

/** Without a source, a value is only ever replaced by its canonical spelling. */
function mayRespell({ whenPresent, values }: TagRule): boolean {
  return whenPresent !== "keep" && values !== null;
}

/** Sources behind one that always yields (a constant that is valid, the kind) are never asked. */
function reachable(rule: TagRule, policy: Policy, type: ResourceType): readonly Source[] {
  const last = rule.sources.findIndex((source) => alwaysYields(source, rule, policy, type));
  return last < 0 ? rule.sources : rule.sources.slice(0, last);
}

function alwaysYields(source: Source, rule: TagRule, policy: Policy, type: ResourceType): boolean {
  const { lookups } = policy;
  const facts: Facts = { type, hasEvent: true, fields: new Map() };
  return (["documented", "extended"] as const).every((profile) => {
    const limits = RESOURCE_KINDS[type].limits(profile);
    const context = { lookups, facts, limits, tagValue: () => undefined };
    return deriveValue({ ...rule, sources: [source] }, context).kind === "value";
  });
}

function needsOf(source: Source, type: ResourceType): readonly Need[] {
  switch (source.kind) {
    case "from":
      return resourceField(source.field);
    case "fromName":
      return ["resource.name"];
    case "lookup":
      return resourceField(source.by);
    case "inherit":
      return RESOURCE_KINDS[type].hasEncryptingKey ? ["resource.kmsKeyId", "keyTags"] : [];
    // The other tag's own sources say what must be read for it.
    case "tag":
    case "const":
      return [];
  }
}

function resourceField(field: Field): readonly Need[] {
  return RESOURCE_FIELDS.filter((name) => name === field);
}

/** Where not all additions fit, those that are required go first: to know them, something may be read. */
function needsForRoom(
  policy: Policy,
  additions: readonly TagRule[],
  subject: Subject,
): readonly Need[] {
  if (additions.length < 2) return [];
  return additions.flatMap(({ key, required }) => {
    const byRules = policy.rules
      .filter((rule) => rule.require.includes(key))
      .map((rule) => selects(withoutPlace(rule.if), subject));
    return anyHolds(required === null ? byRules : [inScope(required, subject), ...byRules]).needs;
  });
}

/** A resource of the kind, of which nothing is known. */
function unknownSubject({ selectors }: Policy, type: ResourceType): Subject {
  const unknown = Object.entries(selectors).map(([name, it]) => [name, withoutPlace(it)] as const);
  return {
    facts: { type, hasEvent: true, fields: new Map() },
    selectors: Object.fromEntries(unknown),
    tagValue: () => UNREAD,
  };
}

/** Id, region and project of a resource are told, and may be any: as unknown as its tags. */
function withoutPlace(condition: Condition): Condition {
  const { id, region, project, ...rest } = condition;
  const free = [id, region, project].every((matchers) => matchers === undefined);
  return free ? condition : { ...rest, tag: { ...rest.tag, [UNKNOWN_TAG]: [] } };
}

function isTold(field: Field, type: ResourceType): boolean {
  return TOLD.some((told) => told === field) || isAlien(field, type);
}

/** Is it a field that the kind does not have? */
function isAlien(field: Field, type: ResourceType): boolean {
  const details: { readonly [name: string]: unknown } = TRACE_LAYOUTS[type].details;
  return details[field] === null;
}
