/** Letters of other scripts that look like a Latin one, in lower case. */
const LOOK_ALIKES: { readonly [letter: string]: string } = {
  а: "a",
  в: "b",
  е: "e",
  к: "k",
  м: "m",
  н: "h",
  о: "o",
  р: "p",
  с: "c",
  т: "t",
  у: "y",
  х: "x",
  і: "i",
  ј: "j",
  ѕ: "s",
  ԁ: "d",
  һ: "h",
  ԛ: "q",
  ԝ: "w",
  ɡ: "g",
  ı: "i",
  ɩ: "i",
  α: "a",
  β: "b",
  ε: "e",
  ι: "i",
  κ: "k",
  ν: "v",
  ο: "o",
  ρ: "p",
  τ: "t",
  υ: "u",
  χ: "x",
  η: "n",
};

/**
 * A text without what the eye passes over: case, spaces, dashes, underscores and dots, accents, forms
 * that Unicode holds for compatibility, invisible characters, letters of another script.
 */
export function skeletonOf(text: string): string {
  const plain = text
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[\p{M}\p{Cf}\p{Z}\s\p{P}_+=]/gu, "");
  return plain.replace(/[^a-z0-9]/g, (letter) => LOOK_ALIKES[letter] ?? letter);
}

/** So many edits may a word of this length be away from what was meant. */
function editsMax(length: number): number {
  if (length < 4) return 0;
  return length < 8 ? 1 : 2;
}

/** How far is one skeleton from the other: 0, 1 or 2 edits; `null`: too far to have been meant. */
export function distanceOf(skeleton: string, meant: string): number | null {
  if (skeleton === meant) return skeleton === "" ? null : 0;
  const most = editsMax(meant.length);
  if (Math.abs(skeleton.length - meant.length) > most) return null;
  for (let edits = 1; edits <= most; edits++) if (isWithin(skeleton, meant, edits)) return edits;
  return null;
}

/** Are so many insertions, deletions, replacements and swaps of neighbours enough? */
export function isWithin(from: string, to: string, edits: number): boolean {
  if (Math.abs(from.length - to.length) > edits) return false;
  let start = 0;
  while (start < from.length && from[start] === to[start]) start += 1;
  const [one, other] = [from.slice(start), to.slice(start)];
  if (one === other) return true;
  if (edits === 0) return false;
  const left = edits - 1;
  return (
    isWithin(one.slice(1), other, left) ||
    isWithin(one, other.slice(1), left) ||
    isWithin(one.slice(1), other.slice(1), left) ||
    (one[0] === other[1] && one[1] === other[0] && isWithin(one.slice(2), other.slice(2), left))
  );
}

/** The one of the texts that was probably meant; `null` where none is near, or several are equally. */
export function findMeant(text: string, meant: readonly string[]): string | null {
  const skeleton = skeletonOf(text);
  const ranked = meant.flatMap((candidate) => {
    const distance = valueDistance(text, skeleton, candidate);
    return distance === null ? [] : [{ candidate, distance }];
  });
  const least = Math.min(...ranked.map(({ distance }) => distance));
  const [nearest, another] = ranked.filter(({ distance }) => distance === least);
  return nearest !== undefined && another === undefined ? nearest.candidate : null;
}

/** Values of two letters are too short to be mistyped. */
const VALUE_LENGTH_MIN = 3;

/** A value is near when it looks the same, or when one edit is enough. */
function valueDistance(text: string, skeleton: string, candidate: string): 0 | 1 | null {
  const other = skeletonOf(candidate);
  if (other !== "" && other === skeleton) return 0;
  if (candidate.length < VALUE_LENGTH_MIN) return null;
  return isWithin(skeleton, other, 1) || isWithin(text, candidate, 1) ? 1 : null;
}
