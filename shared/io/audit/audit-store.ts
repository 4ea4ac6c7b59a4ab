import type { AuditReport, TrendPoint } from "../../core/audit/audit-report.ts";
import {
  type AuditHistory,
  firstSeenIn,
  pointOf,
  trendPointSchema,
  withHistory,
} from "../../core/audit/history.ts";
import { isJsonObject, own, parseJson } from "../../core/json-value.ts";
import { FORMATS, type FormatName } from "../../core/report/formats.ts";
import type { Store } from "../store/store.ts";

const PREFIX = "audits/";
const LATEST = `${PREFIX}latest.json`;
const HISTORY = `${PREFIX}history.jsonl`;
/** Lines that the history keeps: ten years of daily audits. */
const POINTS_MAX = 3_650;

/** What the store knows of earlier audits. What cannot be read is passed over: the audit itself counts. */
export async function readHistory(store: Store): Promise<AuditHistory> {
  const latest = parseJson((await store.read(LATEST)) ?? "");
  const path = isJsonObject(latest) ? own(latest, "path") : undefined;
  const last =
    typeof path === "string" && path.startsWith(PREFIX)
      ? parseJson((await store.read(`${path}/${FORMATS.json.file}`)) ?? "")
      : undefined;
  return { points: await readPoints(store), firstSeen: firstSeenOf(last) };
}

async function readPoints(store: Store): Promise<readonly TrendPoint[]> {
  const lines = ((await store.read(HISTORY)) ?? "").split("\n");
  return lines.flatMap((line) => {
    const parsed = trendPointSchema.safeParse(parseJson(line));
    return parsed.success ? [parsed.data] : [];
  });
}

function firstSeenOf(report: unknown): ReadonlyMap<string, string> {
  if (!isJsonObject(report)) return new Map();
  const startedAt = own(report, "startedAt");
  const findings = own(report, "findings");
  if (typeof startedAt !== "string" || !Array.isArray(findings)) return new Map();
  const known = findings.flatMap((finding: unknown) => {
    if (!isJsonObject(finding)) return [];
    const fingerprint = own(finding, "fingerprint");
    const seen = own(finding, "first_seen");
    const first_seen = typeof seen === "string" ? seen : null;
    return typeof fingerprint === "string" ? [{ fingerprint, first_seen }] : [];
  });
  return firstSeenIn({ startedAt, findings: known });
}

/** A stored audit: its folder relative to the store, and the report with its past. */
export type StoredAudit = { readonly path: string; readonly report: AuditReport };

/**
 * Stores an audit: its outputs first, then the line of the history, and last what says that it is the latest,
 * so that a crash leaves the one before. The JSON is always among them, because the next audit reads it.
 */
export async function storeAudit(
  store: Store,
  judged: AuditReport,
  formats: readonly FormatName[],
): Promise<StoredAudit> {
  const history = await readHistory(store);
  const report = withHistory(judged, history);
  const path = `${PREFIX}${report.startedAt.replace(/[-:]/g, "").replace(/\.\d+/, "")}`;
  const wanted = new Set<FormatName>(["json", ...formats]);
  for (const name of wanted) {
    const { file, render } = FORMATS[name];
    await store.write(`${path}/${file}`, [...render(report)].join(""));
  }
  const points = [...history.points, pointOf(report)].slice(-POINTS_MAX);
  await store.write(HISTORY, points.map((point) => `${JSON.stringify(point)}\n`).join(""));
  const { complete, summary } = report;
  await store.write(LATEST, `${JSON.stringify({ path, complete, summary })}\n`);
  return { path, report };
}
