import type { InventoryPlace } from "../inventory/item.ts";
import type { TagRule } from "../policy/policy.ts";
import { BUILT_IN } from "./built-in-rules.ts";
import { isSystemKey } from "./declared.ts";
import { draft } from "./draft.ts";
import type { Finding } from "./finding.ts";
import { distanceOf, skeletonOf } from "./near-miss.ts";
import { compareTexts } from "./order.ts";
import { type FingerprintOf, placeSubject, recordFinding } from "./record.ts";
import { REDACTED, sightText } from "./sighting.ts";

/** More keys that nobody declared are not told one by one. */
const KEYS_MAX = 1_000;

/** The tag keys that one project uses, as far as no rule knows them. */
export type Vocabulary = {
  /** Keys of the project's own list of tags, or of its resources. */
  add(keys: Iterable<string>): void;
  findings(policyHash: string, fingerprintOf: FingerprintOf): readonly Finding[];
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
    findings(policyHash, fingerprintOf) {
      const declared = [...rules].map(([name, { key }]) => ({ key, skeleton: skeletonOf(name) }));
      const subject = placeSubject(policyHash, { region, project_id: project });
      const rule = "project.vocabulary";
      const { severity, description } = BUILT_IN[rule];
      const shown = [...strangers].filter((key) => sightText(key) === null);
      const keys = shown.length < strangers.size ? [...shown, REDACTED] : shown;
      return keys.sort(compareTexts).map((key) => {
        const meant = nearestOf(key, declared);
        const suggestion = meant === null ? null : `rename ${key} to ${meant}`;
        const about = { rule, severity, reason: "undeclared", expected: description } as const;
        return recordFinding(draft({ ...about, key, suggestion }), subject, { fingerprintOf });
      });
    },
  };
}

function nearestOf(
  key: string,
  declared: readonly { readonly key: string; readonly skeleton: string }[],
): string | null {
  const skeleton = skeletonOf(key);
  let best: { readonly key: string; readonly distance: number } | null = null;
  for (const one of declared) {
    const distance = distanceOf(skeleton, one.skeleton);
    if (distance !== null && (best === null || distance < best.distance))
      best = { key: one.key, distance };
  }
  return best?.key ?? null;
}
