import { describe, expect, test } from "vitest";
import {
  type Done,
  type Intent,
  isHalfWay,
  type JournalledResource,
  parseJournalLine,
  replayEntry,
  resourceKey,
} from "../../../shared/core/run/journal.ts";
import { undoChanges } from "../../../shared/core/run/undo.ts";

const resource = { type: "secret", id: "s-1" } as const;
const at = "2026-11-21T12:00:00.000Z";

const intent = (before: string | null, after: string | null): Intent => ({
  entry: "intent",
  at,
  resource,
  steps: [{ key: "Owner", before, after }],
});
const done = (more: Partial<Done> = {}): Done => ({
  entry: "done",
  at,
  resource,
  kind: "tagged",
  wrote: true,
  final: true,
  calls: 2,
  ...more,
});
const wroteNothing = (more: Partial<Done> = {}) => done({ kind: "stale", wrote: false, ...more });

const halfWay: Done = { entry: "done", at, resource, kind: "failed", final: false, calls: 3 };

/** `[segment, worker, entry]`, in the order in which they are read. */
type Row = readonly [segment: number, worker: string, entry: Intent | Done];

function replay(rows: readonly Row[]): JournalledResource {
  const first = new Map<string, number>();
  let known: JournalledResource | undefined;
  for (const [segment, worker, entry] of rows) {
    if (!first.has(worker)) first.set(worker, segment);
    known = replayEntry(known, entry, { worker, segment, firstSegment: first.get(worker) ?? 0 });
  }
  if (known === undefined) throw new Error("no rows");
  return known;
}

describe("what a journal says of a resource", () => {
  test.each<[string, readonly Row[], { open: boolean; final: boolean | null; touched: boolean }]>([
    [
      "an intent alone is open",
      [[1, "a", intent(null, "x")]],
      { open: true, final: null, touched: false },
    ],
    [
      "a done ends its own intent",
      [
        [1, "a", intent(null, "x")],
        [2, "a", done()],
      ],
      { open: false, final: true, touched: true },
    ],
    [
      "a done alone that says that it wrote touched it",
      [[1, "a", done()]],
      { open: false, final: true, touched: true },
    ],
    [
      "a done alone that does not say so touched nothing",
      [[1, "a", { entry: "done", at, resource, kind: "tagged", final: true, calls: 2 }]],
      { open: false, final: true, touched: false },
    ],
    [
      "who wrote nothing after its intent touched nothing",
      [
        [1, "a", intent(null, "x")],
        [2, "a", wroteNothing()],
      ],
      { open: false, final: true, touched: false },
    ],
    [
      "what failed half way is still to be finished",
      [
        [1, "a", intent(null, "x")],
        [2, "a", halfWay],
      ],
      { open: true, final: false, touched: true },
    ],
    [
      "a later worker that could not read leaves the intent of one that died open",
      [
        [1, "a", intent(null, "x")],
        [2, "b", wroteNothing({ kind: "failed", final: false })],
      ],
      { open: true, final: false, touched: true },
    ],
    [
      "a later worker that finds it changed ends it, and what was written can be undone",
      [
        [1, "a", intent(null, "x")],
        [2, "b", wroteNothing()],
      ],
      { open: false, final: true, touched: true },
    ],
    [
      "a worker at the same time cannot end what it does not know of",
      [
        [1, "a", intent(null, "x")],
        [1, "b", wroteNothing({ kind: "unchanged" })],
      ],
      { open: true, final: false, touched: true },
    ],
    [
      "nor can one that wrote it, too",
      [
        [1, "a", intent(null, "x")],
        [1, "b", intent(null, "x")],
        [2, "b", done()],
      ],
      { open: true, final: false, touched: true },
    ],
    [
      "an intent that is read after the end of another worker is open",
      [
        [1, "a", wroteNothing()],
        [1, "b", intent(null, "x")],
      ],
      { open: true, final: false, touched: false },
    ],
    [
      "when all have ended, it has",
      [
        [1, "a", intent(null, "x")],
        [1, "b", wroteNothing()],
        [2, "a", done()],
      ],
      { open: false, final: true, touched: true },
    ],
  ])("%s", (_name, rows, wanted) => {
    const { open, done: last, touched } = replay(rows);
    expect({ open: open !== null, final: last?.final ?? null, touched }).toEqual(wanted);
  });

  test("keeps what was there first and what was wanted last", () => {
    const { steps } = replay([
      [1, "a", intent("old", "x")],
      [2, "b", intent(null, "y")],
    ]);
    expect(steps.get("Owner")).toEqual({ key: "Owner", before: "old", after: "y" });
  });
});

