/** Long enough that a file is written in few steps, short enough that nobody holds a whole report. */
const CHUNK_CHARACTERS = 65_536;

/** Joins small pieces of a text to chunks of some 64,000 characters; together they are the same text. */
export function* inChunks(pieces: Iterable<string>): Generator<string> {
  let held: string[] = [];
  let length = 0;
  for (const piece of pieces) {
    held.push(piece);
    length += piece.length;
    if (length < CHUNK_CHARACTERS) continue;
    yield held.join("");
    held = [];
    length = 0;
  }
  if (length > 0) yield held.join("");
}
