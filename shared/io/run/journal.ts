import { parseJson } from "../../core/json-value.ts";
import {
  type Done,
  type EntryPlace,
  type Intent,
  type JournalEntry,
  type JournalledResource,
  type JournalState,
  parseJournalLine,
  replayEntry,
  resourceKey,
} from "../../core/run/journal.ts";
import { toIsoTime } from "../../core/time.ts";
import type { Clock } from "../clock.ts";
import type { Store } from "../store/store.ts";
import { journalPrefix, RunError } from "./run-store.ts";

/** Segments that are read at the same time. */
const READS_AT_ONCE = 16;
const NUMBER_WIDTH = 6;

/** Says what a run is about to do and what came of it. One worker's; several may write the same run's. */
export type Journal = {
  /** Noted with the next commit. */
  note(entry: Omit<Intent, "at"> | Omit<Done, "at">): void;
  /**
   * Resolves when everything noted so far is in the store, as one segment. Throws the store's error, now
   * and ever after: what follows could not be told any more.
   */
  commit(): Promise<void>;
};

export type JournalDeps = {
  readonly store: Store;
  readonly clock: Clock;
  /** Names this worker, so that two never write the same segment: no store promises to prevent that. */
  readonly worker: string;
};

/** Continues a run's journal behind segment `last` (0: there is none). */
export function openJournal(run: string, last: number, deps: JournalDeps): Journal {
  const { store, clock, worker } = deps;
  let lines: string[] = [];
  let number = last;
  let ended: Promise<void> = Promise.resolve();

  const write = async () => {
    if (lines.length === 0) return;
    const text = lines.join("");
    lines = [];
    number += 1;
    const padded = `${number}`.padStart(NUMBER_WIDTH, "0");
    await store.write(`${journalPrefix(run)}${padded}-${worker}.jsonl`, text);
  };
  return {
    note: (entry) => {
      lines.push(`${JSON.stringify({ ...entry, at: toIsoTime(clock.now()) })}\n`);
    },
    commit: () => {
      // Segments are written one after the other; a failure ends the chain for good.
      ended = ended.then(write);
      return ended;
    },
  };
}

/** What a run's journal says, and the number of its last segment. */
export type ReadJournal = { readonly state: JournalState; readonly last: number };

/**
 * Reads a run's journal, segments in the order of their numbers. Throws a `RunError` (`damaged`) for a line
 * that is none: to leave out an intent would be to forget a write.
 */
export async function readJournal(store: Store, run: string): Promise<ReadJournal> {
  const names: string[] = [];
  for await (const name of store.list(journalPrefix(run))) names.push(name);
  const state = new Map<string, JournalledResource>();
  const firstSegments = new Map<string, number>();
  for (let at = 0; at < names.length; at += READS_AT_ONCE) {
    const some = names.slice(at, at + READS_AT_ONCE);
    const texts = await Promise.all(some.map((name) => store.read(name)));
    for (const [index, text] of texts.entries()) {
      const name = some[index] ?? "";
      const place = placeOf(name, firstSegments);
      for (const entry of parseSegment(name, text ?? "")) {
        const key = resourceKey(entry.resource);
        state.set(key, replayEntry(state.get(key), entry, place));
      }
    }
  }
  return { state, last: Math.max(0, ...names.map(numberOf)) };
}

function parseSegment(name: string, text: string): readonly JournalEntry[] {
  const lines = text.split("\n").filter((line) => line !== "");
  return lines.map((line, index) => {
    const entry = parseJournalLine(parseJson(line));
    if (entry === null)
      throw new RunError("damaged", `${name}:${index + 1}: expected an intent or a done`);
    return entry;
  });
}

/** Reads `…/<number>-<worker>.jsonl`, and notes where each worker begins. */
function placeOf(name: string, firstSegments: Map<string, number>): EntryPlace {
  const segment = numberOf(name);
  const worker = name.slice(name.lastIndexOf("/") + 1).replace(/^\d+-/, "");
  const firstSegment = firstSegments.get(worker) ?? segment;
  firstSegments.set(worker, firstSegment);
  return { worker, segment, firstSegment };
}

function numberOf(name: string): number {
  return Number.parseInt(name.slice(name.lastIndexOf("/") + 1), 10) || 0;
}
