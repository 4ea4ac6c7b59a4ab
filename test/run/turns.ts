import { wholeOf } from "./memory-store.ts";
import type { Hands } from "./stage.ts";

/** What a worker does to the world: something that is awaited, one at a time. */
export type Operation = {
  readonly name: string;
  /** The resource or object that it is done to. */
  readonly on: string;
};

/** Decides about each operation: `perform` does it for real. */
export type Gate = <T>(operation: Operation, perform: () => Promise<T>) => Promise<T>;

/** Puts a gate before everything that a worker does to tags and to the store. */
export function guard({ tags, store }: Hands, gate: Gate): Hands {
  return {
    tags: {
      ...tags,
      readTags: (resource, budget) =>
        gate({ name: "readTags", on: resource.id }, () => tags.readTags(resource, budget)),
      createTags: (resource, wanted, budget) =>
        gate({ name: "createTags", on: resource.id }, () =>
          tags.createTags(resource, wanted, budget),
        ),
      deleteTags: (resource, keys, budget) =>
        gate({ name: "deleteTags", on: resource.id }, () =>
          tags.deleteTags(resource, keys, budget),
        ),
    },
    store: {
      ...store,
      read: (name) => gate({ name: "read", on: name }, () => store.read(name)),
      write: (name, text) => gate({ name: "write", on: name }, () => store.write(name, text)),
      remove: (name) => gate({ name: "remove", on: name }, () => store.remove(name)),
      async *list(prefix, after) {
        yield* await gate({ name: "list", on: prefix }, async () => {
          const names: string[] = [];
          for await (const name of store.list(prefix, after)) names.push(name);
          return names;
        });
      },
    },
  };
}

/** Does an operation write tags? */
export function isTagWrite({ name }: Operation): boolean {
  return name === "createTags" || name === "deleteTags";
}

/** Lets operations through one after the other, in the order in which they come. */
export function oneByOne(): Gate {
  let last: Promise<unknown> = Promise.resolve();
  return (_operation, perform) => {
    const mine = last.then(perform);
    last = mine.catch(() => undefined);
    return mine;
  };
}

/** When a worker dies: at which operation, counted from 0, and whether that still took effect. */
export type Death = { readonly at: number; readonly tookEffect: boolean };

/** A worker that dies: nothing of what it does afterwards happens, and nothing answers it. */
export type Mortal = {
  readonly gate: Gate;
  /** Resolves with the operation at which it died. */
  readonly died: Promise<Operation>;
  /** Operations that were begun. */
  readonly count: () => number;
};

/** Makes a worker mortal; `note` sees each operation that took effect. */
export function mortal({ at, tookEffect }: Death, note: (operation: Operation) => void): Mortal {
  let count = 0;
  let bury: (operation: Operation) => void = () => {};
  const died = new Promise<Operation>((resolve) => {
    bury = resolve;
  });
  const queue = oneByOne();
  const forever = new Promise<never>(() => {});
  return {
    died,
    count: () => count,
    gate: (operation, perform) =>
      queue(operation, async () => {
        const mine = count++;
        if (mine > at || (mine === at && !tookEffect)) {
          bury(operation);
          return forever;
        }
        const answer = await perform().finally(() => note(operation));
        if (mine < at) return answer;
        bury(operation);
        return forever;
      }),
  };
}

/**
 * Lets the operations of several workers take turns in an order that `pick` decides: it gets how many
 * wait, and answers with which one is next.
 */
export function takingTurns(pick: (waiting: number) => number): Gate {
  const waiting: (() => Promise<void>)[] = [];
  let running = false;
  const pump = async () => {
    if (running) return;
    running = true;
    // Whoever is about to ask asks first, so that there is something to choose from.
    for (let idle = 0; idle < 3; ) {
      await new Promise((resolve) => setImmediate(resolve));
      const next = waiting.length === 0 ? undefined : waiting.splice(pick(waiting.length), 1)[0];
      if (next === undefined) idle += 1;
      else await next();
    }
    running = false;
  };
  return (_operation, perform) =>
    new Promise((resolve, reject) => {
      waiting.push(() => perform().then(resolve, reject));
      void pump();
    });
}

/** A worker that never sees the lease of another one. */
export function ownLease({ tags, store }: Hands): Hands {
  let lease: string | null = null;
  const isLease = (name: string) => name.startsWith("active/");
  return {
    tags,
    store: {
      ...store,
      read: async (name) => (isLease(name) ? lease : store.read(name)),
      async write(name, text) {
        if (isLease(name)) lease = wholeOf(text);
        else await store.write(name, text);
      },
    },
  };
}
