/** One measured row: ours beside its floor, both from this run. */
export type Row = {
  readonly what: string;
  readonly ours: string;
  readonly floor: string;
  readonly ratio: number | null;
  readonly reach: string;
  readonly holds: boolean;
};

/** The lower quartile: what else the machine does only ever adds to a time. */
export function lowerQuartile(numbers: readonly number[]): number {
  return at(numbers, 0.25);
}

export function median(numbers: readonly number[]): number {
  return at(numbers, 0.5);
}

function at(numbers: readonly number[], part: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const value = sorted[Math.floor(sorted.length * part)];
  if (value === undefined) throw new Error("there is nothing to measure");
  return value;
}

/** Plain text, one line a row, under 100 columns. */
export function formatTable(rows: readonly Row[]): string {
  const cells = [
    ["", "ours", "floor", "ratio", "to reach", ""],
    ...rows.map(({ what, ours, floor, ratio, reach, holds }) => [
      what,
      ours,
      floor,
      ratio === null ? "" : ratio.toFixed(2),
      reach,
      holds ? "ok" : "MISSED",
    ]),
  ];
  const widths = cells[0]?.map((_, column) =>
    Math.max(...cells.map((row) => row[column]?.length ?? 0)),
  );
  return cells
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths?.[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
