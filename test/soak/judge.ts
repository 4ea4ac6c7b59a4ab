/** What one process held at the end of an hour, after its garbage was collected. */
export type ProcessSample = {
  readonly function: string;
  readonly pid: number;
  readonly heapMb: number;
  readonly externalMb: number;
  /** Resident memory, as the platform would count it. */
  readonly rssMb: number;
  /** Connections that were open. */
  readonly sockets: number;
  /** The most that were seen open at once during the hour. */
  readonly socketsMost: number;
  /** File descriptors that are no connections. */
  readonly descriptors: number;
  /** Timers, connections and requests that the event loop knows. */
  readonly resources: number;
};

export type Amount = { readonly files: number; readonly bytes: number };

/** What one simulated hour came to. */
export type HourSample = {
  readonly hour: number;
  /** Requests that the cloud saw, those that met a fault, and invocations of functions that failed for good. */
  readonly calls: number;
  readonly faults: number;
  readonly invocations: number;
  readonly failed: number;
  /** Connections that the server had open at the end. */
  readonly connections: number;
  readonly processes: readonly ProcessSample[];
  /** By the first part of the names: `runs`, `audits`, … */
  readonly store: { readonly [kind: string]: Amount };
  /** Lines of the history of audits. */
  readonly historyLines: number;
};

/** What holds for the whole run. */
export type Bounds = {
  /** Hours after which the bucket's lifecycle takes a file away. */
  readonly retentionHours: number;
  /** Kinds of files that the lifecycle takes away. */
  readonly retained: readonly string[];
  /** Others have to go by themselves; so many of each may be there at the end of an hour, none where it is not named. */
  readonly passing: { readonly [kind: string]: number };
  /** Connections of one process. */
  readonly socketsMax: number;
  readonly historyLinesMax: number;
};

export type Criterion = {
  readonly name: string;
  readonly holds: boolean;
  /** What is asked for. */
  readonly asks: string;
  /** What was seen, of the worst. */
  readonly seen: string;
};

/** What may be more at the end than in the beginning: the larger of both. */
type Slack = { readonly part: number; readonly least: number };

const HEAP: Slack = { part: 0.1, least: 1.5 };
const RSS: Slack = { part: 0.1, least: 8 };
const FILES: Slack = { part: 0.25, least: 40 };
const BYTES: Slack = { part: 0.25, least: 1.5 };
const DESCRIPTORS: Slack = { part: 0, least: 2 };
const RESOURCES: Slack = { part: 0.1, least: 12 };
const MB = 1024 * 1024;

/** Which hours are compared: those after everything is warm, and the last quarter. */
export function windowsOf(hours: number, warmHours: number) {
  const late = Math.max(2, Math.floor(hours / 4));
  const lateFrom = hours - late + 1;
  const earlyTo = Math.max(warmHours + 2, Math.floor(hours / 3));
  return {
    early: [warmHours + 1, Math.min(earlyTo, lateFrom - 1)],
    late: [lateFrom, hours],
  } as const;
}

/** Hours in which functions are compiled, pools filled and caches made. */
export function warmHoursOf(hours: number): number {
  return Math.max(1, Math.floor(hours / 8));
}

/** Judges what was measured hour by hour. Looks at nothing else. */
export function judge(samples: readonly HourSample[], bounds: Bounds): readonly Criterion[] {
  const hours = samples.length;
  const windows = windowsOf(hours, warmHoursOf(hours));
  const ofProcess = (name: string, unit: string, slack: Slack, pick: Pick<ProcessSample>) =>
    judgeFlat(name, unit, slack, windows, seriesOf(samples, windows, pick));
  return [
    judgeLives(samples, windows.early[0]),
    ofProcess("heap", "MB of heap, buffers", HEAP, (one) => one.heapMb + one.externalMb),
    ofProcess("memory", "MB resident", RSS, ({ rssMb }) => rssMb),
    judgeSocketsMost(samples, bounds.socketsMax),
    ofProcess("sockets", "sockets", DESCRIPTORS, ({ sockets }) => sockets),
    ofProcess("descriptors", "other descriptors", DESCRIPTORS, (one) => one.descriptors),
    ofProcess("resources", "timers and handles", RESOURCES, ({ resources }) => resources),
    judgeConnections(samples, windows),
    ...judgeStore(samples, bounds),
  ];
}

