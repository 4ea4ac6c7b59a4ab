import picocolors from "picocolors";
import { type Paint, renderList, renderTable, type Table, wrap } from "./table.ts";
import { printable } from "./text-width.ts";
import type { World } from "./world.ts";

/** Where a command's words go: data to stdout, talk to stderr. */
export type Terminal = {
  readonly width: number;
  /** Colours for stdout; each leaves its text as it is where colours are off. */
  readonly paint: { readonly [Name in "bold" | "dim" | "green" | "yellow" | "red"]: Paint };
  /** A line of data, as it is. */
  data(line: string): void;
  json(value: unknown): void;
  table(table: Table): void;
  list(rows: readonly (readonly [name: string, value: string])[]): void;
  /** Talk that `--quiet` turns off; made printable and wrapped, like all talk. */
  note(text: string): void;
  warn(text: string): void;
  fail(text: string): void;
  /** Something long for whoever looks for a defect, as it is; only with `--debug`. */
  trace(text: string): void;
};

export type TerminalOptions = {
  readonly quiet?: boolean;
  readonly color: boolean;
  readonly debug?: boolean;
};

const WIDTH_DEFAULT = 80;
const WIDTH_MIN = 40;

/** Opens the world's outputs. Colours need a terminal and neither `NO_COLOR` nor `--no-color`. */
export function openTerminal(world: World, { quiet, color, debug }: TerminalOptions): Terminal {
  const { env, stdout, stderr } = world;
  const allowed = color && !env.NO_COLOR && env.TERM !== "dumb";
  const { bold, dim, green, yellow, red } = picocolors.createColors(allowed && stdout.isTerminal);
  const talk = picocolors.createColors(allowed && stderr.isTerminal);
  const width = Math.max(WIDTH_MIN, world.width ?? WIDTH_DEFAULT);
  const say = (text: string, paint: Paint) => {
    for (const line of wrap(printable(text), width)) stderr.write(`${paint(line)}\n`);
  };
  const data = (line: string) => {
    stdout.write(`${line}\n`);
  };
  return {
    width,
    paint: { bold, dim, green, yellow, red },
    data,
    json: (value) => data(JSON.stringify(value, null, 2)),
    table: (table) => data(renderTable(table, width, bold)),
    list: (rows) => data(renderList(rows, width)),
    note: (text) => {
      if (!quiet) say(text, talk.dim);
    },
    warn: (text) => {
      if (!quiet) say(`warning: ${text}`, talk.yellow);
    },
    fail: (text) => say(`error: ${text}`, talk.red),
    trace: (text) => {
      if (debug) stderr.write(`${text}\n`);
    },
  };
}
