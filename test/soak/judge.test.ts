import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DEFECTS } from "./defects.ts";
import {
  type Bounds,
  type HourSample,
  judge,
  type ProcessSample,
  warmHoursOf,
  windowsOf,
} from "./judge.ts";
import { PASSING, RETAINED } from "./retention.ts";
import {
  lineOf,
  PROCESS_HEAD,
  PROCESS_WIDTHS,
  processCells,
  STORE_HEAD,
  STORE_WIDTHS,
  storeCells,
  verdictLines,
} from "./table.ts";

const HOURS = 24;
const bounds: Bounds = {
  retentionHours: 6,
  retained: RETAINED,
  passing: PASSING,
  socketsMax: 8,
  historyLinesMax: 3_650,
};

const PROCESS: ProcessSample = {
  function: "retag",
  pid: 7,
  heapMb: 10,
  externalMb: 2,
  rssMb: 80,
  sockets: 2,
  socketsMost: 8,
  descriptors: 20,
  resources: 6,
};

type Change = (hour: number) => Partial<HourSample> & { readonly own?: Partial<ProcessSample> };

/** A day on which nothing grows, but for what the change says. */
function day(change: Change = () => ({}), hours = HOURS): readonly HourSample[] {
  return Array.from({ length: hours }, (_, index) => {
    const hour = index + 1;
    const { own = {}, ...rest } = change(hour);
    const kept = Math.min(hour, 6);
    return {
      ...{ hour, calls: 2_000, faults: 60, invocations: 300, failed: 4, connections: 12 },
      processes: [{ ...PROCESS, ...own }],
      store: {
        runs: { files: 40 * kept, bytes: 400_000 * kept },
        waiting: { files: 1, bytes: 90 },
      },
      historyLines: 3_650,
      ...rest,
    };
  });
}

function failing(samples: readonly HourSample[]): readonly string[] {
  return judge(samples, bounds).flatMap(({ name, holds }) => (holds ? [] : [name]));
}

/** From -1 to 1, another one for each hour. */
const noise = fc
  .array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: HOURS, maxLength: HOURS })
  .map((values) => (hour: number) => values[hour - 1] ?? 0);

describe("a day on which nothing grows", () => {
  test("holds, also where the first hours are still warming up", () => {
    expect(failing(day())).toEqual([]);
    const warming = (hour: number) => ({
      own: { heapMb: hour < 3 ? 5 : 10, rssMb: 60 + Math.min(hour, 4) * 5 },
    });
    expect(failing(day(warming))).toEqual([]);
  });

  test("holds with noise, and with one hour that is out of all bounds", () => {
    fc.assert(
      fc.property(noise, fc.integer({ min: 1, max: HOURS }), (at, odd) => {
        const samples = day((hour) => ({
          own: {
            heapMb: hour === odd ? 40 : 10 + at(hour) * 0.4,
            rssMb: hour === odd ? 160 : 80 + at(hour) * 3,
            resources: 6 + Math.round(at(hour) * 3),
          },
          connections: hour === odd ? 60 : 12 + Math.round(at(hour) * 3),
        }));
        expect(failing(samples)).toEqual([]);
      }),
    );
  });
});

describe("a leak is found, whatever the noise", () => {
  test.each<[string, string, (hour: number, noise: number) => ReturnType<Change>]>([
    ["heap", "200 kB an hour", (hour, at) => ({ own: { heapMb: 10 + hour * 0.2 + at * 0.4 } })],
    ["memory", "1.5 MB an hour", (hour, at) => ({ own: { rssMb: 80 + hour * 1.5 + at * 3 } })],
    ["sockets", "one in four hours", (hour) => ({ own: { sockets: 1 + Math.floor(hour / 4) } })],
    [
      "descriptors",
      "one in four hours",
      (hour) => ({ own: { descriptors: 20 + Math.floor(hour / 4) } }),
    ],
    [
      "resources",
      "two an hour",
      (hour, at) => ({ own: { resources: 6 + 2 * hour + Math.round(at) } }),
    ],
    ["connections", "one an hour", (hour, at) => ({ connections: 12 + hour + Math.round(at) })],
  ])("%s: %s", (name, _how, change) => {
    fc.assert(
      fc.property(noise, (at) => {
        expect(failing(day((hour) => change(hour, at(hour))))).toEqual([name]);
      }),
    );
  });

  test("also one that begins late, and one in a single process of several", () => {
    const late = (hour: number) => ({ own: { heapMb: hour < 15 ? 10 : 10 + (hour - 14) } });
    expect(failing(day(late))).toEqual(["heap"]);
    const samples = day().map((sample) => ({
      ...sample,
      processes: [PROCESS, { ...PROCESS, pid: 8, heapMb: 5 + sample.hour * 0.3 }],
    }));
    expect(failing(samples)).toEqual(["heap"]);
  });

  test("in a short run, too", () => {
    const short = { ...bounds, retentionHours: 1 };
    const judged = (change?: Change) =>
      judge(day(change, 6), short).filter(({ name, holds }) => !holds && !name.startsWith("store"));
    expect(judged()).toEqual([]);
    expect(judged((hour) => ({ own: { heapMb: 10 + hour } }))).toMatchObject([{ name: "heap" }]);
  });
});

