import { contradictionsIn } from "../core/run/contradiction.ts";
import type { Edits } from "../core/run/edits.ts";
import { EXIT, Stop } from "./exit-code.ts";

/** Edits as the options give them, each as it was typed. */
export type EditTexts = {
  readonly set?: readonly string[];
  readonly unset?: readonly string[];
  readonly rename?: readonly string[];
  readonly map?: readonly string[];
};

/** How a key with a separator in it is typed; for the help. */
export const ESCAPE_HELP =
  "In a key, and in the old value of --map, write \\= for = and \\: for :.";

/**
 * Reads `--set key=value`, `--unset key`, `--rename old=new` and `--map key:from=to`; `undefined` where
 * there are none. What follows the last separator is taken as it is, so a value may hold `=`. Throws a
 * `Stop` that says what would be right.
 */
export function parseEdits({ set, unset, rename, map }: EditTexts): Edits | undefined {
  if ([set, unset, rename, map].every((texts) => texts === undefined)) return undefined;
  const edits: Edits = {
    ...(rename !== undefined && { rename: readTable("--rename", rename, readRename) }),
    ...(map !== undefined && { map: readMaps(map) }),
    ...(set !== undefined && { set: readTable("--set", set, readSet) }),
    ...(unset !== undefined && { unset: [...new Set(unset.map(readUnset))] }),
  };
  const contradictions = contradictionsIn(edits);
  if (contradictions.length > 0)
    throw usage(`the edits contradict each other: ${contradictions.join("; ")}`);
  return edits;
}

type Pair = readonly [name: string, value: string];

function readSet(text: string): Pair {
  const [key, value] = splitAt(text, "=");
  if (value === undefined || key === "") throw malformed("--set", text, "key=value");
  return [key, value];
}

function readUnset(text: string): string {
  const [key, rest] = splitAt(text, "=");
  if (rest !== undefined) throw malformed("--unset", text, "a key, without a value");
  if (key === "") throw malformed("--unset", text, "a key");
  return key;
}

function readRename(text: string): Pair {
  const [from, rest] = splitAt(text, "=");
  const [to, more] = splitAt(rest ?? "", "=");
  if (from === "" || to === "" || more !== undefined)
    throw malformed("--rename", text, "old=new, two keys");
  return [from, to];
}

function readMaps(maps: readonly string[]): NonNullable<Edits["map"]> {
  const byKey = new Map<string, string[]>();
  for (const text of maps) {
    const [key, rest] = splitAt(text, ":");
    if (key === "" || rest === undefined) throw malformed("--map", text, MAP_FORM);
    byKey.set(key, [...(byKey.get(key) ?? []), rest]);
  }
  const readValues =
    (key: string) =>
    (text: string): Pair => {
      const [from, to] = splitAt(text, "=");
      if (to === undefined) throw malformed("--map", `${key}:${text}`, MAP_FORM);
      return [from, to];
    };
  return Object.fromEntries(
    [...byKey].map(([key, texts]) => [key, readTable(`--map ${key}`, texts, readValues(key))]),
  );
}

const MAP_FORM = "key:from=to";

function readTable(
  option: string,
  texts: readonly string[],
  read: (text: string) => Pair,
): { [name: string]: string } {
  const table = new Map<string, string>();
  for (const [name, value] of texts.map(read)) {
    const known = table.get(name);
    if (known !== undefined && known !== value)
      throw usage(`${option} says two things about ${name}`);
    table.set(name, value);
  }
  return Object.fromEntries(table);
}

/** Splits at the first separator that no backslash precedes; the head is what its escapes stand for. */
function splitAt(text: string, separator: "=" | ":"): readonly [head: string, rest?: string] {
  let head = "";
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === separator) return [head, text.slice(at + 1)];
    const escaped = character === "\\" && /[\\=:]/.test(text.charAt(at + 1));
    if (escaped) at += 1;
    head += escaped ? text.charAt(at) : character;
  }
  return [head];
}

function malformed(option: string, text: string, expected: string): Stop {
  // What comes behind a separator may be a value, and values are not repeated.
  const [key = ""] = text.split(/[=:]/, 1);
  const shown = key.length < text.length ? `${key}${text.charAt(key.length)}…` : text;
  return usage(`${option} ${shown}: expected ${expected}`);
}

function usage(message: string): Stop {
  return new Stop(EXIT.usage, message);
}