type Pick<Item> = (item: Item) => number;
/** Values by hour; hour 1 is at index 0, `NaN` where there is none. */
type Series = { readonly name: string; readonly values: readonly number[] };
type Windows = ReturnType<typeof windowsOf>;

/** One series for each process that was there in the early hours. */
function seriesOf(
  samples: readonly HourSample[],
  { early: [, to] }: Windows,
  pick: Pick<ProcessSample>,
): readonly Series[] {
  return (samples[to - 1]?.processes ?? []).map(({ function: name, pid }) => ({
    name,
    values: samples.map(({ processes }) => {
      const own = processes.find((one) => one.pid === pid);
      return own === undefined ? Number.NaN : pick(own);
    }),
  }));
}

/** Nothing was killed, ended by itself or had to be started anew. */
function judgeLives(samples: readonly HourSample[], fromHour: number): Criterion {
  const pidsOf = (sample: HourSample | undefined) =>
    (sample?.processes ?? []).map(({ pid }) => pid).sort((one, other) => one - other);
  const first = pidsOf(samples[fromHour - 1]);
  const last = pidsOf(samples.at(-1));
  return {
    name: "lives",
    holds: first.length > 0 && first.join() === last.join(),
    asks: `the processes of hour ${fromHour} are those of the last hour`,
    seen: `${first.length}; at the end ${last.filter((pid) => first.includes(pid)).length}, and ${last.filter((pid) => !first.includes(pid)).length} new`,
  };
}

/**
 * Flat: the median of the late hours is not much above that of the early ones, and the line through all hours
 * after warming up (Theil and Sen: no single hour bends it) does not climb by more than that either.
 */
function judgeFlat(
  name: string,
  unit: string,
  slack: Slack,
  { early, late }: Windows,
  all: readonly Series[],
): Criterion {
  const judged = all.map((series) => {
    const before = median(within(series.values, early));
    const after = median(within(series.values, late));
    const climb = slopeOf(series.values.slice(early[0] - 1)) * (late[1] - early[0]);
    const over = Math.max(after - before, climb) - roomOf(slack, before);
    return { ...series, before, after, climb, over };
  });
  const worst = judged.toSorted((one, other) => other.over - one.over)[0];
  return {
    name,
    // A series with a gap has no median, and so does not hold.
    holds: judged.length > 0 && judged.every(({ over }) => over <= 0),
    asks: `${unit}: hours ${late.join("-")} at most ${told(slack)} above ${early.join("-")}`,
    seen:
      worst === undefined
        ? "nothing"
        : `${worst.name} ${worst.before.toFixed(1)} to ${worst.after.toFixed(1)}, slope ${signed(worst.climb)}`,
  };
}

function signed(number: number): string {
  return `${number < 0 ? "" : "+"}${number.toFixed(1)}`;
}

function judgeSocketsMost(samples: readonly HourSample[], socketsMax: number): Criterion {
  const all = samples.flatMap(({ processes }) => processes);
  const worst = all.toSorted((one, other) => other.socketsMost - one.socketsMost)[0];
  return {
    name: "pool",
    holds: worst !== undefined && worst.socketsMost <= socketsMax,
    asks: `no process ever has more than ${socketsMax} sockets`,
    seen: worst === undefined ? "nothing" : `${worst.function} ${worst.socketsMost}`,
  };
}

function judgeConnections(samples: readonly HourSample[], windows: Windows): Criterion {
  const values = samples.map(({ connections }) => connections);
  const slack = { part: 0.25, least: 8 };
  return judgeFlat("connections", "connections at the server", slack, windows, [
    { name: "server", values },
  ]);
}

