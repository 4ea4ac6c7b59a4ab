import { seeded } from "../core/rate-simulation.ts";

/** Everything that a seed decides comes from here; asked in the same order, it answers the same. */
export type Chance = {
  /** From 0 up to 1. */
  next(): number;
  /** True in this part of all cases. */
  happens(part: number): boolean;
  /** A whole number, both ends included. */
  whole(from: number, to: number): number;
  pick<T>(items: readonly T[]): T;
  /** Another source, which is independent of how often this one is asked from now on. */
  fork(): Chance;
};

/** Makes chance of a seed. */
export function createChance(seed: number): Chance {
  const next = seeded(seed);
  return {
    next,
    happens: (part) => next() < part,
    whole: (from, to) => from + Math.floor(next() * (to - from + 1)),
    pick(items) {
      const [first] = items.slice(Math.floor(next() * items.length));
      if (first === undefined) throw new Error("nothing to pick from");
      return first;
    },
    fork: () => createChance(Math.floor(next() * 2 ** 32)),
  };
}
