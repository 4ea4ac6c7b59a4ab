import { readdirSync, readFileSync } from "node:fs";
import written from "./manifest.json" with { type: "json" };

const folder = new URL("./", import.meta.url);

/** Where the shape of each example event comes from, and what it gives. */
export type QueueManifest = {
  readonly note: string;
  readonly files: {
    readonly [file: string]: {
      readonly shows: string;
      readonly shape: string;
      /** In order: the form of a message, or `! ` and the place of a problem. */
      readonly gives: readonly string[];
    };
  };
};

export const queueManifest: QueueManifest = written;

/** File names of the example events. */
export const queueEvents: readonly string[] = readdirSync(folder).filter(
  (file) => file.endsWith(".json") && file !== "manifest.json",
);

/** A fresh copy of an example event. */
export function loadQueueEvent(file: string): unknown {
  return JSON.parse(readFileSync(new URL(file, folder), "utf8"));
}
