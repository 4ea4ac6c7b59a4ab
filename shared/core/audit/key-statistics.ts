import type { KeyCount } from "./audit-report.ts";
import type { JudgedTag } from "./judged-tag.ts";
import { compareTexts } from "./order.ts";

/** Keys that are counted beside those of the policy. */
const KEYS_MAX = 2_000;
/** Distinct values that are told apart, of one key and of all of them. */
const DISTINCT_MAX = 1_000;
const DISTINCT_OF_ALL_MAX = 50_000;
const VALUES_SHOWN_MAX = 20;

/** Counts tag keys and their values over all resources, in bounded memory. */
export type KeyStatistics = {
  take(tags: readonly JudgedTag[]): void;
  /** Most frequent keys first. */
  end(): readonly KeyCount[];
};

type Tally = {
  declared: boolean;
  resources: number;
  invalid: number;
  more: boolean;
  readonly values: Map<string, { resources: number }>;
};

/**
 * Starts to count. Keys that the policy declares are told even where no resource has them. Beyond a limit
 * new values are not told apart any more (`more`); the values told are then the most frequent of those that
 * were met first.
 */
export function createKeyStatistics(declared: Iterable<string>): KeyStatistics {
  const tallies = new Map<string, Tally>();
  for (const key of declared) tallies.set(key, newTally(true));
  const keysMax = tallies.size + KEYS_MAX;
  let distinct = 0;

  function countValue(tally: Tally, value: string): void {
    const known = tally.values.get(value);
    if (known !== undefined) {
      known.resources += 1;
    } else if (tally.values.size < DISTINCT_MAX && distinct < DISTINCT_OF_ALL_MAX) {
      tally.values.set(value, { resources: 1 });
      distinct += 1;
    } else {
      tally.more = true;
    }
  }

  /** `undefined`: there are too many others. */
  function tallyOf({ key, declared: isDeclared }: JudgedTag): Tally | undefined {
    const known = tallies.get(key);
    if (known !== undefined || tallies.size === keysMax) return known;
    const tally = newTally(isDeclared);
    tallies.set(key, tally);
    return tally;
  }

  return {
    take(tags) {
      for (const tag of tags) {
        const tally = tallyOf(tag);
        if (tally === undefined) continue;
        const { value, invalid } = tag;
        tally.resources += 1;
        if (invalid) tally.invalid += 1;
        if (value !== null) countValue(tally, value);
      }
    },
    end: () =>
      [...tallies]
        .map(([key, tally]) => tell(key, tally))
        .sort((one, other) => other.resources - one.resources || compareTexts(one.key, other.key)),
  };
}

function newTally(declared: boolean): Tally {
  return { declared, resources: 0, invalid: 0, more: false, values: new Map() };
}

function tell(key: string, { declared, resources, invalid, more, values }: Tally): KeyCount {
  const ranked = [...values].sort(
    ([one, ones], [other, others]) => others.resources - ones.resources || compareTexts(one, other),
  );
  return {
    key,
    declared,
    resources,
    distinct: values.size,
    more,
    values: ranked
      .slice(0, VALUES_SHOWN_MAX)
      .map(([value, { resources: count }]) => ({ value, resources: count })),
    invalid,
  };
}
