import { createFolderStore } from "./folder-store.ts";
import type { ObsAccess } from "./obs-call.ts";
import { createObsStore } from "./obs-store.ts";
import { StoreError } from "./store-error.ts";
import type { StoreText } from "./store-text.ts";
import { parseStoreUrl, type StorePlace } from "./store-url.ts";

export { StoreError, type StoreErrorCode } from "./store-error.ts";
export type { StoreText } from "./store-text.ts";

/**
 * Where run data lives: plans, journals, dead letters, reports. Every call throws a `StoreError` where it
 * fails, and a `TypeError` for a name that no object may have, which is a defect of the caller.
 */
export type Store = {
  /** Where it is, as messages name it: `obs://bucket/prefix` or the folder. */
  readonly url: string;
  /** `null`: there is no such object. Could not read is never that. */
  read(name: string): Promise<string | null>;
  /**
   * Afterwards either all of the new text is there, or what was there before, also where it throws or the
   * process is killed. The last of several writers wins.
   */
  write(name: string, text: StoreText): Promise<void>;
  /** Nothing to remove is no error. */
  remove(name: string): Promise<void>;
  /**
   * Names that begin with the prefix, in ascending code-unit order, `after` (a name, there or not) excluded.
   * OBS is read page by page in constant memory. Objects that come or go meanwhile may be in it or not.
   */
  list(prefix: string, after?: string): AsyncIterable<string>;
  /**
   * The names directly below a prefix that end in `/` (`runs/` -> `runs/20261121-…/`), in ascending order,
   * without listing what is inside. A folder without an object is none.
   */
  folders(prefix: string): AsyncIterable<string>;
};

export type StoreDeps = {
  /** May `file:` be used? A function allows it only beside a loopback endpoint. */
  readonly allowFile: boolean;
  /** `null` where nothing is known that could reach a bucket. */
  readonly obs: ObsAccess | null;
};

/** Opens the store at an URL, without a call. Throws a `StoreError` (`bad-url`) where it cannot be one. */
export function openStore(url: string, { allowFile, obs }: StoreDeps): Store {
  const parsed = parseStoreUrl(url, { allowFile });
  if (!parsed.ok) throw badUrl(`the store's URL ${parsed.problem}`);
  return openPlace(parsed.place, obs);
}

function openPlace(place: StorePlace, obs: ObsAccess | null): Store {
  switch (place.at) {
    case "folder":
      return createFolderStore(place.path);
    case "bucket":
      if (obs === null) throw badUrl("a bucket needs an endpoint of OBS and credentials");
      return createObsStore(place, obs);
  }
}

function badUrl(detail: string): StoreError {
  return new StoreError({ code: "bad-url", operation: "open", place: "store", detail });
}
