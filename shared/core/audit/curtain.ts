import type { Sighted } from "./judge-sightings.ts";
import { IS_SECRET, REDACTED, type Sighting } from "./sighting.ts";

/** What may be shown of a resource's tags. */
export type Curtain = {
  /** A key as it is told and counted; of several that are hidden each has its number. */
  readonly key: (key: string) => string;
  /** Any text that may hold a value of the resource. */
  readonly text: (text: string) => string;
  readonly hides: (text: string) => boolean;
};

/** Nothing is hidden. */
export const OPEN: Curtain = { key: (key) => key, text: (text) => text, hides: () => false };

/** Shorter texts occur in other words; they are hidden only where they stand alone. */
const PART_LENGTH_MIN = 6;

/** Hides what was sighted, wherever it would be shown again, and what tells itself (`sight`). */
export function createCurtain(
  sighted: readonly Sighted[],
  sight: (text: string) => Sighting | null,
): Curtain {
  const text = (shown: string) => {
    const sighting = sight(shown);
    return sighting !== null && IS_SECRET[sighting] ? REDACTED : shown;
  };
  if (sighted.length === 0) return { ...OPEN, text };
  const hidden = sighted.flatMap(({ key, keyHolds, value, valueHolds }) => [
    ...(keyHolds === null ? [] : [key.toLowerCase()]),
    ...(valueHolds === null ? [] : [value.toLowerCase()]),
  ]);
  const hides = (shown: string): boolean => {
    const lower = shown.toLowerCase();
    return hidden.some(
      (one) => lower === one || (one.length >= PART_LENGTH_MIN && lower.includes(one)),
    );
  };
  // Numbered in the order of their letters, so that each keeps its fingerprint.
  const keys = sighted.map(({ key }) => key).sort();
  return {
    key: (key) => (hides(key) ? `${REDACTED} ${keys.indexOf(key) + 1}` : key),
    text: (shown) => (hides(shown) ? REDACTED : text(shown)),
    hides,
  };
}
