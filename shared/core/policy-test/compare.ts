import type { UnsignedFinding } from "../audit/record.ts";
import { isWrite } from "../run/step.ts";
import type { TagChange } from "../tag.ts";
import { compareFindings } from "./compare-findings.ts";
import type { Came } from "./evaluate.ts";
import { ANY, type ChangeText, type Expectation } from "./schema.ts";

/** One thing that came otherwise than expected. `null`: it was not expected, or did not come. */
export type Mismatch = {
  readonly part: keyof Expectation | "event";
  /** Key of a tag, or id of a rule; empty where the part has one answer only. */
  readonly about: string;
  readonly expected: string | null;
  readonly got: string | null;
  /** What the plan says of the tag: also why it is not written. */
  readonly change?: TagChange;
  readonly finding?: UnsignedFinding;
};

/**
 * Compares what came with what a test expects. Each part is exact: what is not listed fails, and so does
 * what is listed and did not come. A part that is not there means none, so that nothing more than what is
 * written can pass silently; only `any` leaves a part out. `refused` alone may be missing: that a tag is
 * not written is told by the exact list of those that are, and its reason is detail.
 */
export function compareTest(expected: Expectation, came: Came): readonly Mismatch[] {
  const { creation, bulk, findings = [], refused, ignored = null, skipped = null } = expected;
  // Where something was created, wanted tags are those of the creation.
  const planned = came.creation ?? came.bulk;
  return [
    ...(came.malformed === null ? [] : [answer("event", null, `malformed: ${came.malformed}`)]),
    ...(ignored === came.ignored ? [] : [answer("ignored", ignored, came.ignored)]),
    ...(creation === ANY ? [] : compareChanges("creation", creation ?? {}, came.creation ?? [])),
    ...(refused === undefined ? [] : compareRefused(refused, planned)),
    ...(bulk === ANY ? [] : compareChanges("bulk", bulk ?? {}, came.bulk)),
    ...(skipped === came.skipped ? [] : [answer("skipped", skipped, came.skipped)]),
    ...(findings === ANY ? [] : compareFindings(findings, untold(came))),
  ];
}

/** That a resource is skipped is a finding, too; it is told once. */
function untold({ findings, skipped }: Came): readonly UnsignedFinding[] {
  return skipped === null ? findings : findings.filter(({ status }) => status !== "skipped");
}

function answer(part: Mismatch["part"], expected: string | null, got: string | null): Mismatch {
  return { part, about: "", expected, got };
}

type Wanted = { readonly [key: string]: string | null | ChangeText };

function compareChanges(
  part: "creation" | "bulk",
  wanted: Wanted,
  changes: readonly TagChange[],
): readonly Mismatch[] {
  const rows = new Map(changes.map((row) => [row.key, row]));
  const written = changes.filter(isWrite).map(({ key }) => key);
  return [...new Set([...Object.keys(wanted), ...written])].flatMap((key) => {
    const want = Object.hasOwn(wanted, key) ? wanted[key] : undefined;
    const row = rows.get(key);
    if (want !== undefined && row !== undefined && isAs(want, row)) return [];
    const got = row !== undefined && isWrite(row) ? writtenText(row, want) : null;
    const expected = want === undefined ? null : wantedText(want);
    return [{ part, about: key, expected, got, ...(row !== undefined && { change: row }) }];
  });
}

function isAs(want: string | null | ChangeText, row: TagChange): boolean {
  if (!isWrite(row)) return false;
  if (want === null) return row.op === "delete";
  if (typeof want === "string") return row.to === want;
  const { to, from = row.from, source = row.source } = want;
  return row.to === to && row.from === from && row.source === source;
}

const REMOVED = "(removed)";

function wantedText(want: string | null | ChangeText): string {
  if (want === null) return REMOVED;
  if (typeof want === "string") return shown(want);
  const { to, from, source } = want;
  return changeText(to, from, source);
}

/** As much as the test says of it, so that both sides can be compared by eye. */
function writtenText(
  { op, from, to = "", source }: TagChange,
  want: string | null | ChangeText | undefined,
): string {
  if (op === "delete") return REMOVED;
  if (want === null || typeof want !== "object") return shown(to);
  return changeText(
    to,
    want.from === undefined ? undefined : (from ?? ""),
    want.source === undefined ? undefined : source,
  );
}

function changeText(to: string, from: string | undefined, source: string | undefined): string {
  const before = from === undefined ? "" : `${shown(from)} -> `;
  return `${before}${shown(to)}${source === undefined ? "" : ` (from ${source})`}`;
}

/** In quotes where one would not see all of it, or take it for something else. */
function shown(value: string): string {
  const plain = value !== "" && value.trim() === value && value !== REMOVED;
  return plain ? value : JSON.stringify(value);
}

function compareRefused(
  wanted: { readonly [key: string]: string },
  changes: readonly TagChange[],
): readonly Mismatch[] {
  const refused = new Map(
    changes.flatMap((row) => (row.op === "refuse" ? [[row.key, row] as const] : [])),
  );
  return [...new Set([...Object.keys(wanted), ...refused.keys()])].flatMap((key) => {
    const expected = Object.hasOwn(wanted, key) ? (wanted[key] ?? null) : null;
    const row = refused.get(key) ?? changes.find((change) => change.key === key);
    const got = refused.get(key)?.reason ?? null;
    if (got === expected) return [];
    const part = "refused";
    return [{ part, about: key, expected, got, ...(row !== undefined && { change: row }) }];
  });
}
