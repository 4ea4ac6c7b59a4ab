import { JsonRows } from "../../shared/core/json-rows.ts";
import { isJsonObject, parseJson } from "../../shared/core/json-value.ts";
import type { ResourceRef } from "../../shared/core/resource.ts";
import { resourceKey } from "../../shared/core/run/journal.ts";
import type { TagSet } from "../../shared/core/tag.ts";
import type { Store } from "../../shared/io/store/store.ts";
import type { TagApi } from "../../shared/io/tag-api.ts";
import { wholeOf } from "../run/memory-store.ts";
import type { Breakage, Hands } from "./functions.ts";
import type { Invariant } from "./history.ts";

/** A mistake that somebody might make, and the invariant that it breaks. */
export type Defect = {
  readonly invariant: Invariant;
  /** Made anew for each seed: what it remembers is of that seed alone. */
  readonly make: () => Breakage;
};

/** Builds that are broken on purpose, to see that the simulation would notice. */
export const DEFECTS: { readonly [name: string]: Defect } = {
  "takes deferred for done": {
    invariant: "one-outcome",
    make: () => ({
      isLost: ({ kind, handed }) => handed === undefined && ["failed", "malformed"].includes(kind),
    }),
  },
  "does not publish what is left": {
    invariant: "one-outcome",
    make: () => ({
      hands: (hands) => ({ ...hands, queue: { ...hands.queue, publish: async () => {} } }),
    }),
  },
  "does not store dead letters": {
    invariant: "one-outcome",
    make: () => ({
      hands: withStore((store) => ({
        ...store,
        write: async (name, text) =>
          name.startsWith("dead-letters/") ? undefined : store.write(name, text),
      })),
    }),
  },
  "deletes what no rule names": {
    invariant: "foreign-tags",
    make: () => {
      const read = new Map<string, TagSet>();
      return {
        hands: withTags((tags) => ({
          ...remembering(tags, read),
          deleteTags(resource, keys, budget) {
            const all = [...(read.get(resourceKey(resource)) ?? new Map()).keys()].map(String);
            const more = all.filter((key) => key.startsWith("Foreign"));
            return tags.deleteTags(resource, [...keys, ...more], budget);
          },
        })),
      };
    },
  },
  "does not read again before it writes": {
    invariant: "read-first",
    make: () => {
      const read = new Map<string, TagSet>();
      return {
        hands: withTags((tags) => {
          const fresh = remembering(tags, read);
          return {
            ...fresh,
            readTags: async (resource, budget) =>
              read.get(resourceKey(resource)) ?? fresh.readTags(resource, budget),
          };
        }),
      };
    },
  },
  "overlooks tags": {
    invariant: "tag-limit",
    make: () => ({ hands: withTags((tags) => seeing(tags, (all) => all.slice(0, 5))) }),
  },
  "adds as many tags as it likes": {
    invariant: "tag-limit",
    make: () => ({
      hands: withTags((tags) => ({
        ...tags,
        createTags: (resource, wanted, budget) =>
          tags.createTags(resource, new Map([...wanted, ...FILLERS]), budget),
      })),
    }),
  },
  "stops after the first page": {
    invariant: "policy",
    make: () => ({
      hands: withTags((tags) => ({
        ...tags,
        query: async (...asked) => firstRows(await tags.query(...asked)),
      })),
    }),
  },
  "never sees what it has written": {
    invariant: "quiet",
    make: () => ({
      hands: withTags((tags) =>
        seeing(tags, (all) => all.filter(([key]) => key !== "Environment")),
      ),
    }),
  },
  "writes without intents": {
    invariant: "journal",
    make: () => ({ hands: withStore((store) => forgetting(store, "intent")) }),
  },
  "does not note what it has done": {
    invariant: "journal",
    make: () => ({ hands: withStore((store) => forgetting(store, "done")) }),
  },
  "does not pace itself": {
    invariant: "rate",
    make: () => ({
      cloud: (cloud) => ({ ...cloud, pacer: { turn: () => undefined, note: () => {} } }),
    }),
  },
  "waits for ever": {
    invariant: "in-time",
    make: () => ({
      hands: withTags((tags) => ({ ...tags, readTags: () => new Promise(() => {}) })),
    }),
  },
  "does not know its deadline": { invariant: "in-time", make: () => ({ endless: true }) },
};

const FILLERS = Array.from({ length: 10 }, (_, index) => [`Edit${index}`, "x"] as const);

function withTags(change: (tags: TagApi) => TagApi): NonNullable<Breakage["hands"]> {
  return (hands: Hands) => ({ ...hands, tags: change(hands.tags) });
}

function withStore(change: (store: Store) => Store): NonNullable<Breakage["hands"]> {
  return (hands: Hands) => ({ ...hands, store: change(hands.store) });
}

function remembering(tags: TagApi, read: Map<string, TagSet>): TagApi {
  return {
    ...tags,
    async readTags(resource: ResourceRef, budget) {
      const found = await tags.readTags(resource, budget);
      read.set(resourceKey(resource), found);
      return found;
    },
  };
}

type Tag = readonly [key: string, value: string];

function seeing(tags: TagApi, some: (all: readonly Tag[]) => readonly Tag[]): TagApi {
  return {
    ...tags,
    readTags: async (...asked) => new Map(some([...(await tags.readTags(...asked))])),
  };
}

const ROWS = 2;

/** What is counted is no more than what is read: otherwise the difference would be told. */
function firstRows(page: unknown): unknown {
  const told = page instanceof JsonRows ? page.rest : page;
  if (!isJsonObject(told) || typeof told.total_count !== "number") return page;
  const counted = { ...told, total_count: Math.min(ROWS, told.total_count) };
  return page instanceof JsonRows ? { ...counted, resources: [...page].slice(0, ROWS) } : counted;
}

/** Leaves out entries of the journal. */
function forgetting(store: Store, entry: string): Store {
  const isKept = (line: string) => {
    const parsed = parseJson(line);
    return !(isJsonObject(parsed) && parsed.entry === entry);
  };
  return {
    ...store,
    write: (name, text) =>
      store.write(
        name,
        name.includes("/journal/") ? wholeOf(text).split("\n").filter(isKept).join("\n") : text,
      ),
  };
}
