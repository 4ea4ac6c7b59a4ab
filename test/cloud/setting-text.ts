import type { SettingsChange } from "./settings.ts";

type Row = {
  /** What may be written, for people. */
  readonly expected: string;
  /** `null` where the text is none of that. */
  readonly read: (text: string) => SettingsChange | null;
};

/** The settings of a local cloud as they are written on a command line. */
const ROWS: { readonly [name: string]: Row } = {
  createOnExisting: oneOf(["overwrite", "reject"], (value) => ({ createOnExisting: value })),
  keyLimits: oneOf(["documented", "extended"], (value) => ({ keyLimits: value })),
  defaultKeysInQuery: yesOrNo((value) => ({ defaultKeysInQuery: value })),
  pendingDeletionTags: oneOf(["reject", "accept"], (value) => ({ pendingDeletionTags: value })),
  deleteMissing: oneOf(["ignore", "reject"], (value) => ({ deleteMissing: value })),
  deleteValue: oneOf(["ignore", "match"], (value) => ({ deleteValue: value })),
  ratePerSecond: {
    expected: "a number from 1, or none",
    read: (text) => {
      const rate = text === "none" ? null : count(text, 1);
      return rate === undefined ? null : { ratePerSecond: rate };
    },
  },
  rateAlgorithm: oneOf(["window", "bucket"], (value) => ({ rateAlgorithm: value })),
  traceDelayMs: from(0, (value) => ({ traceDelayMs: value })),
  "trace.times": oneOf(["ms", "seconds", "text"], (times) => ({ trace: { times } })),
  "trace.bodies": oneOf(["object", "string", "empty"], (bodies) => ({ trace: { bodies } })),
  "trace.id": oneOf(["resource_id", "response", "none"], (id) => ({ trace: { id } })),
  "trace.serviceType": {
    expected: "a word",
    read: (serviceType) => (serviceType === "" ? null : { trace: { serviceType } }),
  },
  "trace.envelope": oneOf(["cts", "eventgrid", "smn"], (envelope) => ({ trace: { envelope } })),
  "trace.copies": from(1, (copies) => ({ trace: { copies } })),
  "trace.jitterMs": from(0, (jitterMs) => ({ trace: { jitterMs } })),
};

function oneOf<Value extends string>(
  values: readonly Value[],
  put: (value: Value) => SettingsChange,
): Row {
  return {
    expected: values.join(" or "),
    read: (text) => {
      const value = values.find((allowed) => allowed === text);
      return value === undefined ? null : put(value);
    },
  };
}

function yesOrNo(put: (value: boolean) => SettingsChange): Row {
  return oneOf(["true", "false"], (value) => put(value === "true"));
}

function from(least: number, put: (value: number) => SettingsChange): Row {
  return {
    expected: `a number from ${least}`,
    read: (text) => {
      const value = count(text, least);
      return value === undefined ? null : put(value);
    },
  };
}

function count(text: string, least: number): number | undefined {
  const value = Number(text);
  return /^\d{1,9}$/.test(text) && value >= least ? value : undefined;
}

/** Every setting with what it may be, a line each. */
export function settingLines(): readonly string[] {
  const width = Math.max(...Object.keys(ROWS).map((name) => name.length));
  return Object.entries(ROWS).map(([name, { expected }]) => `${name.padEnd(width)}  ${expected}`);
}

/** Reads texts such as `keyLimits=extended`; the last one of a name holds. All problems come at once. */
export function readSettings(texts: readonly string[]): {
  readonly change: SettingsChange;
  readonly problems: readonly string[];
} {
  let change: SettingsChange = {};
  const problems: string[] = [];
  for (const text of texts) {
    const [name = "", value = ""] = text.split(/=(.*)/s);
    const row = Object.hasOwn(ROWS, name) ? ROWS[name] : undefined;
    const read = row?.read(value) ?? null;
    if (row === undefined)
      problems.push(
        `--settings ${text}: there is no "${name}", but ${Object.keys(ROWS).join(", ")}`,
      );
    else if (read === null) problems.push(`--settings ${text}: ${name} must be ${row.expected}`);
    else change = { ...change, ...read, trace: { ...change.trace, ...read.trace } };
  }
  return { change, problems };
}