/**
 * What the lifecycle takes away: of the hours after it has begun, the second half never has much more than the
 * first. Medians would not do, as a bad hour leaves large reports until they are taken away.
 */
function judgeMost(
  name: string,
  unit: string,
  slack: Slack,
  fromHour: number,
  all: readonly Series[],
): Criterion {
  const judged = all.map((series) => {
    const values = series.values.slice(fromHour - 1);
    const half = Math.ceil(values.length / 2);
    const before = Math.max(...values.slice(0, half));
    const after = Math.max(...values.slice(half));
    return { ...series, before, after, over: after - before - roomOf(slack, before) };
  });
  const worst = judged.toSorted((one, other) => other.over - one.over)[0];
  return {
    name,
    holds: judged.every(({ over }) => over <= 0),
    asks: `most ${unit} after hour ${fromHour - 1}: at most ${told(slack)} more in the second half`,
    seen:
      worst === undefined
        ? "nothing"
        : `${worst.name} ${worst.before.toFixed(1)}, then ${worst.after.toFixed(1)}`,
  };
}

function roomOf({ part, least }: Slack, before: number): number {
  return Math.max(least, before * part);
}

function told({ part, least }: Slack): string {
  return part === 0 ? `${least}` : `${least} or ${part * 100} %`;
}

function judgeStore(samples: readonly HourSample[], bounds: Bounds): readonly Criterion[] {
  const { retentionHours, retained, passing, historyLinesMax } = bounds;
  const fromHour = retentionHours + 1;
  const kinds = new Set(samples.flatMap(({ store }) => Object.keys(store)));
  const amounts = (kind: string, pick: Pick<Amount>): Series => ({
    name: kind,
    values: samples.map(({ store }) => pick(store[kind] ?? { files: 0, bytes: 0 })),
  });
  const bounded = retained.filter((kind) => kinds.has(kind));
  const strays = [...kinds]
    .filter((kind) => !retained.includes(kind))
    .map((kind) => {
      const files = Math.max(...amounts(kind, (one) => one.files).values);
      return { kind, files, over: files - (passing[kind] ?? 0) };
    })
    .toSorted((one, other) => other.over - one.over);
  const allowed = Object.entries(passing).map(([kind, most]) => `${kind}/ ${most}`);
  const historyLines = Math.max(...samples.map((sample) => sample.historyLines));
  return [
    judgeMost(
      "store",
      "files",
      FILES,
      fromHour,
      bounded.map((kind) => amounts(kind, ({ files }) => files)),
    ),
    judgeMost(
      "store-bytes",
      "MB",
      BYTES,
      fromHour,
      bounded.map((kind) => amounts(kind, ({ bytes }) => bytes / MB)),
    ),
    {
      name: "strays",
      holds: strays.every(({ over }) => over <= 0),
      asks: `files that go by themselves: at most ${allowed.join(", ")}`,
      seen: strays.map(({ kind, files }) => `${kind}/ ${files}`).join(", ") || "none",
    },
    {
      name: "history",
      holds: historyLines <= historyLinesMax,
      asks: `the history of audits has at most ${historyLinesMax} lines`,
      seen: `${historyLines}`,
    },
  ];
}

function within(values: readonly number[], [from, to]: readonly [number, number]) {
  return values.slice(from - 1, to);
}

function median(values: readonly number[]): number {
  if (values.some(Number.isNaN)) return Number.NaN;
  const sorted = values.toSorted((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  const [low = Number.NaN, high = Number.NaN] = [sorted[middle - 1], sorted[middle]];
  return sorted.length % 2 === 1 ? high : (low + high) / 2;
}

/** The median of the slopes between all pairs, in units an hour. */
function slopeOf(values: readonly number[]): number {
  const slopes: number[] = [];
  for (const [at, value] of values.entries())
    for (const [step, later] of values.slice(at + 1).entries())
      slopes.push((later - value) / (step + 1));
  return slopes.length === 0 ? 0 : median(slopes);
}
