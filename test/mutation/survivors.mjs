import { readFile } from "node:fs/promises";
import { parse } from "yaml";

const LENGTH_MAX = 100;

/**
 * Every mutant that has a sentence, of these parts. A part's file is a list of `file`, `why` and `mutants`: the names
 * of those that the sentence is about, each as often as it occurs in the file.
 */
export async function readSurvivors(parts) {
  const read = await Promise.all(
    parts.map(async (part) => {
      const url = new URL(`survivors/${part}.yaml`, import.meta.url);
      const text = await readFile(url, "utf8").catch(() => "[]");
      return parse(text).flatMap(({ file, why, mutants }) =>
        mutants.map((name) => ({ file, why, name, isMet: false })),
      );
    }),
  );
  return read.flat();
}

/** What a mutant is called wherever it stands in its file: what was there, and what is there instead. */
export function nameMutant(source, { location: { start, end }, replacement }) {
  const lines = source.split("\n");
  const inside = lines.slice(start.line - 1, end.line);
  const last = inside.length - 1;
  inside[last] = inside[last].slice(0, end.column - 1);
  inside[0] = inside[0].slice(start.column - 1);
  return `${shorten(inside.join("\n"))} → ${shorten(replacement)}`;
}

function shorten(text) {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > LENGTH_MAX ? `${line.slice(0, LENGTH_MAX)}…` : line;
}
