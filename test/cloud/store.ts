/** What is common to all that the services keep. `tags` and the like change in place. */
export type Stored = {
  readonly id: string;
  readonly name: string;
  readonly tags: Map<string, string>;
  readonly createdAtMs: number;
  /** Until then every call answers that it does not exist. */
  readonly visibleAtMs: number;
  /** When a scheduled deletion takes effect; `null` where none is scheduled. */
  scheduledDeletionMs: number | null;
};

export type Secret = Stored & {
  readonly type: "secret";
  state: "ENABLED" | "DISABLED" | "PENDING_DELETE" | "FROZEN";
  updatedAtMs: number;
  readonly kmsKeyId: string;
  readonly description: string;
  readonly secretType: string;
  readonly enterpriseProject: string;
};

/** States of a key (dew-api.md 2.2). */
export const KEY_STATE = {
  pendingActivation: "1",
  enabled: "2",
  disabled: "3",
  pendingDeletion: "4",
  pendingImport: "5",
} as const;
export type KeyState = (typeof KEY_STATE)[keyof typeof KEY_STATE];

export type Key = Stored & {
  readonly type: "key";
  state: KeyState;
  readonly isDefault: boolean;
  readonly description: string;
  readonly keySpec: string;
  readonly keyUsage: string;
  readonly origin: "kms" | "external";
  readonly enterpriseProject: string;
};

/** Lists that were worked out for a query and may be asked for again, page by page. */
const VIEWS_MAX = 16;

/**
 * The resources of one type, oldest first.
 *
 * A list that a query asks for is worked out once and kept until something changes that it depends on, so
 * that reading 100,000 resources page by page does not filter all of them for every page.
 */
export function createStore<Item extends Stored>() {
  const byId = new Map<string, Item>();
  const byName = new Map<string, Item>();
  const hidden = new Set<Item>();
  const doomed = new Set<Item>();
  let items: Item[] = [];
  let itemsVersion = 0;
  let tagsVersion = 0;
  const views = new Map<string, { version: string; rows: readonly Item[] }>();

  function remove(item: Item): void {
    byId.delete(item.id);
    if (byName.get(item.name) === item) byName.delete(item.name);
    hidden.delete(item);
    doomed.delete(item);
    items = items.filter((other) => other !== item);
    itemsVersion += 1;
  }

  return {
    add(item: Item, nowMs: number): void {
      byId.set(item.id, item);
      byName.set(item.name, item);
      if (item.visibleAtMs > nowMs) hidden.add(item);
      else items.push(item);
      itemsVersion += 1;
    },
    remove,
    /** Lets time take effect: what was invisible appears, what was due for deletion is gone. */
    settle(nowMs: number): void {
      for (const item of hidden) {
        if (item.visibleAtMs > nowMs) continue;
        hidden.delete(item);
        items.push(item);
        itemsVersion += 1;
      }
      for (const item of doomed) {
        if ((item.scheduledDeletionMs ?? Number.POSITIVE_INFINITY) <= nowMs) remove(item);
      }
    },
    /** Plans a deletion, or with `null` takes the plan back. */
    schedule(item: Item, deletionMs: number | null): void {
      item.scheduledDeletionMs = deletionMs;
      if (deletionMs === null) doomed.delete(item);
      else doomed.add(item);
      itemsVersion += 1;
    },
    /** What a caller can see by id or by name. */
    visible(idOrName: string): Item | undefined {
      const item = byId.get(idOrName) ?? byName.get(idOrName);
      return item === undefined || hidden.has(item) ? undefined : item;
    },
    /** What exists, visible or not. */
    any: (idOrName: string): Item | undefined => byId.get(idOrName) ?? byName.get(idOrName),
    everything: (): readonly Item[] => [...items, ...hidden],
    /** To be called after a change of the state, or of the tags, of an item. */
    touch(what: "state" | "tags"): void {
      if (what === "tags") tagsVersion += 1;
      else itemsVersion += 1;
    },
    /** Visible items that `keep` keeps, oldest first; `query` names the question for the next time. */
    view(query: string, on: "items" | "tags", keep: (item: Item) => boolean): readonly Item[] {
      const version = on === "tags" ? `${itemsVersion} ${tagsVersion}` : `${itemsVersion}`;
      const known = views.get(query);
      if (known?.version === version) return known.rows;
      const rows = items.filter(keep);
      views.delete(query);
      views.set(query, { version, rows });
      for (const oldest of views.keys()) {
        if (views.size <= VIEWS_MAX) break;
        views.delete(oldest);
      }
      return rows;
    },
  };
}

export type Store<Item extends Stored> = ReturnType<typeof createStore<Item>>;
