import { setImmediate as turn } from "node:timers/promises";
import type { CloudError } from "../core/error.ts";
import { type Census, createCensus, type Found } from "../core/inventory/census.ts";
import type { InventoryItem, InventoryPlace } from "../core/inventory/item.ts";
import {
  type InstancePage,
  type KeyPage,
  readInstancePage,
  readKeyPage,
  readTotal,
} from "../core/inventory/page.ts";
import type { ResourceType } from "../core/resource.ts";
import type { InventoryCount } from "../core/run/run-plan.ts";
import type { Budget } from "./cloud.ts";
import { newError } from "./failure.ts";
import type { TagApi } from "./tag-api.ts";

export type InventoryDeps = InventoryPlace & {
  readonly tags: Pick<TagApi, "query">;
  readonly budget: Budget;
};

/** Told once for each kind, when all of it was read. */
export type NoteCount = (type: ResourceType, count: InventoryCount) => void;

/** Most rows of a page (dew-api.md 1.1); both limit and offset go as text, as documented. */
const PAGE_ROWS = 1_000;
/** A million resources of a kind: a service that never comes to an end is not followed further. */
const PAGES_MAX = 1_000;
const INSTANCES = "ListResourceInstances";
const KEYS = "ListKeys";
const NOT_DOCUMENTED = "the answer is not as documented";
const NO_END = `more than ${PAGES_MAX} pages`;

/**
 * Every resource of some kinds with its tags, kind by kind: one count, the pages of the instance query
 * and, for keys of every specification and state, those of list-keys; nothing for each resource.
 *
 * They come page by page. Each page is to be walked through once, before the next one is taken: a resource is
 * read when it is its turn, so that no more is held than the bytes of one page, and of the next one, which is on its
 * way meanwhile.
 *
 * Pages shift while they are read, so ids are told once, and where what was read is not what was counted
 * all is read once more before the difference is noted. What is there and cannot be read comes last, with
 * `tags: null`. Of a kind only its ids are held. Throws `CloudError`.
 */
export async function* readInventory(
  types: readonly ResourceType[],
  deps: InventoryDeps,
  note: NoteCount,
): AsyncGenerator<Iterable<InventoryItem>> {
  for (const type of types) {
    const census = createCensus();
    yield* readTwice(type, census, deps);
    yield census.unread();
    note(type, census.count());
  }
}

async function* readTwice(
  type: ResourceType,
  census: Census,
  deps: InventoryDeps,
): AsyncGenerator<Iterable<InventoryItem>> {
  yield* readOnce(type, census, deps);
  if (!census.agrees()) yield* readOnce(type, census, deps);
}

async function* readOnce(
  type: ResourceType,
  census: Census,
  deps: InventoryDeps,
): AsyncGenerator<Iterable<InventoryItem>> {
  const counted = readTotal(await ask(type, { action: "count" }, deps));
  census.begin(counted);
  for await (const page of readInstancePages(type, counted, deps))
    yield newOnes(page, "query", census);
  for await (const page of SECOND_LISTS[type](deps)) yield newOnes(page, "list", census);
}

/** Those of a page whom nobody met before. */
function* newOnes(
  page: InstancePage | KeyPage,
  found: Found,
  census: Census,
): Generator<InventoryItem> {
  let told = 0;
  for (const item of page.items) {
    if (item === null) continue;
    told += 1;
    if (census.meet(item, found)) yield item;
  }
  census.missRows(found, page.rows - told);
}

/** Goes on by the rows received while page or count say that there are more; a page without rows is the end. */
async function* readInstancePages(
  type: ResourceType,
  counted: number | null,
  deps: InventoryDeps,
): AsyncGenerator<InstancePage> {
  // Whoever stops half way waits for no page that is on its way.
  const stopping = new AbortController();
  const signal = AbortSignal.any([deps.budget.signal, stopping.signal]);
  const ahead = { ...deps, budget: { ...deps.budget, signal } };
  try {
    yield* walkPages(type, counted, ahead);
  } finally {
    stopping.abort();
  }
}

async function* walkPages(
  type: ResourceType,
  counted: number | null,
  deps: InventoryDeps,
): AsyncGenerator<InstancePage> {
  let asked: AskedPage = askFrom(0, type, deps);
  for (let page = 1; ; page++) {
    const read = readInstancePage(type, await asked.answer, deps);
    if (read === null) throw unexpected(INSTANCES, NOT_DOCUMENTED);
    if (read.rows === 0) return;
    const { offset } = asked;
    const end = () => offset + read.rows;
    const isLast = () => {
      const totals = [read.total, counted].filter((total) => total !== null);
      return totals.length > 0 && end() >= Math.max(...totals);
    };
    const next = isLast() || page === PAGES_MAX ? null : await sendFrom(end(), type, deps);
    yield read;
    // How many rows there are is known for certain only now.
    if (isLast()) return;
    if (page === PAGES_MAX) throw unexpected(INSTANCES, NO_END);
    asked = next?.offset === end() ? next : askFrom(end(), type, deps);
  }
}

/** A page that was asked for, and is awaited later or never. */
type AskedPage = { readonly offset: number; readonly answer: Promise<unknown> };

/**
 * Asks for a page, and lets the request leave where the pacer lets it: undici takes a connection up again one turn of
 * the event loop after its last answer, and writes to it another turn later, while whoever judges a page takes none.
 */
async function sendFrom(
  offset: number,
  type: ResourceType,
  deps: InventoryDeps,
): Promise<AskedPage> {
  await turn();
  const asked = askFrom(offset, type, deps);
  await turn();
  return asked;
}

function askFrom(offset: number, type: ResourceType, deps: InventoryDeps): AskedPage {
  const answer = ask(type, { action: "filter", limit: `${PAGE_ROWS}`, offset: `${offset}` }, deps);
  // Whoever awaits it is told why it failed; while nobody does, that is no fault of the process.
  answer.catch(() => {});
  return { offset, answer };
}

function ask(type: ResourceType, body: object, { tags, budget }: InventoryDeps): Promise<unknown> {
  const path = "/resource_instances/action";
  return tags.query(type, { operation: INSTANCES, path, body, rows: "resources" }, budget);
}

/** Lists that name every resource of a kind, even those that the instance query leaves out. */
const SECOND_LISTS: {
  readonly [Type in ResourceType]: (deps: InventoryDeps) => AsyncGenerator<KeyPage>;
} = { secret: readNoPages, key: readKeyPages };

async function* readNoPages(): AsyncGenerator<KeyPage> {}

/** All keys: without `key_spec` only those of AES_256 would be listed (dew-api.md 2.2). */
async function* readKeyPages({ tags, budget, ...place }: InventoryDeps): AsyncGenerator<KeyPage> {
  let marker: string | null = null;
  for (let page = 0; page < PAGES_MAX; page++) {
    const from = marker === null ? {} : { marker };
    const body = { limit: `${PAGE_ROWS}`, key_spec: "ALL", ...from };
    const answer = await tags.query("key", { operation: KEYS, path: "/list-keys", body }, budget);
    const read = readKeyPage(answer, place);
    if (read === null) throw unexpected(KEYS, NOT_DOCUMENTED);
    if (read.next === undefined) throw unexpected(KEYS, "there is more, but no marker");
    yield read;
    if (read.next === null || read.rows === 0) return;
    marker = read.next;
  }
  throw unexpected(KEYS, NO_END);
}

function unexpected(operation: string, detail: string): CloudError {
  return newError({ operation }, { code: "unexpected", detail });
}