describe("other criteria", () => {
  test("one socket too many in one hour is too many", () => {
    expect(failing(day((hour) => ({ own: { socketsMost: hour === 9 ? 9 : 8 } })))).toEqual([
      "pool",
    ]);
  });

  test("a process that had to be started anew is no flat process", () => {
    expect(failing(day((hour) => ({ own: { pid: hour < 20 ? 7 : 8 } })))).toContain("lives");
    expect(failing(day(() => ({ processes: [] })))).toContain("lives");
  });

  test("a store that keeps everything is found by its files or its bytes", () => {
    const files = (hour: number) => ({ store: { runs: { files: 40 * hour, bytes: 1_000 } } });
    expect(failing(day(files))).toEqual(["store"]);
    const bytes = (hour: number) => ({ store: { audits: { files: 12, bytes: 400_000 * hour } } });
    expect(failing(day(bytes))).toEqual(["store-bytes"]);
  });

  test.each([
    ["a plan too many waits", "waiting", 3],
    ["a claim stays", "claims", 1],
    ["nobody knows the kind", "others", 1],
  ])("files that have to go by themselves, and do not: %s", (_what, kind, files) => {
    const change = (hour: number) => ({
      store: {
        runs: { files: 40, bytes: 1_000 },
        [kind]: { files: hour === 20 ? files : 0, bytes: 9 },
      },
    });
    expect(failing(day(change))).toEqual(["strays"]);
  });

  test("a history that is longer than it may be is found", () => {
    expect(failing(day((hour) => ({ historyLines: 3_640 + hour })))).toEqual(["history"]);
  });

  test("every defect that can be asked for has a criterion of that name", () => {
    const names = judge(day(), bounds).map(({ name }) => name);
    for (const { criterion } of Object.values(DEFECTS)) expect(names).toContain(criterion);
  });
});

test("early hours follow the warm ones and end before the late ones, for any length", () => {
  expect(windowsOf(24, warmHoursOf(24))).toEqual({ early: [4, 8], late: [19, 24] });
  for (let hours = 4; hours <= 48; hours += 1) {
    const { early, late } = windowsOf(hours, warmHoursOf(hours));
    expect(early[0]).toBeLessThanOrEqual(early[1]);
    expect(early[1]).toBeLessThan(late[0]);
    expect(late[1]).toBe(hours);
  }
});

test("every prefix of the module's bucket is looked at", () => {
  const text = readFileSync("infra/store.tf", "utf8");
  const prefixesOf = (name: string) => {
    const [, rules = ""] = new RegExp(`${name} += \\{(.*)\\}`).exec(text) ?? [];
    return [...rules.matchAll(/([\w-]+) = /g)].map(([, prefix]) => prefix);
  };
  expect(prefixesOf("lasting_for")).toEqual(RETAINED);
  expect(prefixesOf("passing_for")).toEqual(Object.keys(PASSING));
});

test("tables and verdict fit 80 columns", () => {
  const most = { ...PROCESS, heapMb: 88.8, rssMb: 188 };
  const names = ["secret-created", "retag", "audit"];
  const [sample] = day(() => ({
    ...{
      hour: 24,
      calls: 99_999,
      faults: 9_999,
      invocations: 99_999,
      failed: 999,
      connections: 88,
    },
    processes: names.map((name) => ({ ...most, function: name })),
    store: Object.fromEntries(
      [...RETAINED, "active"].map((kind) => [kind, { files: 999, bytes: 99_999 * 1024 }]),
    ),
  }));
  if (sample === undefined) throw new Error("there is no hour");
  for (const [cells, widths] of [
    [PROCESS_HEAD, PROCESS_WIDTHS],
    [processCells(sample), PROCESS_WIDTHS],
    [STORE_HEAD, STORE_WIDTHS],
    [storeCells(sample), STORE_WIDTHS],
  ] as const)
    expect(lineOf(cells, widths).length).toBeLessThanOrEqual(80);
  const widest = Math.max(...verdictLines(judge(day(), bounds)).map(({ length }) => length));
  expect(widest).toBeLessThanOrEqual(80);
});