describe("a line of a segment", () => {
  const id = "0a1b2c3d-4e5f-6a7b-8c9d-0e1f2a3b4c5d";
  const whole = { ...intent("a", null), resource: { type: "key", id, name: "db" } };
  const ended = { ...halfWay, resource: { type: "secret", id } };

  test.each([
    ["an intent", whole],
    ["an intent without steps", { ...whole, steps: [] }],
    ["a done", ended],
    ["a done that says all there is to say", { ...ended, reason: "gone", wrote: false }],
  ])("that holds %s is read", (_what, line) => {
    expect(parseJournalLine(line)).toEqual(line);
  });

  test.each<[string, unknown]>([
    ["nothing", undefined],
    ["no object", "intent"],
    ["another entry", { ...whole, entry: "begun" }],
    ["an intent without its resource", { ...whole, resource: undefined }],
    ["an intent of something else", { ...whole, resource: { type: "disk", id } }],
    ["an intent without a list of steps", { ...whole, steps: "Owner" }],
    ["a step without a value before", { ...whole, steps: [{ key: "A", after: "1" }] }],
    ["a step with a number", { ...whole, steps: [{ key: "A", before: 1, after: "1" }] }],
    ["a step that says more", { ...whole, steps: [{ key: "A", before: "", after: "", to: "" }] }],
    ["an intent that says how it ended", { ...whole, kind: "tagged" }],
    ["an unknown end", { ...ended, kind: "done" }],
    ["half a call", { ...ended, calls: 1.5 }],
    ["a done that is not known to be final", { ...ended, final: undefined }],
  ])("that holds %s is none", (_what, line) => {
    expect(parseJournalLine(line)).toBeNull();
  });
});

test("a resource's key tells kinds and ids apart", () => {
  expect(resourceKey(resource)).toBe("secret:s-1");
});

describe("what a run may have taken away for a moment", () => {
  test.each<[string, Intent | null, Done | null, boolean]>([
    ["it was never begun", null, null, false],
    ["it is open", intent(null, "x"), null, true],
    ["it is open again after its end", intent(null, "x"), done(), true],
    ["it was written", null, done(), false],
    ["it ended otherwise", null, done({ kind: "failed" }), true],
  ])("may be missing? %s", (_what, open, ending, missing) => {
    expect(isHalfWay({ open, done: ending })).toBe(missing);
  });
});

describe("what takes a run back", () => {
  const taken = (rows: readonly Row[], now: Readonly<Record<string, string>>) => {
    const known = replay(rows);
    const how = { run: "r", halfWay: isHalfWay(known) };
    return undoChanges(known.steps.values(), new Map(Object.entries(now)), how);
  };
  const begun: readonly Row[] = [[1, "a", intent("old", "new")]];
  const ended: readonly Row[] = [...begun, [2, "a", done()]];

  test("puts a value back that a worker took away before it died", () => {
    expect(taken(begun, {})).toMatchObject([{ key: "Owner", op: "create", to: "old" }]);
  });

  test("does not put back what somebody removed after the run", () => {
    expect(taken(ended, {})).toEqual([{ key: "Owner", op: "keep", reason: "changed-since" }]);
  });

  test("keeps another value than the run wrote, and replaces its own, whether the run ended or not", () => {
    for (const rows of [begun, ended]) {
      expect(taken(rows, { Owner: "mine" })).toMatchObject([{ op: "keep", from: "mine" }]);
      expect(taken(rows, { Owner: "new" })).toMatchObject([{ op: "overwrite", to: "old" }]);
      expect(taken(rows, { Owner: "old" })).toEqual([]);
    }
  });
});
