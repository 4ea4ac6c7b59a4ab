import { type Paint, wrap } from "../../shared/cli/table.ts";
import { whyLines } from "../../shared/cli/tag-text.ts";
import { printable, widthOf } from "../../shared/cli/text-width.ts";
import type { Outcome, OutcomeKind } from "../../shared/core/outcome.ts";
import type { TagChange, TagOp, TagSet } from "../../shared/core/tag.ts";
import { type Paints, WIDTH } from "./stage.ts";

/** What one delivery of one trace came to, in the words that are shown. */
export type TraceView = {
  readonly type: string;
  readonly name: string;
  /** `createSecret by alice` */
  readonly deed: string;
  /** `null`: no function said anything. */
  readonly outcome: Pick<Outcome, "kind" | "reason" | "calls" | "tags"> | null;
  /** Tags of the resource that no rule names. */
  readonly unnamed: TagSet;
  readonly note: string | undefined;
};

const INDENT = "  ";
const NOTE_WIDTH = WIDTH - 2 * INDENT.length;
const TYPE_WIDTH = 7;
const NAME_WIDTH = 17;
const KEY_WIDTH = 12;
const VALUE_WIDTH = 30;
const GAP = "  ";
const MARK_WIDTH = 2;
const WHY_WIDTH = WIDTH - INDENT.length - MARK_WIDTH - KEY_WIDTH - VALUE_WIDTH - 2 * GAP.length;

const PAINT: { readonly [Kind in OutcomeKind]: keyof Paints } = {
  tagged: "green",
  unchanged: "green",
  ignored: "dim",
  gone: "yellow",
  skipped: "yellow",
  stale: "yellow",
  malformed: "red",
  deferred: "red",
  failed: "red",
};

/** Their reasons are errors as one line, too long for a headline; the problems at the end tell them. */
const REASON_IS_A_LINE: readonly OutcomeKind[] = ["failed", "deferred", "malformed"];

/** What stands before each tag; the legend is {@link MARKS_LEGEND}. */
const MARKS: { readonly [Op in TagOp]: { readonly mark: string; readonly paint: keyof Paints } } = {
  create: { mark: "+", paint: "green" },
  overwrite: { mark: "~", paint: "yellow" },
  delete: { mark: "-", paint: "red" },
  keep: { mark: "=", paint: "dim" },
  refuse: { mark: " ", paint: "dim" },
};
export const MARKS_LEGEND = "+ written   ~ replaced   = there already and left alone";

/** A block: who did what and how it ended, a note, and a row for each tag with its value's source. */
export function renderTrace(view: TraceView, paint: Paints): string[] {
  const { outcome, unnamed, note } = view;
  const changes = (outcome?.tags ?? []).filter(({ reason = "" }) => !UNTOLD.includes(reason));
  return [
    headline(view, paint),
    ...(note === undefined ? [] : wrap(note, NOTE_WIDTH)).map((line) => INDENT + paint.dim(line)),
    ...changes.flatMap((change) => renderTag(change, whyOf(change), paint)),
    ...[...unnamed].flatMap(([key, from]) =>
      renderTag({ key, op: "keep", from }, ["no rule names it"], paint),
    ),
  ];
}

/**
 * Tags without a row, because it would be the same in each block (`no-source`: the policy leaves it to
 * people), or in all rows of one (`not-written`: the headline says why).
 */
const UNTOLD: readonly string[] = ["no-source", "not-written"];

function headline({ type, name, deed, outcome }: TraceView, paint: Paints): string {
  const ending = endingText(outcome);
  const color: Paint = outcome === null ? paint.red : paint[PAINT[outcome.kind]];
  const rest = WIDTH - TYPE_WIDTH - ending.length - GAP.length;
  const shown = shorten(printable(name), rest - GAP.length);
  const said = shorten(printable(deed), rest - widthOf(shown) - GAP.length);
  // Deeds stand below each other where there is room for that.
  const aligned = Math.min(NAME_WIDTH, rest - GAP.length - widthOf(said));
  const left = `${paint.bold(pad(shown, aligned))}${GAP}${said}`;
  const used = Math.max(aligned, widthOf(shown)) + GAP.length + widthOf(said);
  return `${pad(type, TYPE_WIDTH)}${left}${" ".repeat(rest - used)}${GAP}${color(ending)}`;
}

/** `tagged, 2 calls`, or the reason where nothing was done. */
function endingText(outcome: TraceView["outcome"]): string {
  if (outcome === null) return "no answer";
  const { kind, reason, calls } = outcome;
  if (reason !== undefined && calls === 0) return `${kind}: ${reason}`;
  const count = `${calls} ${calls === 1 ? "call" : "calls"}`;
  return reason === undefined || REASON_IS_A_LINE.includes(kind)
    ? `${kind}, ${count}`
    : `${kind}: ${reason}, ${count}`;
}

function renderTag(change: TagChange, why: readonly string[], paint: Paints): string[] {
  const { mark, paint: color } = MARKS[isSet(change) ? change.op : "refuse"];
  const columns = [
    wrap(printable(change.key), KEY_WIDTH),
    valueLines(change).flatMap((line) => wrap(printable(line), VALUE_WIDTH)),
    why.flatMap((line) => wrap(printable(line), WHY_WIDTH)),
  ];
  const height = Math.max(...columns.map((lines) => lines.length));
  return Array.from({ length: height }, (_line, row) => {
    const [key = "", value = "", reason = ""] = columns.map((lines) => lines[row]);
    const sign = row > 0 || mark === " " ? " " : paint[color](mark);
    const left = `${INDENT}${sign} ${pad(key, KEY_WIDTH)}${GAP}${pad(value, VALUE_WIDTH)}`;
    return reason === "" ? left.trimEnd() : `${left}${GAP}${paint.dim(reason)}`;
  });
}

/** Will the key have a value? A missing one can be "kept" too: where an alias stands in for it. */
export function isSet({ op, from }: TagChange): boolean {
  return op !== "keep" || from !== undefined;
}

/** The source of what was written; else why the tag is as it is. */
function whyOf(change: TagChange): readonly string[] {
  const { source, reason, adjustedFrom } = change;
  if (source !== undefined)
    return [source, ...(adjustedFrom === undefined ? [] : ["made to fit the limits"])];
  return reason === "valid" ? ["kept"] : whyLines({ ...change, passed: [] });
}

function valueLines(change: TagChange): readonly string[] {
  const { adjustedFrom } = change;
  return [valueText(change), ...(adjustedFrom === undefined ? [] : [`(${adjustedFrom})`])];
}

function valueText({ op, from, to }: TagChange): string {
  switch (op) {
    case "create":
      return to ?? "";
    case "overwrite":
      return `${to} (was ${from})`;
    case "delete":
      return `(was ${from})`;
    case "keep":
      return from ?? "(not set)";
    case "refuse":
      return "(not set)";
  }
}

function shorten(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let cut = text;
  while (widthOf(cut) > width - 1) cut = cut.slice(0, -1);
  return `${cut}…`;
}

function pad(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - widthOf(text)));
}
