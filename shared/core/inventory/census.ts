import type { InventoryCount } from "../run/run-plan.ts";
import type { InventoryItem } from "./item.ts";

/** What a resource was met in: the instance query, or a list that knows no tags. */
export type Found = "query" | "list";

/** Whom a census met, over one reading of everything or two. */
export type Census = {
  /** Starts a reading; `counted` is what the service itself counts, `null` where it gave no number. */
  begin(counted: number | null): void;
  /** Rows that do not say of which resource they are. */
  missRows(found: Found, rows: number): void;
  /** Is it new, and can it be told? What cannot be read is kept for `unread`. */
  meet(item: InventoryItem, found: Found): boolean;
  /** The last reading met exactly those that the service counts, and could read them all. */
  agrees(): boolean;
  /** Those that are there and could not be read. */
  unread(): readonly InventoryItem[];
  count(): InventoryCount;
};

type Unread = { readonly item: InventoryItem; readonly found: Found; readonly reading: number };
type Tally = { examined: number; skipped: number };
type Missed = { [F in Found]: number };

const noTally = (): Tally => ({ examined: 0, skipped: 0 });
const noMissed = (): Missed => ({ query: 0, list: 0 });

function enter({ skip }: InventoryItem, found: Found, tally: Tally): void {
  if (found === "query") tally.examined += 1;
  if (skip !== null) tally.skipped += 1;
}

/**
 * Takes a census of one kind. Ids count once, however often pages that shift bring them. A resource that
 * cannot be read the first time is not lost when the second time it can.
 *
 * Where the second reading agrees with the service it is believed alone: whom it does not meet any more is
 * gone. Otherwise whoever was met in either counts.
 */
export function createCensus(): Census {
  /** Ids that this reading met, and those that the one before it did. */
  let met = new Set<string>();
  let before = new Set<string>();
  const unread = new Map<string, Unread>();
  const ever = noTally();
  let current = noTally();
  let missed = noMissed();
  let counted: number | null = null;
  let reading = 0;

  const agrees = () =>
    (counted === null || counted === current.examined) &&
    missed.query + missed.list === 0 &&
    [...unread.values()].every((one) => one.reading !== reading);
  const left = () => (agrees() ? [] : [...unread.values()]);

  return {
    begin(number) {
      [before, met] = [met, new Set()];
      counted = number;
      reading += 1;
      current = noTally();
      missed = noMissed();
    },
    missRows(found, rows) {
      missed[found] += Math.max(0, rows);
    },
    meet(item, found) {
      const { id } = item.resource;
      if (item.tags === null && item.skip === null) {
        if (!met.has(id) && !before.has(id) && unread.get(id)?.reading !== reading)
          unread.set(id, { item, found, reading });
        return false;
      }
      // Adding tells by itself whether it was there: one look instead of two, and there are many.
      const { size } = met;
      if (met.add(id).size === size) return false;
      // Deleting from an empty map is not for nothing: it is made anew each time.
      if (unread.size > 0) unread.delete(id);
      enter(item, found, current);
      const isNew = !before.has(id);
      if (isNew) enter(item, found, ever);
      return isNew;
    },
    agrees,
    unread: () => left().map(({ item }) => item),
    count() {
      const { examined, skipped } = agrees() ? current : ever;
      const listed = left().filter(({ found }) => found === "list").length;
      // A row of the query without an id is one of those that only the list names.
      const nameless = Math.max(missed.query - listed, 0) + missed.list;
      return { counted, examined, skipped, unreadable: left().length + nameless };
    },
  };
}
