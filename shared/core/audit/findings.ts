import type { Finding } from "./finding.ts";

/**
 * Findings in a fixed order. An array is one; those of an audit are put together each time that they are asked
 * for, so that a hundred thousand of them can be walked through without being held.
 */
export type Findings = Iterable<Finding> & {
  readonly length: number;
  slice(from: number, to: number): readonly Finding[];
  filter(accepts: (finding: Finding) => boolean): readonly Finding[];
  map<Other>(make: (finding: Finding) => Other): readonly Other[];
};

/** The findings that `walk` yields, one by one and anew each time, of which there are `length`. */
export function findingsOf(length: number, walk: () => Iterable<Finding>): Findings {
  return {
    length,
    [Symbol.iterator]: () => walk()[Symbol.iterator](),
    slice(from, to) {
      const slice: Finding[] = [];
      let index = 0;
      for (const finding of walk()) {
        if (index >= to) break;
        if (index >= from) slice.push(finding);
        index += 1;
      }
      return slice;
    },
    filter(accepts) {
      const accepted: Finding[] = [];
      for (const finding of walk()) if (accepts(finding)) accepted.push(finding);
      return accepted;
    },
    map: (make) => Array.from(walk(), make),
  };
}

/** The same findings, each changed as it comes. */
export function changeEach(findings: Findings, change: (finding: Finding) => Finding): Findings {
  return findingsOf(findings.length, function* walk() {
    for (const finding of findings) yield change(finding);
  });
}
