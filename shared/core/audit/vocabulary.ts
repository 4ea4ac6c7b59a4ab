import { type Field, RESOURCE_FIELDS } from "../facts.ts";
import type { InventoryPlace } from "../inventory/item.ts";
import type { Exemption, Policy, TagRule } from "../policy/policy.ts";
import { RESOURCE_TYPES } from "../resource.ts";
import { selects } from "../selector.ts";
import { BUILT_IN } from "./built-in-rules.ts";
import { isSystemKey } from "./declared.ts";
import { draft } from "./draft.ts";
import { isInForce } from "./exemption.ts";
import type { Finding } from "./finding.ts";
import type { JudgeDeps } from "./judge.ts";
import { distanceOf, skeletonOf } from "./near-miss.ts";
import { compareTexts } from "./order.ts";
import { placeSubject, recordFinding } from "./record.ts";
import { REDACTED, sightText } from "./sighting.ts";

const RULE = "project.vocabulary";
/** More keys that nobody declared are not told one by one. */
const KEYS_MAX = 1_000;

/** The tag keys that one project uses, as far as no rule knows them. */
export type Vocabulary = {
  /** Keys of the project's own list of tags, or of its resources. */
  add(keys: Iterable<string>): void;
  findings(policy: Policy, deps: JudgeDeps): readonly Finding[];
};

/** Starts an empty one; `rules` are the policy's, by key and by alias. */
export function createVocabulary(
  { region, project }: InventoryPlace,
  rules: ReadonlyMap<string, TagRule>,
): Vocabulary {
  const strangers = new Set<string>();
  return {
    add(keys) {
      for (const key of keys)
        if (strangers.size < KEYS_MAX && !rules.has(key) && !isSystemKey(key)) strangers.add(key);
    },
    findings(policy, { nowMs, fingerprintOf }) {
      const declared = [...rules].map(([name, rule]) => ({ rule, skeleton: skeletonOf(name) }));
      const subject = placeSubject(policy.hash, { region, project_id: project });
      const { severity, description } = BUILT_IN[RULE];
      const excusing = policy.exemptions.filter(
        (exemption) => exemption.rule === RULE && isInForce(exemption, nowMs),
      );
      const shown = [...strangers].filter((key) => sightText(key) === null);
      const keys = shown.length < strangers.size ? [...shown, REDACTED] : shown;
      return keys.sort(compareTexts).map((key) => {
        const meant = nearestOf(key, declared);
        const suggestion = meant === null ? null : adviceOn(key, meant);
        const about = {
          rule: RULE,
          severity,
          reason: "undeclared",
          expected: description,
        } as const;
        const exemption = excusing.find((one) => excuses(one, key, { region, project }, policy));
        const telling = { fingerprintOf, exemption };
        return recordFinding(draft({ ...about, key, suggestion }), subject, telling);
      });
    },
  };
}

/**
 * Does the exemption mean this key of this project? It may ask for region, project and, by `tag`, for the key
 * whatever its value; what it asks of a resource holds for no project.
 */
function excuses(
  { resource }: Exemption,
  key: string,
  { region, project }: InventoryPlace,
  { selectors }: Policy,
): boolean {
  const fields = new Map<Field, string | null>([
    ...NO_FIELDS,
    ["region", region] as const,
    ["project", project] as const,
  ]);
  return RESOURCE_TYPES.every((type) => {
    const facts = { type, fields, hasEvent: false };
    const tagValue = (name: string) => (name === key ? ANY_VALUE : undefined);
    return selects(resource, { facts, selectors, tagValue }).holds === true;
  });
}

const ANY_VALUE = "*";
/** A project has none of what a resource has. */
const NO_FIELDS = RESOURCE_FIELDS.map((field) => [field, null] as const);

/** What resembles a prohibited key holds what that one would. */
function adviceOn(key: string, { key: meant, prohibited }: TagRule): string {
  return prohibited ? `remove ${key}, as the prohibited ${meant}` : `rename ${key} to ${meant}`;
}

function nearestOf(
  key: string,
  declared: readonly { readonly rule: TagRule; readonly skeleton: string }[],
): TagRule | null {
  const skeleton = skeletonOf(key);
  let best: { readonly rule: TagRule; readonly distance: number } | null = null;
  for (const one of declared) {
    const distance = distanceOf(skeleton, one.skeleton);
    if (distance !== null && (best === null || distance < best.distance))
      best = { rule: one.rule, distance };
  }
  return best?.rule ?? null;
}
