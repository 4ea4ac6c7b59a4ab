import * as z from "zod/mini";
import { parseJson } from "../../core/json-value.ts";
import { toIsoTime } from "../../core/time.ts";
import type { Store } from "../store/store.ts";
import { isReadableName } from "../store/store-name.ts";
import { chanceText } from "./run-store.ts";

const PREFIX = "dead-letters/";
/** What the platform stores of an event that a function did not get done. */
const FAILURES = "failures/";

/** A batch may leave thousands in the same millisecond. */
const ID_DIGITS = 12;

const letterSchema = z.strictObject({
  id: z.string(),
  time: z.string(),
  function: z.string(),
  request: z.string(),
  /** Where the message stood in its event. */
  at: z.string(),
  /** Why it cannot be done, in the words of its outcome: never a value. */
  cause: z.strictObject({ kind: z.string(), reason: z.string() }),
  /** How often it was tried. */
  attempts: z.int(),
  /** As it came: its text, or the object. It holds values; so does the store. */
  message: z.unknown(),
});

/** A message that cannot be done, kept with its cause until a person sends it again or drops it. */
export type DeadLetter = z.infer<typeof letterSchema>;

/** Where and in what a message was when it died, and when. */
export type DeadLetterDeps = {
  readonly store: Store;
  readonly nowMs: number;
  readonly random: number;
  readonly function: string;
  readonly request: string;
};

/** Stores a message that cannot be done; answers with its id. */
export async function storeDeadLetter(
  letter: Pick<DeadLetter, "at" | "cause" | "attempts" | "message">,
  { store, nowMs, random, function: name, request }: DeadLetterDeps,
): Promise<string> {
  const time = toIsoTime(nowMs);
  const id = `${time.replace(/[-:.]/g, "")}-${chanceText(random, ID_DIGITS)}`;
  const whole: DeadLetter = { id, time, function: name, request, ...letter };
  await store.write(`${PREFIX}${id}.json`, `${JSON.stringify(whole)}\n`);
  return id;
}

/** A dead letter in the store, or what the platform's failure destination left there. */
export type Lost = {
  /** As `dlq` names it. */
  readonly id: string;
  /** Where it is in the store. */
  readonly name: string;
} & (
  | { readonly from: "function"; readonly letter: DeadLetter }
  | { readonly from: "platform"; readonly failure: PlatformFailure }
  /** It is there, and it is not what it should be. */
  | { readonly from: "unreadable"; readonly text: string }
);

// functiongraph.md 5: the table of parameters and the sample spell the status differently; not used.
const failureSchema = z.looseObject({
  timestamp: z.catch(z.nullable(z.string()), null),
  request_context: z.looseObject({
    request_id: z.catch(z.string(), ""),
    function_urn: z.catch(z.string(), ""),
    condition: z.catch(z.string(), ""),
    approximate_invoke_count: z.catch(z.number(), 1),
  }),
  request_payload: z.string(),
});
/** An event that the platform gave up on (functiongraph.md 5): `request_payload` is the event as text. */
export type PlatformFailure = z.infer<typeof failureSchema>;

/** All that was lost and can be sent again, oldest first of each kind; read one by one. */
export async function* listLost(store: Store): AsyncGenerator<Lost> {
  for (const prefix of [PREFIX, FAILURES])
    for await (const name of store.list(prefix)) {
      const lost = await readNamed(store, name);
      if (lost !== null) yield lost;
    }
}

/** One of them by its id; `null` where there is none. */
export async function readLost(store: Store, id: string): Promise<Lost | null> {
  const name = id.startsWith(FAILURES) ? id : `${PREFIX}${id}.json`;
  // What the platform calls its objects is not established, so that any name is read that can be one.
  return isReadableName(name) ? readNamed(store, name) : null;
}

/** Takes it out of the store: it was sent again, or nobody wants it. */
export async function dropLost(store: Store, { name }: Pick<Lost, "name">): Promise<void> {
  await store.remove(name);
}

async function readNamed(store: Store, name: string): Promise<Lost | null> {
  const text = await store.read(name);
  if (text === null) return null;
  const json = parseJson(text);
  if (name.startsWith(FAILURES)) {
    const parsed = failureSchema.safeParse(json);
    const found = { id: name, name } as const;
    if (!parsed.success) return { ...found, from: "unreadable", text };
    return { ...found, from: "platform", failure: parsed.data };
  }
  const id = name.slice(PREFIX.length).replace(/\.json$/, "");
  const parsed = letterSchema.safeParse(json);
  if (!parsed.success) return { id, name, from: "unreadable", text };
  return { id, name, from: "function", letter: parsed.data };
}
