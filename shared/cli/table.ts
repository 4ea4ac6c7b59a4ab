import { graphemesOf, graphemeWidth, printable, widthOf } from "./text-width.ts";

export type Paint = (text: string) => string;

/** One cell; every line starts on a line of its own and is wrapped to its column. */
export type Cell = { readonly lines: readonly string[]; readonly paint?: Paint };

export type Table = {
  readonly head: readonly string[];
  readonly rows: readonly (readonly (string | Cell)[])[];
};

const GAP = "  ";
const COLUMN_WIDTH_MIN = 6;

/**
 * Lays a table out in plain columns below a rule, within `width` columns: too wide a table gives up
 * width in its widest columns first, and their cells are wrapped. Texts are made printable.
 */
export function renderTable({ head, rows }: Table, width: number, paintHead: Paint): string {
  const cells = rows.map((row) => row.map(toCell));
  const widths = fitWidths([head.map((title) => ({ lines: [title] })), ...cells], width);
  const rule = widths.map((columnWidth) => "-".repeat(columnWidth));
  return [
    ...renderRow(
      head.map((text) => ({ lines: [text], paint: paintHead })),
      widths,
    ),
    rule.join(GAP),
    ...cells.flatMap((row) => renderRow(row, widths)),
  ].join("\n");
}

/** Lays out names and what they stand for, indented, within `width` columns. */
export function renderList(
  rows: readonly (readonly [name: string, value: string])[],
  width: number,
): string {
  const cells = rows.map((row) => row.map(toCell));
  const indented = width - GAP.length;
  const widths = fitWidths(cells, indented);
  return cells
    .flatMap((row) => renderRow(row, widths))
    .map((line) => `${GAP}${line}`)
    .join("\n");
}

function toCell(cell: string | Cell): Cell {
  const { lines, ...rest } = typeof cell === "string" ? { lines: [cell] } : cell;
  return { ...rest, lines: lines.map(printable) };
}

/** Takes what is too much from the widest columns: first where that breaks no word, then anywhere. */
function fitWidths(rows: readonly (readonly Cell[])[], width: number): readonly number[] {
  const widths = [...columnWidths(rows, (line) => [line])];
  const words = columnWidths(rows, (line) => line.split(" "));
  const available = width - GAP.length * (widths.length - 1);
  let excess = widths.reduce((sum, columnWidth) => sum + columnWidth, 0) - available;
  for (; excess > 0; excess--) {
    const widest =
      widestAbove(widths, (column) => words[column] ?? 0) ??
      widestAbove(widths, () => COLUMN_WIDTH_MIN);
    if (widest === undefined) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return widths;
}

/** The widest part of each column. */
function columnWidths(
  rows: readonly (readonly Cell[])[],
  partsOf: (line: string) => readonly string[],
): readonly number[] {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  return Array.from({ length: columns }, (_, column) =>
    rows
      .flatMap((row) => row[column]?.lines ?? [])
      .flatMap(partsOf)
      .reduce((widest, part) => Math.max(widest, widthOf(part)), 0),
  );
}

/** The last of the widest columns that are wider than they must be. */
function widestAbove(
  widths: readonly number[],
  widthMin: (column: number) => number,
): number | undefined {
  const candidates = widths.filter((width, column) => width > widthMin(column));
  const widest = Math.max(...candidates);
  const found = widths.findLastIndex(
    (width, column) => width === widest && width > widthMin(column),
  );
  return found < 0 ? undefined : found;
}

function renderRow(row: readonly Cell[], widths: readonly number[]): readonly string[] {
  const columns = widths.map((columnWidth, column) => {
    const { lines = [] } = row[column] ?? {};
    return lines.flatMap((line) => wrap(line, columnWidth));
  });
  const height = Math.max(1, ...columns.map((lines) => lines.length));
  return Array.from({ length: height }, (_, line) =>
    columns
      .map((lines, column) => {
        const text = lines[line] ?? "";
        const padding = " ".repeat(Math.max(0, (widths[column] ?? 0) - widthOf(text)));
        const paint = row[column]?.paint;
        return `${text === "" || paint === undefined ? text : paint(text)}${padding}`;
      })
      .join(GAP)
      .trimEnd(),
  );
}

/**
 * Breaks a text into lines of at most `width` columns: between words, and inside those that are
 * longer. Lines are indented as the first one is.
 */
export function wrap(text: string, width: number): readonly string[] {
  const words = text.trimStart();
  const indent = text.slice(0, Math.min(text.length - words.length, Math.floor(width / 2)));
  return wrapWords(words, width - indent.length).map((line) => `${indent}${line}`);
}

function wrapWords(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const joined = line === "" ? word : `${line} ${word}`;
    if (widthOf(joined) <= width) {
      line = joined;
      continue;
    }
    if (line !== "") lines.push(line);
    const pieces = cut(word, width);
    lines.push(...pieces.slice(0, -1));
    line = pieces.at(-1) ?? "";
  }
  return line === "" && lines.length > 0 ? lines : [...lines, line];
}

function cut(word: string, width: number): readonly string[] {
  const pieces: string[] = [];
  let piece = "";
  let pieceWidth = 0;
  for (const grapheme of graphemesOf(word)) {
    const columns = graphemeWidth(grapheme);
    if (pieceWidth + columns > width && piece !== "") {
      pieces.push(piece);
      piece = "";
      pieceWidth = 0;
    }
    piece += grapheme;
    pieceWidth += columns;
  }
  return [...pieces, piece];
}
