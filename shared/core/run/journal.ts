import * as z from "zod/mini";
import { OUTCOME_KINDS } from "../outcome.ts";
import type { ResourceRef } from "../resource.ts";
import { resourceSchema } from "./run-plan.ts";

const text = z.string();
const value = z.nullable(text);
/** A key that a write touches, and its value before and after; `null`: no such tag. */
const step = z.strictObject({ key: text, before: value, after: value });

/** Written durably before a resource is: what it has and what it is to have. */
const intentSchema = z.strictObject({
  entry: z.literal("intent"),
  at: text,
  resource: resourceSchema,
  steps: z.array(step),
});

/** Written after a resource was handled. */
const doneSchema = z.strictObject({
  entry: z.literal("done"),
  at: text,
  resource: resourceSchema,
  kind: z.enum(OUTCOME_KINDS),
  reason: z.exactOptional(text),
  /** False: this worker wrote nothing to it. Absent where that is not known. */
  wrote: z.exactOptional(z.boolean()),
  /** False: it is to be tried again. */
  final: z.boolean(),
  calls: z.int(),
});

const entrySchema = z.discriminatedUnion("entry", [intentSchema, doneSchema]);

export type Step = z.infer<typeof step>;
export type Intent = z.infer<typeof intentSchema>;
export type Done = z.infer<typeof doneSchema>;
export type JournalEntry = Intent | Done;

/** What a journal says of one resource. */
export type JournalledResource = {
  readonly resource: ResourceRef;
  /** By key: from what was there when the run first touched it to what the run last wanted. */
  readonly steps: ReadonlyMap<string, Step>;
  /** The last intent, while nothing says how it ended, or that it ended half way. */
  readonly open: Intent | null;
  /** The workers whose intents that is true of, each with the number of the segment of its last one. */
  readonly openBy: ReadonlyMap<string, number>;
  readonly done: Done | null;
  /** It may carry something that this run wrote. */
  readonly touched: boolean;
};

/** A journal by resource (`resourceKey`), in the order in which the run came to them. */
export type JournalState = ReadonlyMap<string, JournalledResource>;

/** The name of a resource among all resources of a project. */
export function resourceKey({ type, id }: Pick<ResourceRef, "type" | "id">): string {
  return `${type}:${id}`;
}

/** Reads a line of a segment; `null` where it is none, which only a broken file can have. */
export function parseJournalLine(json: unknown): JournalEntry | null {
  const parsed = entrySchema.safeParse(json);
  return parsed.success ? parsed.data : null;
}

/** Where an entry stands: who wrote it, in which segment, and in which one that worker began. */
export type EntryPlace = {
  readonly worker: string;
  readonly segment: number;
  readonly firstSegment: number;
};

/**
 * Adds an entry to what a journal says. Entries come in the order of their segments.
 *
 * A worker knows the segments before its first one. How it ended ends its own intents and those that it
 * knew of; what another one may be writing at the same time stays to be finished. Who wrote nothing
 * (`wrote: false`) says so of itself alone: what the others may have written is still to be undone.
 */
export function replayEntry(
  known: JournalledResource | undefined,
  entry: JournalEntry,
  { worker, segment, firstSegment }: EntryPlace,
): JournalledResource {
  const soFar = known ?? untouched(entry.resource);
  if (entry.entry === "intent") {
    const steps = new Map(soFar.steps);
    for (const step of entry.steps)
      steps.set(step.key, { ...step, before: (steps.get(step.key) ?? step).before });
    const openBy = new Map([...soFar.openBy, [worker, segment] as const]);
    // Segments of workers at the same time are in no order: who began may not have ended.
    const done = soFar.done === null ? null : { ...soFar.done, final: false };
    return { ...soFar, steps, open: entry, openBy, done };
  }
  const openBy = [...soFar.openBy].filter(([by]) => entry.wrote !== false || by !== worker);
  const unknown = openBy.filter(([by, at]) => by !== worker && at >= firstSegment);
  // What failed half way and is to be tried again is still to be finished.
  const left = new Map(entry.final ? unknown : openBy);
  return {
    ...soFar,
    open: left.size > 0 ? soFar.open : null,
    openBy: left,
    done: { ...entry, final: entry.final && left.size === 0 },
    touched: soFar.touched || openBy.length > 0 || entry.wrote === true,
  };
}

function untouched(resource: ResourceRef): JournalledResource {
  return {
    resource,
    steps: new Map(),
    open: null,
    openBy: new Map(),
    done: null,
    touched: false,
  };
}

/** May keys be missing that the run takes away for a moment, because it never came to its end here? */
export function isHalfWay({ open, done }: Pick<JournalledResource, "open" | "done">): boolean {
  return open !== null || (done !== null && done.kind !== "tagged");
}
