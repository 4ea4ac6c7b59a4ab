import type { Criterion, HourSample, ProcessSample } from "./judge.ts";
import { PASSING } from "./retention.ts";

type Cells = readonly string[];

/** A hour in the table of processes; a group of functions shows its largest process. */
export function processCells(sample: HourSample): Cells {
  const { hour, calls, faults, invocations, failed, connections, processes } = sample;
  const most = (names: RegExp, pick: (one: ProcessSample) => number) =>
    Math.max(0, ...processes.filter((one) => names.test(one.function)).map(pick));
  const groups = [/-created$/, /^retag$/, /^audit$/];
  return [
    ...[hour, calls, faults, invocations, failed].map(String),
    groups.map((group) => most(group, ({ heapMb }) => heapMb).toFixed(1)).join("/"),
    groups.map((group) => most(group, ({ rssMb }) => rssMb).toFixed(0)).join("/"),
    groups.map((group) => String(most(group, ({ socketsMost }) => socketsMost))).join("/"),
    `${connections}`,
  ];
}

export const PROCESS_HEAD: Cells = [
  "hour",
  "calls",
  "faults",
  "events",
  "lost",
  "heap MB c/r/a",
  "RSS MB c/r/a",
  "socks c/r/a",
  "conns",
];

export const PROCESS_WIDTHS = [4, 6, 6, 6, 4, 14, 12, 11, 5];

const KINDS = ["runs", "audits", "dead-letters", "failures"] as const;

/** An hour in the table of the store: files and kB of each kind. */
export function storeCells({ hour, store, historyLines }: HourSample): Cells {
  return [
    `${hour}`,
    ...KINDS.map((kind) => {
      const { files, bytes } = store[kind] ?? { files: 0, bytes: 0 };
      return `${files} ${(bytes / 1024).toFixed(0)}`;
    }),
    Object.keys(PASSING)
      .map((kind) => store[kind]?.files ?? 0)
      .join("/"),
    `${historyLines}`,
  ];
}

export const STORE_HEAD: Cells = [
  "hour",
  "runs kB",
  "audits kB",
  "dead letters kB",
  "failures kB",
  "a/w/c",
  "history",
];
export const STORE_WIDTHS = [4, 11, 11, 15, 12, 6, 7];

/** One line of a table in plain text, its columns aligned on the right. */
export function lineOf(cells: Cells, widths: readonly number[]): string {
  return cells.map((cell, at) => cell.padStart(widths[at] ?? 0)).join(" ");
}

/** Lines that say what was asked for and what was seen. */
export function verdictLines(criteria: readonly Criterion[]): readonly string[] {
  return criteria.flatMap(({ name, holds, asks, seen }) => [
    `${holds ? "ok    " : "FAILED"} ${name.padEnd(11)} ${seen}`,
    `       (${asks})`,
  ]);
}

/** What a kept run came to. */
export type KeptSoak = {
  readonly node: string;
  readonly hours: number;
  readonly resources: number;
  readonly calls: number;
  readonly faults: number;
  readonly invocations: number;
  readonly criteria: readonly Criterion[];
};

/** How much a kept run was, as the README says it. */
export function formatWork({ hours, resources, calls, faults, invocations }: KeptSoak): string {
  const thousands = (count: number) => count.toLocaleString("en-US");
  return `${hours} hours, ${thousands(resources)} secrets and keys, ${thousands(invocations)} invocations, ${thousands(calls)} calls, ${thousands(faults)} of them met a fault`;
}

/** The verdict as a table in Markdown, as the README has it. */
export function formatVerdict({ criteria }: KeptSoak): string {
  const rows = criteria.map(({ name, asks, seen, holds }) =>
    [name, asks, seen, holds ? "ok" : "FAILED"].join(" | "),
  );
  return ["| | asked | seen | |", "|---|---|---|---|", ...rows.map((row) => `| ${row} |`)].join(
    "\n",
  );
}
