/** Shorter runs say too little: names and numbers of versions are as wild. */
const CANDIDATE = /[A-Za-z0-9+/_-]{24,}/g;
const PIECE = /[A-Za-z0-9]+/g;
const PIECE_LENGTH_MIN = 12;
const DISTINCT_MIN = 13;
/** How often capitals, small letters and digits follow each other; words and numbers stay below. */
const CHANGES_MIN = 0.42;

/**
 * Does the text hold a run that only a generator writes: long, of capitals, small letters and digits that
 * change all the time? Hashes in hexadecimal, UUIDs and ids of one case do not count: they are names far
 * more often than secrets; nor does base64 that holds a readable text.
 */
export function looksRandom(text: string): boolean {
  if (text.length < 24) return false;
  return [...text.matchAll(CANDIDATE)].some(([run]) => isRandom(run) && !holdsText(run));
}

function isRandom(run: string): boolean {
  if (!/[A-Z]/.test(run) || !/[a-z]/.test(run) || !/\d/.test(run)) return false;
  if (new Set(run).size < DISTINCT_MIN) return false;
  const pieces = Array.from(run.matchAll(PIECE), ([piece]) => piece);
  if (!pieces.some((piece) => piece.length >= PIECE_LENGTH_MIN)) return false;
  let pairs = 0;
  let changes = 0;
  for (const piece of pieces) {
    pairs += piece.length - 1;
    for (let at = 1; at < piece.length; at++)
      if (sortOf(piece.charCodeAt(at)) !== sortOf(piece.charCodeAt(at - 1))) changes += 1;
  }
  return changes >= pairs * CHANGES_MIN;
}

/** Digits, capitals and small letters stand in this order in ASCII. */
function sortOf(code: number): number {
  if (code < 0x41) return 0;
  return code < 0x61 ? 1 : 2;
}

/** Is it base64 of printable ASCII? */
function holdsText(run: string): boolean {
  try {
    return /^[\x20-\x7e\s]+$/.test(atob(run.replaceAll("-", "+").replaceAll("_", "/")));
  } catch {
    return false;
  }
}
