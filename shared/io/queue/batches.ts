/**
 * Cuts texts into lists of at most `countMax` texts and `bytesMax` bytes as JSON, in order. A text that is
 * larger by itself makes a list of its own.
 */
export function batchesOf(
  texts: readonly string[],
  countMax: number,
  bytesMax: number,
): readonly (readonly string[])[] {
  const batches: string[][] = [];
  let bytes = 0;
  for (const text of texts) {
    const size = Buffer.byteLength(JSON.stringify(text));
    const last = batches.at(-1);
    if (last === undefined || last.length >= countMax || bytes + size > bytesMax) {
      batches.push([text]);
      bytes = size;
    } else {
      last.push(text);
      bytes += size;
    }
  }
  return batches;
}
