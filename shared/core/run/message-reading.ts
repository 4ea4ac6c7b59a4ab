import type * as z from "zod/mini";
import { isJsonObject, type JsonObject, own } from "../json-value.ts";
import { jobMessage, type Message, runMessage, sliceMessage, tagsMessage } from "./message.ts";
import { describeIssues } from "./message-problem.ts";

type Form = {
  readonly kinds: readonly unknown[];
  readonly versions: readonly unknown[];
  readonly schema: z.ZodMiniType<Message>;
};

/** Which form is meant is told by `kind` and `version` alone; the plain form may do without both. */
const FORMS: readonly Form[] = [
  { kinds: ["run"], versions: [1], schema: runMessage },
  { kinds: ["slice"], versions: [1], schema: sliceMessage },
  { kinds: ["job"], versions: [1], schema: jobMessage },
  { kinds: ["tags", undefined], versions: [1, undefined], schema: tagsMessage },
];

/** A message that can be handled, or what is wrong with it. */
export type ReadMessage =
  | { readonly ok: true; readonly message: Message }
  | { readonly ok: false; readonly problem: string };

/**
 * Reads one message. A problem names the field and what was expected there, and quotes nothing. An
 * unknown field is a problem: what was meant by it would be lost without a word.
 */
export function readMessage(value: JsonObject): ReadMessage {
  const ofKind = FORMS.filter(({ kinds }) => kinds.includes(own(value, "kind")));
  if (ofKind.length === 0)
    return refuse("kind: expected run, slice, job or tags, or no kind for the plain form");
  const form = ofKind.find(({ versions }) => versions.includes(own(value, "version")));
  if (form === undefined) return refuse("version: expected 1");
  const parsed = form.schema.safeParse(value);
  if (!parsed.success) return refuse(describeIssues(form.schema, parsed.error.issues));
  if (namesPrototype(value)) return refuse("expected no field or key called __proto__");
  return { ok: true, message: parsed.data };
}

/** Is it a message beyond doubt, good or bad, wherever it is found? */
export function isMessage(value: JsonObject): boolean {
  const kind = own(value, "kind");
  if (kind !== undefined && FORMS.some(({ kinds }) => kinds.includes(kind))) return true;
  return Object.hasOwn(value, "resource") && Object.hasOwn(value, "action");
}

/** Could it be meant as a message, where one is expected? Then its problems are worth telling. */
export function resemblesMessage(value: JsonObject): boolean {
  return ["kind", "resource", "action", "tags"].some((field) => Object.hasOwn(value, field));
}

/**
 * Tables of a schema pass over this key without a word; none of them is in a list. Only asked of what a
 * schema accepted, which is not nested deeply.
 */
function namesPrototype(value: unknown): boolean {
  if (!isJsonObject(value)) return false;
  return Object.hasOwn(value, "__proto__") || Object.values(value).some(namesPrototype);
}

function refuse(problem: string): ReadMessage {
  return { ok: false, problem };
}
