import { dev } from "./dev.ts";
import { explain } from "./explain.ts";
import { replay } from "./replay.ts";
import { validate } from "./validate.ts";
import type { Verb } from "./verb.ts";

/** Every verb, in the order of the help. A new one is a file and a row here. */
export const VERBS: readonly Verb[] = [validate, explain, replay, dev];
