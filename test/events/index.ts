import { readdirSync, readFileSync } from "node:fs";
import written from "./manifest.json" with { type: "json" };

const folder = new URL("./", import.meta.url);

/** Where the shape of each example event comes from, and what in it was made up. */
export type Manifest = {
  readonly note: string;
  readonly files: {
    readonly [file: string]: {
      readonly shows: string;
      readonly shape: string;
      readonly madeUp: string;
    };
  };
};

export const manifest: Manifest = written;

/** File names of the example events. */
export const events: readonly string[] = readdirSync(folder).filter(
  (file) => file.endsWith(".json") && file !== "manifest.json",
);

/** A fresh copy of an example event. */
export function loadEvent(file: string): unknown {
  return JSON.parse(readFileSync(new URL(file, folder), "utf8"));
}
