import * as z from "zod/mini";
import type { AuditReport, TrendPoint } from "../../core/audit/audit-report.ts";
import {
  type AuditHistory,
  firstSeenIn,
  pointOf,
  trendPointSchema,
  withHistory,
} from "../../core/audit/history.ts";
import { parseJson } from "../../core/json-value.ts";
import { FORMATS, type FormatName } from "../../core/report/formats.ts";
import { parseTime } from "../../core/time.ts";
import type { Store } from "../store/store.ts";
import { takeFolder } from "./audit-folder.ts";

const PREFIX = "audits/";
const LATEST = `${PREFIX}latest.json`;
/** When each finding that was there last was seen first: fingerprints by time. */
const FIRST_SEEN = `${PREFIX}first-seen.json`;
const seenSchema = z.record(z.string(), z.array(z.string()));
const HISTORY = `${PREFIX}history.jsonl`;
/** Lines that the history keeps: ten years of daily audits. */
const POINTS_MAX = 3_650;

/**
 * What the store knows of earlier audits. What is damaged is passed over: the audit itself counts. Throws the
 * store's errors.
 */
export async function readHistory(store: Store): Promise<AuditHistory> {
  return { points: await readPoints(store), firstSeen: await readFirstSeen(store) };
}

/** When the audit before this one began, in milliseconds; `null` where the store knows of none. */
export async function previousAuditMs(store: Store, nowMs: number): Promise<number | null> {
  const times = (await readPoints(store)).map(({ at }) => parseTime(at) ?? nowMs);
  const before = times.filter((ms) => ms < nowMs);
  return before.length === 0 ? null : Math.max(...before);
}

async function readPoints(store: Store): Promise<readonly TrendPoint[]> {
  const lines = ((await store.read(HISTORY)) ?? "").split("\n");
  return lines.flatMap((line) => {
    const parsed = trendPointSchema.safeParse(parseJson(line));
    return parsed.success ? [parsed.data] : [];
  });
}

/** A file of its own: the whole report of a large project is too much to read for this alone. */
async function readFirstSeen(store: Store): Promise<ReadonlyMap<string, string>> {
  const parsed = seenSchema.safeParse(parseJson((await store.read(FIRST_SEEN)) ?? ""));
  const days = parsed.success ? Object.entries(parsed.data) : [];
  return new Map(days.flatMap(([at, prints]) => prints.map((print) => [print, at] as const)));
}

function firstSeenText(firstSeen: ReadonlyMap<string, string>): string {
  const byTime = new Map<string, string[]>();
  for (const [print, at] of firstSeen) {
    const prints = byTime.get(at) ?? [];
    prints.push(print);
    byTime.set(at, prints);
  }
  return `${JSON.stringify(Object.fromEntries(byTime))}\n`;
}

/** What an audit that did not see everything does not tell of is not known to be gone. */
function remembered(report: AuditReport, before: AuditHistory): ReadonlyMap<string, string> {
  const now = firstSeenIn(report);
  return report.complete ? now : new Map([...before.firstSeen, ...now]);
}

/** A stored audit: its folder relative to the store, and the report with its past. */
export type StoredAudit = { readonly path: string; readonly report: AuditReport };

/**
 * Stores an audit: its outputs first, then the line of the history, and last what says that it is the latest,
 * so that a crash leaves the one before. The JSON is always among them.
 */
export async function storeAudit(
  store: Store,
  judged: AuditReport,
  formats: readonly FormatName[],
  random: () => number,
): Promise<StoredAudit> {
  const history = await readHistory(store);
  const report = withHistory(judged, history);
  const { path, release, abandon } = await takeFolder(store, report.startedAt, random);
  try {
    await storeOutputs(store, path, report, formats);
    await storePast(store, path, report, history);
  } catch (error) {
    await abandon();
    throw error;
  }
  await release();
  return { path, report };
}

async function storeOutputs(
  store: Store,
  path: string,
  report: AuditReport,
  formats: readonly FormatName[],
): Promise<void> {
  for (const name of new Set<FormatName>(["json", ...formats])) {
    const { file, render } = FORMATS[name];
    await store.write(`${path}/${file}`, () => render(report));
  }
}

/** What the audits to come need to know of this one. */
async function storePast(
  store: Store,
  path: string,
  report: AuditReport,
  history: AuditHistory,
): Promise<void> {
  const points = [...history.points, pointOf(report)].slice(-POINTS_MAX);
  await store.write(HISTORY, points.map((point) => `${JSON.stringify(point)}\n`).join(""));
  await store.write(FIRST_SEEN, firstSeenText(remembered(report, history)));
  const { complete, summary } = report;
  await store.write(LATEST, `${JSON.stringify({ path, complete, summary })}\n`);
}
