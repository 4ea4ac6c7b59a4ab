/** One measured row: ours beside its floor, both from this run. */
export type Row = {
  readonly what: string;
  readonly ours: string;
  readonly floor: string;
  readonly ratio: number | null;
  readonly reach: string;
  readonly holds: boolean;
};

/** One way beside the others. */
export type PeerRow = {
  readonly way: string;
  /** Against a server without a limit that answers after 5 ms. */
  readonly free: {
    readonly callsPerSecond: number;
    readonly cpuUsPerCall: number;
    readonly memoryMb: number;
    /** Connections that were opened in all, and open at once at most. */
    readonly sockets: number;
    readonly socketsAtOnce: number;
  };
  /** Against 20 calls a second, for 200 resources. */
  readonly limited: {
    readonly tagged: number;
    readonly untagged: number;
    readonly answered429: number;
    readonly seconds: number;
  };
};

/** What a run measured. */
export type Results = {
  readonly node: string;
  readonly rows: readonly Row[];
  readonly peers: readonly PeerRow[];
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

function cellsOf(rows: readonly Row[]): readonly (readonly string[])[] {
  return [
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
}

/** The rows as a table in Markdown, as the README has them. */
export function formatRows(rows: readonly Row[]): string {
  return markdown(cellsOf(rows).map((row) => row.map((cell) => cell.trim())));
}

function markdown([head = [], ...rows]: readonly (readonly string[])[]): string {
  const line = (row: readonly string[]) => `| ${row.join(" | ")} |`;
  return [line(head), `|${"---|".repeat(head.length)}`, ...rows.map(line)].join("\n");
}

/** Plain text, one line a row, under 100 columns. */
export function formatTable(rows: readonly Row[]): string {
  const cells = cellsOf(rows);
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

/** A table in Markdown, as the README has it. */
export function formatPeers(rows: readonly PeerRow[]): string {
  const cells = rows.map(({ way, free, limited }) => [
    way,
    free.callsPerSecond.toFixed(0),
    `${free.cpuUsPerCall.toFixed(0)} µs`,
    `${free.memoryMb.toFixed(0)} MB`,
    `${free.sockets} (${free.socketsAtOnce})`,
    `${limited.tagged} of ${limited.tagged + limited.untagged} in ${limited.seconds.toFixed(0)} s`,
    `${limited.answered429}`,
  ]);
  const head = [
    "",
    "calls/s",
    "CPU a call",
    "memory",
    "sockets (at once)",
    "tagged",
    "answered 429",
  ];
  return markdown([head, ...cells]);
}
