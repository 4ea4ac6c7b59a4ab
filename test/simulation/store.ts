import { type Store, StoreError } from "../../shared/io/store/store.ts";
import { type MemoryStore, wholeOf } from "../run/memory-store.ts";
import type { Chance } from "./chance.ts";
import type { History } from "./history.ts";
import type { Instance } from "./instance.ts";
import type { Scheduler } from "./scheduler.ts";
import type { Watch } from "./watch.ts";
import type { Weather } from "./weather.ts";

export type StoreParts = {
  readonly objects: MemoryStore;
  readonly time: Scheduler;
  readonly chance: Chance;
  readonly weather: Weather;
  readonly watch: Watch;
  readonly history: History;
};

/** The run store as one instance reaches it: each operation takes its time, and may fail, done or not. */
export function storeFor(parts: StoreParts, instance: Instance): Store {
  const { objects, time, chance, weather, watch, history } = parts;

  function operate<T>(operation: string, name: string, perform: () => Promise<T>): Promise<T> {
    return instance.gate(async () => {
      const fails = chance.happens(weather.storeFaultPart);
      const isDone = !fails || chance.happens(0.5);
      await time.sleep(chance.whole(2, 20));
      const result = isDone ? await perform() : undefined;
      await time.sleep(chance.whole(2, 20));
      history.note(instance.name, `${operation} ${name}${fails ? ": failed" : ""}`);
      if (fails || result === undefined)
        throw new StoreError({ code: "unavailable", operation, place: `memory/${name}` });
      return result;
    });
  }

  return {
    url: "memory",
    read: (name) => operate("read", name, () => objects.read(name)),
    write: async (name, text) =>
      void (await operate("write", name, async () => {
        await objects.write(name, text);
        watch.stored(instance.name, name, wholeOf(text));
        return true;
      })),
    remove: async (name) =>
      void (await operate("remove", name, async () => {
        await objects.remove(name);
        return true;
      })),
    async *list(prefix, after) {
      yield* await operate("list", prefix, () => all(objects.list(prefix, after)));
    },
    async *folders(prefix) {
      yield* await operate("folders", prefix, () => all(objects.folders(prefix)));
    },
  };
}

async function all<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}
