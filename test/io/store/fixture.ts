import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Pool } from "undici";
import { afterEach } from "vitest";
import type { ObsAccess } from "../../../shared/io/store/obs-call.ts";
import { openStore, type Store, StoreError } from "../../../shared/io/store/store.ts";
import { type LocalCloud, startCloud } from "../../cloud/index.ts";
import { createQuickClock, type QuickClock } from "../../functions/stage.ts";

export type Bucket = {
  readonly cloud: LocalCloud;
  readonly clock: QuickClock;
  readonly access: ObsAccess;
};

type Stop = () => unknown;

/** Things for one test, gone after it. */
export function useStores() {
  const stops: Stop[] = [];
  afterEach(async () => {
    for (const stop of stops.splice(0).reverse()) await stop();
  });

  function folder(): string {
    const path = mkdtempSync(join(tmpdir(), "store-"));
    stops.push(() => rmSync(path, { recursive: true, force: true }));
    return path;
  }

  /** A local cloud with the bucket `runs-bucket`, and how an agency's function reaches it. */
  async function bucket(clock: QuickClock = createQuickClock()): Promise<Bucket> {
    const cloud = await startCloud({ clock });
    stops.push(() => cloud.stop());
    cloud.objects.createBucket("runs-bucket");
    const access = accessTo(cloud.endpoint, cloud, clock);
    return { cloud, clock, access };
  }

  function accessTo(
    endpoint: string,
    cloud: Pick<LocalCloud, "agency">,
    clock: QuickClock,
  ): ObsAccess {
    const pool = new Pool(endpoint, { connections: 4 });
    stops.push(() => pool.destroy());
    return {
      endpoint,
      credentials: cloud.agency("store"),
      poolFor: () => pool,
      clock,
      random: () => 0,
      signal: new AbortController().signal,
      deadlineMs: clock.now() + 60_000,
      tryTimeoutMs: 2_000,
    };
  }

  /** The store `obs://runs-bucket/a/b` of a local cloud. */
  function inBucket({ access }: Pick<Bucket, "access">, changes: Partial<ObsAccess> = {}): Store {
    return openStore("obs://runs-bucket/a/b", {
      allowFile: false,
      obs: { ...access, ...changes },
    });
  }

  function inFolder(path = join(folder(), "store")): Store {
    return openStore(pathToFileURL(path).href, { allowFile: true, obs: null });
  }

  return {
    folder,
    bucket,
    inBucket,
    inFolder,
    accessTo,
    stopLater: (stop: Stop) => stops.push(stop),
  };
}

export async function all(names: AsyncIterable<string>): Promise<readonly string[]> {
  const list: string[] = [];
  for await (const name of names) list.push(name);
  return list;
}

/** The `StoreError` with which it ends; anything else fails the test. */
export async function failureOf(work: Promise<unknown>): Promise<StoreError> {
  const ended: unknown = await work.then(
    () => "no error",
    (error: unknown) => error,
  );
  if (ended instanceof StoreError) return ended;
  throw new Error(`expected a StoreError, got ${String(ended)}`);
}
