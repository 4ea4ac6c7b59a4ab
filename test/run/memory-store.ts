import type { Store } from "../../shared/io/store/store.ts";
import { piecesOf, type StoreText } from "../../shared/io/store/store-text.ts";

/** All of a text that a store is given. */
export const wholeOf = (text: StoreText): string => [...piecesOf(text)].join("");

/** A store without a disk, of which a test can keep and bring back all that it holds. */
export type MemoryStore = Store & {
  readonly objects: Map<string, string>;
  /** What it holds now. */
  copy(): ReadonlyMap<string, string>;
  /** Makes it hold this. */
  reset(objects: ReadonlyMap<string, string>): void;
};

/** Every operation is atomic, as the two real back ends promise; lists are in code-unit order. */
export function createMemoryStore(): MemoryStore {
  const objects = new Map<string, string>();
  const namesIn = (prefix: string) => [...objects.keys()].filter((it) => it.startsWith(prefix));
  return {
    url: "memory",
    objects,
    copy: () => new Map(objects),
    reset(kept) {
      objects.clear();
      for (const [name, text] of kept) objects.set(name, text);
    },
    read: async (name) => objects.get(name) ?? null,
    async write(name, text) {
      objects.set(name, wholeOf(text));
    },
    async remove(name) {
      objects.delete(name);
    },
    async *list(prefix, after = "") {
      yield* namesIn(prefix)
        .sort()
        .filter((name) => name > after);
    },
    async *folders(prefix) {
      const folders = namesIn(prefix).flatMap((name) => {
        const end = name.indexOf("/", prefix.length);
        return end < 0 ? [] : [name.slice(0, end + 1)];
      });
      yield* [...new Set(folders)].sort();
    },
  };
}
